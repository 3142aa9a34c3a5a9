/* SPDX-License-Identifier: Apache-2.0 */
/* State that is switched lazily: floating point. */
#include "../exchange.h"
#include "registers.h"

enum { ROUNDS = 4 };

static void fill(uint64_t q[NR_Q_WORDS], uint32_t round)
{
    for (uint32_t i = 0; i < NR_Q_WORDS; i++)
        q[i] = pattern_of(i, machine.domain, round);
}

static void keep_fp(void)
{
    uint64_t wanted[NR_Q_WORDS] __attribute__((aligned(16))), seen[NR_Q_WORDS] __attribute__((aligned(16)));

    fp_enable();
    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        fill(wanted, round);
        fp_load(wanted);
        write_fpcr(pattern_of(70, machine.domain, round) & FPCR_BITS);
        write_fpsr(pattern_of(71, machine.domain, round) & FPSR_BITS);
        expect_true(exchange());
        expect_eq(read_fpcr() & FPCR_BITS, pattern_of(70, machine.domain, round) & FPCR_BITS);
        expect_eq(read_fpsr() & FPSR_BITS, pattern_of(71, machine.domain, round) & FPSR_BITS);
        fp_store(seen);
        for (uint32_t i = 0; i < NR_Q_WORDS; i++)
            expect_eq(seen[i], wanted[i]);
    }
    exchange();
}

TEST(views, a_switch_keeps_the_floating_point_registers, IDS "S4-14 S4-24", WHY "q0 to q31, FPCR, FPSR; switched lazily", NEEDS "")
{
    keep_fp();
}

PEER(2, views, a_switch_keeps_the_floating_point_registers)
{
    keep_fp();
}

TEST(views, floating_point_survives_a_peer_that_does_not_use_it, IDS "S4-14", WHY "then nothing needs to be switched", NEEDS "")
{
    keep_fp();
}

PEER(2, views, floating_point_survives_a_peer_that_does_not_use_it)
{
    peers_meet();
    for (uint32_t round = 0; round <= ROUNDS; round++)
        exchange();
}

static void store(void *q)
{
    fp_store(q);
}

TEST(views, floating_point_traps_for_a_guest_that_did_not_enable_it, IDS "S4-14", WHY "the lazy trap must not hide the guest's own",
     NEEDS "")
{
    uint64_t q[NR_Q_WORDS] __attribute__((aligned(16)));

    peers_meet();
    exchange();
    write_cpacr_el1(read_cpacr_el1() & ~(3ull << 20));
    expect_true(fault_catch(store, q).kind != FAULT_NONE);
    exchange();
    fp_enable();
    fp_store(q);
    for (uint32_t i = 0; i < NR_Q_WORDS; i++)
        expect_eq(q[i], 0);
}

PEER(2, views, floating_point_traps_for_a_guest_that_did_not_enable_it)
{
    uint64_t q[NR_Q_WORDS] __attribute__((aligned(16)));

    fp_enable();
    fill(q, 0);
    fp_load(q);
    peers_meet();
    for (;;)
        exchange();
}
