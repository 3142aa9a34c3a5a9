/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions other than IRQ as AArch64 tells them, and instructions made at run time. */
#include "internal.h"

/* Registers as vectors.S saves them. */
struct fp_frame {
    uint64_t x[31];
    uint64_t pc, spsr;
};

_Static_assert(offsetof(struct fp_context, sp) == FP_CONTEXT_SP, "vectors.S");
_Static_assert(offsetof(struct fp_context, daif) == FP_CONTEXT_DAIF, "vectors.S");
_Static_assert(offsetof(struct fp_frame, pc) == FP_FRAME_PC, "vectors.S");
_Static_assert(offsetof(struct fp_frame, spsr) == FP_FRAME_SPSR, "vectors.S");
_Static_assert(sizeof(struct fp_frame) <= FP_FRAME_SIZE && FP_FRAME_SIZE % 16 == 0, "vectors.S");

enum exception_class {
    EC_UNKNOWN = 0x00,
    EC_ILLEGAL_STATE = 0x0e,
    EC_SVC = 0x15,
    EC_SYSTEM_REGISTER = 0x18,
    EC_FETCH_LOWER = 0x20,
    EC_FETCH = 0x21,
    EC_PC_ALIGNMENT = 0x22,
    EC_DATA_LOWER = 0x24,
    EC_DATA = 0x25,
    EC_BREAKPOINT = 0x3c,
};
enum { ISS_STATUS = 0x3f, ISS_WRITE = 1 << 6 };
enum { VECTOR_SYNCHRONOUS = 0, VECTOR_FIQ = 2, VECTOR_SERROR = 3 };

static enum fault_kind kind_of(uint32_t exception_class)
{
    switch (exception_class) {
    case EC_SVC:
        return FAULT_SVC;
    case EC_FETCH_LOWER:
    case EC_FETCH:
    case EC_PC_ALIGNMENT:
    case EC_BREAKPOINT:
        return FAULT_PREFETCH;
    case EC_DATA_LOWER:
    case EC_DATA:
        return FAULT_DATA;
    default:
        return FAULT_UNDEFINED;
    }
}

static struct fault read_syndrome(uint64_t pc)
{
    struct fault fault = {.pc = pc};
    uint64_t esr, far;

    __asm__ volatile("mrs %0, esr_el1" : "=r"(esr));
    __asm__ volatile("mrs %0, far_el1" : "=r"(far));
    fault.kind = kind_of((uint32_t)(esr >> 26) & 0x3fu);
    if (fault.kind == FAULT_DATA || fault.kind == FAULT_PREFETCH) {
        fault.fsr = (uint32_t)esr & (ISS_STATUS | (fault.kind == FAULT_DATA ? ISS_WRITE : 0));
        fault.far = far;
    }
    return fault;
}

static const char *vector_name(uint32_t vector, enum fault_kind kind)
{
    static const char *const names[] = {"none", "undefined", "prefetch-abort", "data-abort", "svc"};

    return vector == VECTOR_FIQ ? "fiq" : vector == VECTOR_SERROR ? "serror" : names[kind];
}

static _Noreturn void report(const char *name, const struct fault *fault, const struct fp_frame *frame)
{
    report_crash(name, fault, frame->x[30]);
    for (uint32_t i = 0; i < 30; i += 6)
        note("x%u=0x%llx 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx", i, frame->x[i], frame->x[i + 1], frame->x[i + 2],
             frame->x[i + 3], frame->x[i + 4], frame->x[i + 5]);
    shutdown(SHUTDOWN_crash);
}

struct fp_context *fp_exception(const struct fp_frame *frame, uint32_t vector)
{
    struct fp_cpu *cpu = fp_this_cpu();
    const bool from_user = (frame->spsr & 0xfu) == 0;
    struct fault fault = read_syndrome(frame->pc);

    if (vector != VECTOR_SYNCHRONOUS || cpu->state == FAULT_UNEXPECTED)
        report(vector_name(vector, fault.kind), &fault, frame);
    if (fault.kind == FAULT_SVC)
        fault.pc -= 4; /* as for the others: the instruction itself */
    if (!(cpu->state == FAULT_CAUGHT_EL0 && fault.kind == FAULT_SVC && from_user))
        cpu->fault = fault; /* an SVC is how a function at EL0 returns */
    cpu->state = FAULT_UNEXPECTED;
    return &cpu->context;
}

void code_changed(const void *from, size_t bytes)
{
    const uintptr_t end = (uintptr_t)from + bytes;

    for (uintptr_t line = (uintptr_t)from & ~(uintptr_t)63; line < end; line += 64)
        __asm__ volatile("dc cvau, %0" ::"r"(line) : "memory");
    __asm__ volatile("dsb ish\n\tic iallu\n\tdsb ish\n\tisb" ::: "memory");
}

/* stp x19, x30 · mov x19, x0 · ldp x2, x3 · ldp x0, x1 · the instruction · stp x0, x1 · stp x2, x3 · ldp · ret */
static uint32_t instruction_buffer[9] __attribute__((aligned(64)));

static void run_instruction_buffer(void *registers)
{
    ((void (*)(void *))(uintptr_t)instruction_buffer)(registers);
}

struct fault try_instruction(uint32_t instruction, uintptr_t registers[4])
{
    const uint32_t code[9] = {0xa9bf7bf3u, 0xaa0003f3u, 0xa9410e62u, 0xa9400660u, instruction,
                              0xa9000660u, 0xa9010e62u, 0xa8c17bf3u, INSTRUCTION_RETURN};

    memcpy(instruction_buffer, code, sizeof(code));
    code_changed(instruction_buffer, sizeof(code));
    return fault_catch(run_instruction_buffer, registers);
}
