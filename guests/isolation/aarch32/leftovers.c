/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What another vCPU left in the registers is never readable. In the system `prio` the peer runs first and
 * fills them all; then this domain starts on the same CPU.
 */
#include "../../views/aarch32/registers.h"

#define PRIO NEEDS "system=prio strategies=all"

/* Odd for each register, so that registers of one bit are told apart, too. */
static uint32_t secret(uint32_t index)
{
    return 0x5ec2e701u + 2 * index;
}

static void fill_group(const struct reg *group, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        group[i].write((group[i].read() & ~group[i].bits) | (secret(i) & group[i].bits));
}

static void expect_no_secret(const struct reg *group, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t value = group[i].read();

        if ((value & group[i].bits) == (secret(i) & group[i].bits))
            fail_("%s is 0x%x, the peer's value", group[i].name, value);
    }
}

/* Where nothing was configured a fresh vCPU reads zero. */
static void expect_zero(const struct reg *group, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if ((group[i].read() & group[i].bits) != 0)
            fail_("%s is 0x%x, expected 0", group[i].name, group[i].read());
}

#define SECRET_GROUP(name, group, check, why)                                                 \
    TEST(isolation, name, IDS "S4-24", WHY why, PRIO) { check(group, COUNT_OF(group)); }      \
    PEER(2, isolation, name) { fill_group(group, COUNT_OF(group)); }

SECRET_GROUP(a_fresh_vcpu_has_no_foreign_exception_registers, exception_registers, expect_no_secret,
             "addresses and states of the other domain's handlers")
SECRET_GROUP(a_fresh_vcpu_has_an_empty_fiq_bank, fiq_registers, expect_zero, "nobody else uses these registers")
SECRET_GROUP(a_fresh_vcpu_has_no_foreign_user_registers, user_registers, expect_no_secret,
             "a process's stack and return address")
SECRET_GROUP(a_fresh_vcpu_has_zero_thread_ids, thread_registers, expect_zero, "pointers to the other domain's tasks")
SECRET_GROUP(a_fresh_vcpu_has_no_foreign_control_registers, control_registers, expect_no_secret,
             "vectors of the other domain")
SECRET_GROUP(a_fresh_vcpu_has_zero_fault_registers, fault_registers, expect_zero, "addresses the other domain touched")

TEST(isolation, a_fresh_vcpu_has_zero_floating_point, IDS "S4-24", WHY "keys live in these registers", PRIO)
{
    uint64_t d[32];

    fp_enable();
    fp_store(d);
    for (uint32_t i = 0; i < COUNT_OF(d); i++)
        expect_eq(d[i], 0);
    expect_eq(read_fpscr(), 0);
}

PEER(2, isolation, a_fresh_vcpu_has_zero_floating_point)
{
    uint64_t d[32];

    for (uint32_t i = 0; i < COUNT_OF(d); i++)
        d[i] = ~0ull - i;
    fp_enable();
    fp_load(d);
    write_fpscr(0x07c00000u);
}

TEST(isolation, a_fresh_vcpu_has_an_empty_el1_mpu, IDS "S4-24", WHY "regions tell how the other domain is built", PRIO)
{
    for (uint32_t i = 0; i < mpu_region_count(); i++) {
        write_prselr(i);
        expect_eq(read_prbar(), 0);
        expect_eq(read_prlar(), 0);
    }
    expect_eq(read_mair0(), 0);
    expect_eq(read_mair1(), 0);
}

PEER(2, isolation, a_fresh_vcpu_has_an_empty_el1_mpu)
{
    for (uint32_t i = 0; i < mpu_region_count(); i++) {
        write_prselr(i);
        write_prbar(secret(i) & 0xffffffc0u);
        write_prlar((secret(i) & 0xffffffc0u) + 0x40);
    }
    write_mair0(secret(0));
    write_mair1(secret(1));
}

TEST(isolation, a_foreign_enabled_mpu_does_not_apply, IDS "S4-24", WHY "the fresh vCPU would fault on its first store", PRIO)
{
    expect_eq(read_sctlr() & 1u, 0);
    expect_eq(evtchn_count_open(), 2);
}

PEER(2, isolation, a_foreign_enabled_mpu_does_not_apply)
{
    mpu_set_region(1, 0x20000000, 0x20100000, MPU_ALL_RO, MPU_NORMAL, MPU_NO_EXECUTE); /* domain 1's bank */
    mpu_set_region(2, 0x28000000, 0x28004000, MPU_ALL_RO, MPU_NORMAL, MPU_NO_EXECUTE);
    mpu_enable();
}

TEST(isolation, a_foreign_timer_does_not_fire_here, IDS "S4-24", WHY "its interrupt belongs to the domain that armed it", PRIO)
{
    expect_eq(read_cntv_ctl() & 1u, 0);
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
