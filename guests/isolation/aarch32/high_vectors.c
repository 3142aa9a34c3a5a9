/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCTLR.V: exceptions go to 0xffff0000, not to VBAR, and those of the hypervisor's making as well. Nothing is there on
 * this board, so a vCPU that asks for it and then faults never comes back; another one of its domain goes on.
 */
#include "../../views/aarch32/registers.h"

#define HIGH_VECTORS (1u << 13) /* SCTLR.V */

enum { NOWHERE = 0x18000000, A_WHILE_NS = 200000, BEGUN = 1, BACK = 2 };

static volatile uint32_t state;

static void fault_by_vbar(void *unused)
{
    uint32_t value;

    (void)unused;
    expect_eq(try_read32(NOWHERE, &value).kind, FAULT_DATA);
    expect_eq(fault_catch((void (*)(void *))(uintptr_t)NOWHERE, NULL).kind, FAULT_PREFETCH);
    state = BACK;
}

static void use_high_vectors(void)
{
    write_sctlr(read_sctlr() | HIGH_VECTORS);
    state = BEGUN;
}

static void read_nowhere(void *unused)
{
    uint32_t value;

    (void)unused;
    use_high_vectors();
    try_read32(NOWHERE, &value);
    state = BACK;
}

static void fetch_nowhere(void *unused)
{
    (void)unused;
    use_high_vectors();
    try_exec(NOWHERE);
    state = BACK;
}

static void call_wrongly(void *unused)
{
    uintptr_t registers[4] = {0};

    (void)unused;
    use_high_vectors();
    try_instruction(INSTRUCTION_HVC(0x123), registers);
    state = BACK;
}

static void run_on_the_other_cpu(void (*function)(void *))
{
    state = 0;
    require_eq(cpu_start(1, function, NULL), PSCI_SUCCESS);
    spin_until(state != 0);
}

static void expect_lost(void (*function)(void *))
{
    const uint32_t sctlr = read_sctlr();

    write_sctlr(sctlr | HIGH_VECTORS);
    const bool high = read_sctlr() & HIGH_VECTORS;
    write_sctlr(sctlr);
    if (!high)
        skip_("this core has no high vectors");
    run_on_the_other_cpu(fault_by_vbar);
    spin_until(cpu_is_off(1));
    run_on_the_other_cpu(function);
    delay_ns(A_WHILE_NS);
    expect_eq(state, BEGUN);
    expect_true(!cpu_is_off(1));
}

TEST(isolation, a_denied_read_goes_to_the_high_vectors, IDS "S4-14 S1-07", WHY "where the guest's own exceptions go",
     NEEDS "system=smp-dom")
{
    expect_lost(read_nowhere);
}

TEST(isolation, a_denied_fetch_goes_to_the_high_vectors, IDS "S4-14 S1-07", WHY "where the guest's own exceptions go",
     NEEDS "system=smp-dom")
{
    expect_lost(fetch_nowhere);
}

TEST(isolation, an_undefined_call_goes_to_the_high_vectors, IDS "S4-14 S1-07", WHY "where the guest's own exceptions go",
     NEEDS "system=smp-dom")
{
    expect_lost(call_wrongly);
}
