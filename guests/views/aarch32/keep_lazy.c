/* SPDX-License-Identifier: Apache-2.0 */
/* State that is switched lazily: floating point and the EL1 MPU. And the virtual timer. */
#include "../exchange.h"
#include "registers.h"

enum { ROUNDS = 4, NR_D = 32 };

static void fill(uint64_t d[NR_D], uint32_t round)
{
    for (uint32_t i = 0; i < NR_D; i++)
        d[i] = (uint64_t)pattern_of(i, machine.domain, round) << 32 | pattern_of(i + NR_D, machine.domain, round);
}

static void keep_fp(void)
{
    uint64_t wanted[NR_D], seen[NR_D];

    fp_enable();
    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint32_t fpscr = (machine.domain + round) << 22 & 0x07c00000u;

        fill(wanted, round);
        fp_load(wanted);
        write_fpscr(fpscr);
        expect_true(exchange());
        expect_eq(read_fpscr() & 0xffc00000u, fpscr);
        expect_eq(read_fpexc(), 1u << 30);
        fp_store(seen);
        for (uint32_t i = 0; i < NR_D; i++)
            expect_eq(seen[i], wanted[i]);
    }
    exchange();
}

TEST(views, a_switch_keeps_the_floating_point_registers, IDS "S4-14 S4-24", WHY "d0 to d31, FPSCR, FPEXC; switched lazily",
     NEEDS "strategies=window,switch,mask")
{
    keep_fp();
}

PEER(2, views, a_switch_keeps_the_floating_point_registers)
{
    keep_fp();
}

TEST(views, floating_point_survives_a_peer_that_does_not_use_it, IDS "S4-14", WHY "then nothing needs to be switched",
     NEEDS "")
{
    keep_fp();
}

PEER(2, views, floating_point_survives_a_peer_that_does_not_use_it)
{
    peers_meet();
    for (uint32_t round = 0; round <= ROUNDS; round++)
        exchange();
}

TEST(views, floating_point_traps_for_a_guest_that_did_not_enable_it, IDS "S4-14",
     WHY "the lazy trap must not hide the guest's own", NEEDS "")
{
    uint64_t d[NR_D];

    peers_meet();
    exchange();
    expect_eq(fault_catch((void (*)(void *))(uintptr_t)fp_store, d).kind, FAULT_UNDEFINED);
    exchange();
    fp_enable();
    fp_store(d);
    for (uint32_t i = 0; i < NR_D; i++)
        expect_eq(d[i], 0);
}

PEER(2, views, floating_point_traps_for_a_guest_that_did_not_enable_it)
{
    uint64_t d[NR_D];

    fp_enable();
    fill(d, 0);
    fp_load(d);
    peers_meet();
    for (;;)
        exchange();
}

/* ---- the EL1 MPU ---- */

static uint32_t region_rbar(uint32_t region, uint32_t round)
{
    return (pattern_of(region, machine.domain, round) & 0xffffffc0u) | 2;
}

static void keep_regions(void)
{
    const uint32_t regions = mpu_region_count();

    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < regions; i++) {
            write_prselr(i);
            write_prbar(region_rbar(i, round));
            write_prlar(region_rbar(i, round) ^ 0x40);
        }
        write_mair0(pattern_of(40, machine.domain, round));
        write_mair1(pattern_of(41, machine.domain, round));
        write_prselr(machine.domain + round);
        expect_true(exchange());
        expect_eq(read_prselr(), machine.domain + round);
        expect_eq(read_mair0(), pattern_of(40, machine.domain, round));
        expect_eq(read_mair1(), pattern_of(41, machine.domain, round));
        for (uint32_t i = 0; i < regions; i++) {
            write_prselr(i);
            expect_eq(read_prbar() & ~0x3fu, region_rbar(i, round) & ~0x3fu);
            expect_eq(read_prlar() & ~0x3fu, (region_rbar(i, round) ^ 0x40) & ~0x3fu);
        }
    }
    exchange();
}

TEST(views, a_switch_keeps_the_el1_mpu, IDS "S4-14 S4-24", WHY "all regions, the selector, the memory types",
     NEEDS "strategies=window,switch,mask")
{
    keep_regions();
}

PEER(2, views, a_switch_keeps_the_el1_mpu)
{
    keep_regions();
}

static uint8_t guarded[XEN_PAGE_SIZE] __attribute__((aligned(4096)));

