/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions other than IRQ as AArch32 tells them, and instructions made at run time. */
#include "internal.h"

/* Registers as vectors.S pushes them. */
struct fp_frame {
    uint32_t r[13];
    uint32_t pc;
};

_Static_assert(offsetof(struct fp_context, sp) == FP_CONTEXT_SP, "vectors.S");
_Static_assert(offsetof(struct fp_context, lr) == FP_CONTEXT_LR, "vectors.S");
_Static_assert(offsetof(struct fp_context, cpsr) == FP_CONTEXT_CPSR, "vectors.S");
_Static_assert((int)FAULT_UNDEFINED == FP_KIND_UNDEFINED && (int)FAULT_SVC == FP_KIND_SVC, "vectors.S");
_Static_assert((int)FAULT_PREFETCH == FP_KIND_PREFETCH && (int)FAULT_DATA == FP_KIND_DATA, "vectors.S");

static void read_syndrome(struct fault *fault)
{
    if (fault->kind == FAULT_DATA) {
        __asm__ volatile("mrc p15, 0, %0, c5, c0, 0" : "=r"(fault->fsr));
        __asm__ volatile("mrc p15, 0, %0, c6, c0, 0" : "=r"(fault->far));
    } else if (fault->kind == FAULT_PREFETCH) {
        __asm__ volatile("mrc p15, 0, %0, c5, c0, 1" : "=r"(fault->fsr));
        __asm__ volatile("mrc p15, 0, %0, c6, c0, 2" : "=r"(fault->far));
    }
}

static const char *vector_name(uint32_t kind)
{
    static const char *const names[] = {"none", "undefined", "prefetch-abort", "data-abort", "svc", "fiq"};

    return names[kind];
}

static uint32_t link_register_of(uint32_t spsr)
{
    uint32_t lr = 0;

    if ((spsr & 0x1fu) == 0x13u)
        __asm__ volatile("mrs %0, lr_svc" : "=r"(lr));
    else
        __asm__ volatile("mrs %0, lr_usr" : "=r"(lr));
    return lr;
}

static _Noreturn void report(const struct fault *fault, const struct fp_frame *frame, uint32_t kind, uint32_t spsr)
{
    const uint32_t *r = frame->r;

    report_crash(vector_name(kind), fault, kind == FP_KIND_SVC ? 0 : link_register_of(spsr));
    note("r0=0x%x r1=0x%x r2=0x%x r3=0x%x r4=0x%x r5=0x%x r6=0x%x", r[0], r[1], r[2], r[3], r[4], r[5], r[6]);
    note("r7=0x%x r8=0x%x r9=0x%x r10=0x%x r11=0x%x r12=0x%x", r[7], r[8], r[9], r[10], r[11], r[12]);
    shutdown(SHUTDOWN_crash);
}

struct fp_context *fp_exception(const struct fp_frame *frame, uint32_t kind, uint32_t spsr)
{
    struct fp_cpu *cpu = fp_this_cpu();
    struct fault fault = {.kind = (enum fault_kind)kind, .pc = frame->pc};
    bool from_user = (spsr & 0x1fu) == 0x10u;

    read_syndrome(&fault);
    if (cpu->state == FAULT_UNEXPECTED)
        report(&fault, frame, kind, spsr);
    if (!(cpu->state == FAULT_CAUGHT_EL0 && kind == FP_KIND_SVC && from_user))
        cpu->fault = fault; /* an SVC is how a function in user mode returns */
    cpu->state = FAULT_UNEXPECTED;
    return &cpu->context;
}

void fp_unexpected_fiq(void)
{
    const struct fault fault = {.kind = FAULT_NONE};

    report_crash(vector_name(FP_KIND_FIQ), &fault, 0);
    shutdown(SHUTDOWN_crash);
}

void code_changed(const void *from, size_t bytes)
{
    uint32_t line = (uint32_t)from & ~63u;

    for (; line < (uint32_t)from + bytes; line += 64)
        __asm__ volatile("mcr p15, 0, %0, c7, c11, 1" ::"r"(line) : "memory"); /* DCCMVAU */
    __asm__ volatile("dsb\n\tmcr p15, 0, %0, c7, c5, 0\n\tdsb\n\tisb" ::"r"(0) : "memory"); /* ICIALLU */
}

/* push {r4, lr} · mov r4, r0 · ldm r4, {r0-r3} · the instruction · stm r4, {r0-r3} · pop {r4, pc} */
static uint32_t instruction_buffer[7] __attribute__((aligned(64)));

static void run_instruction_buffer(void *registers)
{
    ((void (*)(void *))(uint32_t)instruction_buffer)(registers);
}

struct fault try_instruction(uint32_t instruction, uintptr_t registers[4])
{
    const uint32_t code[7] = {0xe92d4010u, 0xe1a04000u, 0xe894000fu, instruction,
                              0xe884000fu, 0xe8bd8010u, INSTRUCTION_UDF};

    memcpy(instruction_buffer, code, sizeof(code));
    code_changed(instruction_buffer, sizeof(code));
    return fault_catch(run_instruction_buffer, registers);
}
