/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What another vCPU left in the registers is never readable. In the system `prio` the peer runs first and fills them all;
 * then this domain starts on the same CPU.
 */
#include "../../views/aarch64/registers.h"

#define PRIO NEEDS "system=prio"

/* Odd for each register, so that registers of one bit are told apart, too. */
static uint64_t secret(uint32_t index)
{
    return 0x5ef2e7015ef2e701ull + 2 * index;
}

static void fill_group(const struct reg *group, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        group[i].write((group[i].read() & ~group[i].bits) | (secret(i) & group[i].bits));
}

static void expect_no_secret(const struct reg *group, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t value = group[i].read();

        if ((value & group[i].bits) == (secret(i) & group[i].bits))
            fail_("%s is 0x%lx, the peer's value", group[i].name, value);
    }
}

/* Where nothing was configured a fresh vCPU reads zero. */
static void expect_zero(const struct reg *group, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if ((group[i].read() & group[i].bits) != 0)
            fail_("%s is 0x%lx, expected 0", group[i].name, group[i].read());
}

#define SECRET_GROUP(name, group, check, why)                                                 \
    TEST(isolation, name, IDS "S4-24", WHY why, PRIO) { check(group, COUNT_OF(group)); }      \
    PEER(2, isolation, name) { fill_group(group, COUNT_OF(group)); }

SECRET_GROUP(a_fresh_vcpu_has_no_foreign_exception_registers, exception_registers, expect_no_secret,
             "addresses and states of the other domain's handlers")
SECRET_GROUP(a_fresh_vcpu_has_zero_thread_ids, thread_registers, expect_zero, "pointers to the other domain's tasks")
SECRET_GROUP(a_fresh_vcpu_has_no_foreign_control_registers, control_registers, expect_no_secret, "vectors of the other domain")
SECRET_GROUP(a_fresh_vcpu_has_zero_translation_registers, translation_registers, expect_zero, "tables tell how the other one is built")
SECRET_GROUP(a_fresh_vcpu_has_zero_fault_registers, fault_registers, expect_zero, "addresses the other domain touched")

TEST(isolation, a_fresh_vcpu_has_zero_floating_point, IDS "S4-24", WHY "keys live in these registers", PRIO)
{
    uint64_t q[NR_Q_WORDS] __attribute__((aligned(16)));

    fp_enable();
    fp_store(q);
    for (uint32_t i = 0; i < NR_Q_WORDS; i++)
        expect_eq(q[i], 0);
    expect_eq(read_fpcr(), 0);
    expect_eq(read_fpsr(), 0);
}

PEER(2, isolation, a_fresh_vcpu_has_zero_floating_point)
{
    uint64_t q[NR_Q_WORDS] __attribute__((aligned(16)));

    for (uint32_t i = 0; i < NR_Q_WORDS; i++)
        q[i] = ~0ull - i;
    fp_enable();
    fp_load(q);
    write_fpcr(FPCR_BITS);
    write_fpsr(FPSR_BITS);
}

TEST(isolation, a_foreign_timer_does_not_fire_here, IDS "S4-24", WHY "its interrupt belongs to the domain that armed it", PRIO)
{
    expect_eq(read_cntv_ctl_el0() & 1u, 0);
    irq_init();
    irq_enable_source(INTID_TIMER);
    irq_unmask();
    delay_ns(300000); /* the peer's deadline lies within */
    irq_mask();
    expect_eq(irq_count(0, INTID_TIMER), 0);
}

PEER(2, isolation, a_foreign_timer_does_not_fire_here)
{
    timer_arm_ns(100000);
    sched_poll(NULL, 0, now_ns() + 200000);
    timer_disarm();
}