TEST(views, an_enabled_el1_mpu_stays_with_its_vcpu, IDS "S4-14 S4-24", WHY "the peer runs without one, in the same registers",
     NEEDS "strategies=window,switch,mask")
{
    mpu_set_region(0, (uintptr_t)guarded, (uintptr_t)guarded + sizeof(guarded), MPU_ALL_RO, MPU_NORMAL, MPU_NO_EXECUTE);
    mpu_enable();
    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        expect_true(exchange());
        expect_eq(try_write32((uintptr_t)guarded, round).kind, FAULT_DATA);
        expect_eq(try_exec((uintptr_t)guarded).kind, FAULT_PREFETCH);
    }
    mpu_disable();
    expect_eq(try_write32((uintptr_t)guarded, 1).kind, FAULT_NONE);
}

PEER(2, views, an_enabled_el1_mpu_stays_with_its_vcpu)
{
    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        expect_eq(try_write32((uintptr_t)guarded, round).kind, FAULT_NONE);
        expect_true(exchange());
    }
    exchange();
}

/* ---- the virtual timer ---- */

static uint64_t read_cval(void)
{
    uint32_t low, high;

    __asm__ volatile("mrrc p15, 3, %0, %1, c14" : "=r"(low), "=r"(high));
    return (uint64_t)high << 32 | low;
}

static void keep_timer(void)
{
    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        timer_arm_ns(machine.domain * 1000000000ull + round * 1000);
        const uint64_t cval = read_cval();
        const uint32_t control = read_cntv_ctl();

        expect_true(exchange());
        expect_eq(read_cval(), cval);
        expect_eq(read_cntv_ctl(), control);
        timer_disarm();
    }
    exchange();
}

TEST(views, a_switch_keeps_the_virtual_timer, IDS "S4-14 S4-24", WHY "compare value and control, armed in both domains",
     NEEDS "strategies=window,switch,mask")
{
    keep_timer();
}

PEER(2, views, a_switch_keeps_the_virtual_timer)
{
    keep_timer();
}

/* ---- preemption: also what a call may clobber ---- */

static bool spin_with_all_registers(uint32_t turns)
{
    uint32_t damaged;

    __asm__ volatile("push {r4-r11, lr}\n\t"
                     "mov  r12, %1\n\t"
                     "mov  r0, #0x10\n\tmov r1, #0x11\n\tmov r2, #0x12\n\tmov r3, #0x13\n\t"
                     "mov  r4, #0x14\n\tmov r5, #0x15\n\tmov r6, #0x16\n\tmov r7, #0x17\n\t"
                     "mov  r8, #0x18\n\tmov r9, #0x19\n\tmov r10, #0x1a\n\tmov r11, #0x1b\n\tmov lr, #0x1c\n"
                     "1:\n\t"
                     "subs r12, r12, #1\n\t"
                     "bne  1b\n\t"
                     "sub  r0, r0, #0x10\n\tsub r1, r1, #0x11\n\tsub r2, r2, #0x12\n\tsub r3, r3, #0x13\n\t"
                     "sub  r4, r4, #0x14\n\tsub r5, r5, #0x15\n\tsub r6, r6, #0x16\n\tsub r7, r7, #0x17\n\t"
                     "sub  r8, r8, #0x18\n\tsub r9, r9, #0x19\n\tsub r10, r10, #0x1a\n\tsub r11, r11, #0x1b\n\t"
                     "sub  lr, lr, #0x1c\n\t"
                     "orr  r0, r0, r1\n\torr r0, r0, r2\n\torr r0, r0, r3\n\torr r0, r0, r4\n\torr r0, r0, r5\n\t"
                     "orr  r0, r0, r6\n\torr r0, r0, r7\n\torr r0, r0, r8\n\torr r0, r0, r9\n\torr r0, r0, r10\n\t"
                     "orr  r0, r0, r11\n\torr r0, r0, lr\n\t"
                     "pop  {r4-r11, lr}\n\t"
                     "mov  %0, r0"
                     : "=r"(damaged)
                     : "r"(turns)
                     : "r0", "r1", "r2", "r3", "r12", "memory", "cc");
    return damaged == 0;
}

TEST(views, preemption_keeps_every_core_register, IDS "S4-14 S4-24", WHY "an interrupt asks nobody what may be clobbered",
     NEEDS "system=slice strategies=window,switch,mask timeout_ms=4000")
{
    peers_meet();
    const uint64_t begin = counter();

    expect_true(spin_with_all_registers(2000000));
    expect_true(counter() - begin > 6000000); /* 4 million instructions of ours: the peer had slices between */
}

PEER(2, views, preemption_keeps_every_core_register)
{
    peers_meet();
    for (;;)
        expect_true(spin_with_all_registers(100000));
}
