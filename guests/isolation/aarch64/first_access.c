/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first access to floating point makes it the vCPU's own, whichever instruction it is: what that asked for has
 * happened when it ends. Each test is one vCPU whose first access it is.
 */
#include "../../views/aarch64/registers.h"

#define FIRST(name, why) TEST(isolation, name, IDS "S4-24 S4-14", WHY why, NEEDS "system=solo")

FIRST(the_first_access_may_read_the_control, "another domain's rounding mode may be in there")
{
    fp_enable();
    expect_eq(read_fpcr(), 0);
    write_fpcr(FPCR_BITS);
    expect_eq(read_fpcr(), FPCR_BITS);
}

FIRST(the_first_access_may_write_the_status, "the trap must not lose it")
{
    fp_enable();
    write_fpsr(FPSR_BITS);
    expect_eq(read_fpsr(), FPSR_BITS);
    expect_eq(read_fpcr(), 0);
}

FIRST(the_first_access_may_store, "another domain's keys may be in there")
{
    uint64_t q[NR_Q_WORDS] __attribute__((aligned(16)));

    memset(q, 0x77, sizeof(q));
    fp_enable();
    fp_store(q);
    for (uint32_t i = 0; i < NR_Q_WORDS; i++)
        expect_eq(q[i], 0);
}

FIRST(the_first_access_may_load, "the trap must not lose it")
{
    uint64_t wanted[NR_Q_WORDS] __attribute__((aligned(16))), seen[NR_Q_WORDS] __attribute__((aligned(16)));

    for (uint32_t i = 0; i < NR_Q_WORDS; i++)
        wanted[i] = pattern_of(i, 1, 0);
    fp_enable();
    fp_load(wanted);
    fp_store(seen);
    expect_eq(memcmp(seen, wanted, sizeof(seen)), 0);
}

static void add_one(void *number)
{
    __asm__ volatile(FP_ASM("ldr d0, [%0]\n\tfmov d1, #1.0\n\tfadd d0, d0, d1\n\tstr d0, [%0]") ::"r"(number) : "memory");
}

FIRST(the_first_access_may_be_a_process_s, "the trap from EL0 is the hypervisor's as well")
{
    uint64_t number = 0x4000000000000000ull; /* 2.0 */

    fp_enable();
    expect_eq(fault_catch_el0(add_one, &number).kind, FAULT_NONE);
    expect_eq(number, 0x4008000000000000ull); /* 3.0 */
}
