/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions other than IRQ: caught by the test that asked for them, else the end of the guest. */
#include "internal.h"

static struct fp_cpu cpus[FP_MAX_CPUS];

_Static_assert(offsetof(struct fp_context, sp) == FP_CONTEXT_SP, "vectors.S");
_Static_assert(offsetof(struct fp_context, lr) == FP_CONTEXT_LR, "vectors.S");
_Static_assert(offsetof(struct fp_context, cpsr) == FP_CONTEXT_CPSR, "vectors.S");
_Static_assert((int)FAULT_UNDEFINED == FP_KIND_UNDEFINED && (int)FAULT_SVC == FP_KIND_SVC, "vectors.S");
_Static_assert((int)FAULT_PREFETCH == FP_KIND_PREFETCH && (int)FAULT_DATA == FP_KIND_DATA, "vectors.S");

static struct fp_cpu *current(void)
{
    return &cpus[this_cpu() & (FP_MAX_CPUS - 1)];
}

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

struct fp_context *fp_exception(const struct fp_frame *frame, uint32_t kind, uint32_t spsr)
{
    struct fp_cpu *cpu = current();
    struct fault fault = {.kind = (enum fault_kind)kind, .pc = frame->pc};
    bool from_user = (spsr & 0x1fu) == 0x10u;

    read_syndrome(&fault);
    if (cpu->state == FAULT_UNEXPECTED) {
        struct fp_frame shown = *frame;

        shown.pc = kind == FP_KIND_SVC ? 0 : link_register_of(spsr);
        report_crash(vector_name(kind), &fault, &shown);
    }
    if (!(cpu->state == FAULT_CAUGHT_EL0 && kind == FP_KIND_SVC && from_user))
        cpu->fault = fault; /* an SVC is how a function in user mode returns */
    cpu->state = FAULT_UNEXPECTED;
    return &cpu->context;
}

void fp_unexpected_fiq(void)
{
    const struct fault fault = {.kind = FAULT_NONE};

    report_crash(vector_name(FP_KIND_FIQ), &fault, NULL);
}

struct fault fault_catch(void (*function)(void *), void *argument)
{
    struct fp_cpu *cpu = current();

    cpu->fault = (struct fault){.kind = FAULT_NONE};
    cpu->state = FAULT_CAUGHT;
    fp_catch(function, argument, &cpu->context);
    cpu->state = FAULT_UNEXPECTED;
    return cpu->fault;
}

struct fault fault_catch_el0(void (*function)(void *), void *argument)
{
    struct fp_cpu *cpu = current();

    cpu->fault = (struct fault){.kind = FAULT_NONE};
    cpu->state = FAULT_CAUGHT_EL0;
    fp_catch_user(function, argument, &cpu->context);
    return cpu->fault;
}

struct access {
    uint32_t address, value;
};

static void read32(void *argument)
{
    struct access *access = argument;

    access->value = *(volatile uint32_t *)access->address;
}

static void write32(void *argument)
{
    const struct access *access = argument;

    *(volatile uint32_t *)access->address = access->value;
    __asm__ volatile("dsb" ::: "memory");
}

static void read8(void *argument)
{
    struct access *access = argument;

    access->value = *(volatile uint8_t *)access->address;
}

static void write8(void *argument)
{
    const struct access *access = argument;

    *(volatile uint8_t *)access->address = (uint8_t)access->value;
    __asm__ volatile("dsb" ::: "memory");
}

static void call(void *argument)
{
    const struct access *access = argument;

    ((void (*)(void))access->address)();
}

struct fault try_read32(uint32_t address, uint32_t *value)
{
    struct access access = {address, 0};
    struct fault fault = fault_catch(read32, &access);

    *value = access.value;
    return fault;
}

struct fault try_read8(uint32_t address, uint8_t *value)
{
    struct access access = {address, 0};
    struct fault fault = fault_catch(read8, &access);

    *value = (uint8_t)access.value;
    return fault;
}

struct fault try_write32(uint32_t address, uint32_t value)
{
    struct access access = {address, value};

    return fault_catch(write32, &access);
}

struct fault try_write8(uint32_t address, uint8_t value)
{
    struct access access = {address, value};

    return fault_catch(write8, &access);
}

struct fault try_exec(uint32_t address)
{
    struct access access = {address, 0};

    return fault_catch(call, &access);
}

struct fault try_read32_el0(uint32_t address, uint32_t *value)
{
    struct access access = {address, 0};
    struct fault fault = fault_catch_el0(read32, &access);

    *value = access.value;
    return fault;
}

struct fault try_write32_el0(uint32_t address, uint32_t value)
{
    struct access access = {address, value};

    return fault_catch_el0(write32, &access);
}

struct fault try_exec_el0(uint32_t address)
{
    struct access access = {address, 0};

    return fault_catch_el0(call, &access);
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

struct fault try_instruction(uint32_t instruction, uint32_t registers[4])
{
    const uint32_t code[7] = {0xe92d4010u, 0xe1a04000u, 0xe894000fu, instruction,
                              0xe884000fu, 0xe8bd8010u, INSTRUCTION_UDF};

    memcpy(instruction_buffer, code, sizeof(code));
    code_changed(instruction_buffer, sizeof(code));
    return fault_catch(run_instruction_buffer, registers);
}
