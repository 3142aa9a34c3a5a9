/* SPDX-License-Identifier: Apache-2.0 */
/* Time across vCPU switches: one clock for everybody, and timers that fire when they were told to. */
#include "sched.h"

TEST(sched, the_counter_goes_on_while_another_domain_runs, IDS "S4-24", WHY "stolen time is time", NEEDS "strategies=window,switch")
{
    peers_meet();
    uint64_t before = counter();

    for (uint32_t round = 0; round < 3; round++) {
        sched_yield(); /* the peer takes a millisecond */
        const uint64_t now = counter();

        expect_true(now - before >= LONG_NS);
        expect_true(now - before < LONG_NS + SHORT_NS);
        before = now;
    }
}

PEER(2, sched, the_counter_goes_on_while_another_domain_runs)
{
    peers_meet();
    for (;;) {
        delay_ns(LONG_NS);
        sched_yield();
    }
}

/* Domain 1 sleeps 3 times; meanwhile the peer's own timers come and go. */
static void sleep_exactly(uint64_t span)
{
    irq_init();
    irq_set_handler(INTID_TIMER, disarm_timer);
    irq_enable_source(INTID_TIMER);
    for (uint32_t round = 1; round <= 3; round++) {
        const uint64_t deadline = now_ns() + span;

        timer_arm_ns(span);
        while (irq_count(0, INTID_TIMER) < round)
            sched_block();
        irq_mask();
        const uint64_t late = now_ns() - deadline;

        if (late > SHORT_NS)
            fail_("d%u: a sleep of %llu ns ended %llu ns late", machine.domain, (unsigned long long)span,
                  (unsigned long long)late);
    }
}

TEST(sched, two_domains_sleep_by_their_own_timers, IDS "S4-24 S4-13", WHY "one physical timer serves both",
     NEEDS "strategies=window,switch")
{
    peers_meet();
    sleep_exactly(3 * LONG_NS);
    peer_wait(1);
}

PEER(2, sched, two_domains_sleep_by_their_own_timers)
{
    peers_meet();
    sleep_exactly(LONG_NS / 3);
    peer_signal(1);
}

TEST(sched, a_timer_of_the_sleeping_domain_waits_for_its_turn, IDS "S4-24", WHY "equal priority, no slice: no preemption", NEEDS "")
{
    peers_meet();
    irq_init();
    irq_set_handler(INTID_TIMER, disarm_timer);
    irq_enable_source(INTID_TIMER);
    peer_signal(0);
    const uint64_t begin = now_ns();

    timer_arm_ns(SHORT_NS);
    sched_block(); /* the peer spins for a millisecond, then gives way */
    irq_mask();
    expect_eq(irq_count(0, INTID_TIMER), 1);
    expect_true(now_ns() - begin >= LONG_NS);
    expect_true(now_ns() - begin < LONG_NS + 2 * SHORT_NS);
}

PEER(2, sched, a_timer_of_the_sleeping_domain_waits_for_its_turn)
{
    peers_meet();
    peer_wait(0);
    delay_ns(LONG_NS);
}

TEST(sched, a_timer_fires_while_its_guest_runs, IDS "S4-13", WHY "the interrupt comes through EL2", NEEDS "system=solo")
{
    irq_init();
    irq_set_handler(INTID_TIMER, disarm_timer);
    irq_enable_source(INTID_TIMER);
    irq_unmask();
    for (uint32_t round = 1; round <= 5; round++) {
        const uint64_t deadline = now_ns() + LONG_NS / 10;

        timer_arm_ns(LONG_NS / 10);
        while (irq_count(0, INTID_TIMER) < round)
            relax();
        expect_true(now_ns() - deadline < SHORT_NS);
    }
    irq_mask();
}

TEST(sched, idle_domains_let_time_pass, IDS "S4-13", WHY "the CPU sleeps and wakes for the next deadline", NEEDS "timeout_ms=4000")
{
    peers_meet();
    const uint64_t deadline = now_ns() + 1000000000;

    sched_poll(NULL, 0, deadline);
    expect_true(now_ns() >= deadline && now_ns() < deadline + SHORT_NS);
}

PEER(2, sched, idle_domains_let_time_pass)
{
    peers_meet();
}
