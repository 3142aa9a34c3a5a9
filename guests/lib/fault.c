/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions other than IRQ: caught by the test that asked for them, else the end of the guest. */
#include "internal.h"

static struct fp_cpu cpus[FP_MAX_CPUS];

struct fp_cpu *fp_this_cpu(void)
{
    return &cpus[this_cpu() & (FP_MAX_CPUS - 1)];
}

struct fault fault_catch(void (*function)(void *), void *argument)
{
    struct fp_cpu *cpu = fp_this_cpu();

    cpu->fault = (struct fault){.kind = FAULT_NONE};
    cpu->state = FAULT_CAUGHT;
    fp_catch(function, argument, &cpu->context);
    cpu->state = FAULT_UNEXPECTED;
    return cpu->fault;
}

struct fault fault_catch_el0(void (*function)(void *), void *argument)
{
    struct fp_cpu *cpu = fp_this_cpu();

    cpu->fault = (struct fault){.kind = FAULT_NONE};
    cpu->state = FAULT_CAUGHT_EL0;
    fp_catch_user(function, argument, &cpu->context);
    return cpu->fault;
}

struct access {
    uintptr_t address;
    uint32_t value;
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
    __asm__ volatile("dsb sy" ::: "memory");
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
    __asm__ volatile("dsb sy" ::: "memory");
}

static void call(void *argument)
{
    const struct access *access = argument;

    ((void (*)(void))access->address)();
}

struct fault try_read32(uintptr_t address, uint32_t *value)
{
    struct access access = {address, 0};
    struct fault fault = fault_catch(read32, &access);

    *value = access.value;
    return fault;
}

struct fault try_read8(uintptr_t address, uint8_t *value)
{
    struct access access = {address, 0};
    struct fault fault = fault_catch(read8, &access);

    *value = (uint8_t)access.value;
    return fault;
}

struct fault try_write32(uintptr_t address, uint32_t value)
{
    struct access access = {address, value};

    return fault_catch(write32, &access);
}

struct fault try_write8(uintptr_t address, uint8_t value)
{
    struct access access = {address, value};

    return fault_catch(write8, &access);
}

struct fault try_exec(uintptr_t address)
{
    struct access access = {address, 0};

    return fault_catch(call, &access);
}

struct fault try_read32_el0(uintptr_t address, uint32_t *value)
{
    struct access access = {address, 0};
    struct fault fault = fault_catch_el0(read32, &access);

    *value = access.value;
    return fault;
}

struct fault try_write32_el0(uintptr_t address, uint32_t value)
{
    struct access access = {address, value};

    return fault_catch_el0(write32, &access);
}

struct fault try_exec_el0(uintptr_t address)
{
    struct access access = {address, 0};

    return fault_catch_el0(call, &access);
}
