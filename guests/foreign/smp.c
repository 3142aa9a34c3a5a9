/* SPDX-License-Identifier: Apache-2.0 */
/* Backend and client on two CPUs: each changes its own view while the other uses the same pages. */
#include "foreign.h"

#define SMP NEEDS "system=foreign-smp strategies=window,switch,auto,mask,shared"

enum { ROUNDS = 200, DONE = 1, BEFORE = 0xb, AFTER = 0xa };

static volatile uint32_t *flag(void)
{
    return word_at(lent(2, 63)); /* a page that stays mapped */
}

TEST(foreign, a_backend_on_another_cpu_shares_a_page, IDS "S2-12 S2-02 X-60", WHY "both write at the same time", SMP)
{
    require_eq(map(2, lent(2, 63)), 0);
    require_eq(map(2, LENT_2), 0);
    meet_client(2);
    require_eq(evtchn_send(client_port(2)), 0);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        spin_until(__atomic_load_n(word_at(LENT_2), __ATOMIC_SEQ_CST) == round);
        __atomic_store_n(word_at(LENT_2 + 64), round, __ATOMIC_SEQ_CST);
    }
}

PEER(2, foreign, a_backend_on_another_cpu_shares_a_page)
{
    meet();
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        __atomic_store_n(word_at(LENT_2), round, __ATOMIC_SEQ_CST);
        spin_until(__atomic_load_n(word_at(LENT_2 + 64), __ATOMIC_SEQ_CST) == round);
    }
}

/* The client balloons while the backend maps and unmaps: only the four legal pairs of results. */
TEST(foreign, maps_and_balloons_on_two_cpus_never_mix, IDS "S2-01 X-60", WHY "the race with nobody taking turns", SMP)
{
    uint32_t got = 0, refused = 0;

    require_eq(map(2, lent(2, 63)), 0);
    meet_client(2);
    *flag() = 0;
    require_eq(evtchn_send(client_port(2)), 0);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const int32_t result = map(2, LENT_2);

        if (result == 0) {
            got++;
            expect_in(LENT_2);
            expect_eq(unmap(LENT_2), 0);
            expect_out(LENT_2);
        } else {
            refused++;
            expect_eq(result, -XEN_EINVAL);
        }
    }
    note("%u mapped, %u refused", got, refused);
    *flag() = DONE;
    event_wait(client_port(2));
}

PEER(2, foreign, maps_and_balloons_on_two_cpus_never_mix)
{
    meet();
    while (*flag() != DONE) {
        int32_t back;

        expect_eq(balloon_out(LENT_2), 1);
        expect_out(LENT_2);
        do {
            back = balloon_in(LENT_2);
            expect_true(back == 0 || back == 1);
        } while (back != 1);
        expect_in(LENT_2);
    }
    expect_eq(balloon_out(LENT_2), 1);
    expect_eq(balloon_in(LENT_2), 1);
    pass_turn();
}

/* The writer is caught by the fault of its own access, never by another domain's page. */
TEST(foreign, an_unmap_takes_effect_while_the_owner_writes, IDS "S2-10 X-60", WHY "the other view is not disturbed", SMP)
{
    require_eq(map(2, lent(2, 63)), 0);
    meet_client(2);
    *flag() = 0;
    require_eq(evtchn_send(client_port(2)), 0);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        require_eq(map_run(2, LENT_2, PAGE, 4), 4);
        *word_at(lent(2, 1)) = BEFORE;
        for (uint32_t n = 0; n < 4; n++)
            require_eq(unmap(lent(2, n)), 0);
        expect_eq(try_write32(lent(2, 1), AFTER).kind, FAULT_DATA);
    }
    *flag() = DONE;
    event_wait(client_port(2));
}

PEER(2, foreign, an_unmap_takes_effect_while_the_owner_writes)
{
    meet();
    for (uint32_t count = 0; *flag() != DONE; count++) {
        *word_at(LENT_2) = count;
        expect_eq(*word_at(LENT_2), count);
        expect_true(*word_at(lent(2, 1)) != AFTER);
        relax(); /* the emulator's turn of the other CPU, which TLB maintenance of that CPU ends */
    }
    pass_turn();
}

/* The first element of two names no frame, so that the call ends before it has changed anything. */
static void end_a_batch_at_once(void)
{
    static struct batch batch;

    batch_fill(&batch, 2, LENT_2, PAGE, 2);
    batch.gpfns[0] = UINT64_MAX;
    expect_eq(batch_call(&batch), -XEN_EINVAL);
    expect_eq(batch.errs[0], NOT_WRITTEN);
    expect_eq(batch.errs[1], NOT_WRITTEN);
    expect_out(LENT_2);
    expect_out(lent(2, 1));
    expect_eq(map(2, LENT_2), 0); /* nothing is held or half done */
    expect_eq(unmap(LENT_2), 0);
}

TEST(foreign, a_batch_that_ends_at_its_first_element_changes_nothing, IDS "X-35", WHY "the second would have been mapped",
     NEEDS "system=foreign strategies=window,switch")
{
    end_a_batch_at_once();
}

TEST(foreign, a_batch_that_ends_at_its_first_element_lets_the_other_cpu_go_on, IDS "X-35 X-60",
     WHY "the client changes its own view all the time", SMP)
{
    require_eq(map(2, lent(2, 63)), 0);
    meet_client(2);
    *flag() = 0;
    require_eq(evtchn_send(client_port(2)), 0);
    for (uint32_t round = 0; round < ROUNDS / 10; round++) {
        const uint32_t before = *word_at(lent(2, 63) + 64);

        end_a_batch_at_once();
        spin_until(*word_at(lent(2, 63) + 64) >= before + 2);
    }
    *flag() = DONE;
    event_wait(client_port(2));
}

PEER(2, foreign, a_batch_that_ends_at_its_first_element_lets_the_other_cpu_go_on)
{
    meet();
    for (uint32_t round = 1; *flag() != DONE; round++) {
        expect_eq(balloon_out(lent(2, 20)), 1);
        expect_eq(balloon_in(lent(2, 20)), 1);
        ++*word_at(lent(2, 63) + 64);
        if (round % 32 == 0)
            relax(); /* an emulator that runs one CPU at a time lets the other one on */
    }
    pass_turn();
}
