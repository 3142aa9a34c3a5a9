/* SPDX-License-Identifier: Apache-2.0 */
/* block, WFI and yield: sleeping and giving way. */
#include "sched.h"

static void timer_ready(void)
{
    irq_init();
    irq_set_handler(INTID_TIMER, disarm_timer);
    irq_enable_source(INTID_TIMER);
}

TEST(sched, block_returns_with_irqs_enabled, IDS "X-47", WHY "it clears the mask before it sleeps", NEEDS "system=solo")
{
    timer_ready();
    expect_true(irq_is_masked());
    timer_arm_ns(LONG_NS);
    const uint64_t begin = now_ns();

    expect_eq(sched_block(), 0);
    expect_true(!irq_is_masked());
    irq_mask();
    expect_eq(irq_count(0, INTID_TIMER), 1);
    expect_true(now_ns() - begin >= LONG_NS);
}

TEST(sched, block_with_a_pending_interrupt_does_not_sleep, IDS "X-47", WHY "its wake-up has come already", NEEDS "system=solo")
{
    timer_ready();
    timer_arm_ns(0);
    delay_ns(SHORT_NS);
    const uint64_t begin = now_ns();

    expect_eq(sched_block(), 0);
    irq_mask();
    expect_true(now_ns() - begin < SHORT_NS);
    expect_eq(irq_count(0, INTID_TIMER), 1);
}

TEST(sched, block_with_a_pending_upcall_does_not_sleep, IDS "X-47 S4-15", WHY "an event is an interrupt like others", NEEDS "")
{
    peers_meet();
    irq_init();
    upcall_enable();
    events_quiet(0);
    peer_signal(0);
    spin_until((sched_yield(), event_is_pending(peer_port(1))));
    expect_eq(sched_block(), 0);
    irq_mask();
    expect_eq(event_count(peer_port(1)), 1);
}

PEER(2, sched, block_with_a_pending_upcall_does_not_sleep)
{
    peers_meet();
    peer_wait(0);
    peer_signal(1);
}

TEST(sched, an_event_wakes_a_blocked_domain, IDS "S4-15 S4-24", WHY "the upcall ends the sleep", NEEDS "strategies=window,switch")
{
    peers_meet();
    irq_init();
    upcall_enable();
    events_quiet(0);
    irq_unmask(); /* what came before may still be in the interrupt controller, whatever the flag says now */
    irq_mask();
    const uint32_t before = upcall_count(0);

    for (uint32_t round = 1; round <= 4; round++) {
        peer_signal(0);
        while (event_count(peer_port(1)) < round)
            expect_eq(sched_block(), 0);
        irq_mask();
    }
    expect_eq(upcall_count(0) - before, 4);
}

PEER(2, sched, an_event_wakes_a_blocked_domain)
{
    peers_meet();
    for (;;) {
        peer_wait(0);
        peer_signal(1);
    }
}

TEST(sched, wfi_with_irqs_masked_wakes_for_the_virtual_timer, IDS "S4-13", WHY "WFI does not look at the mask", NEEDS "system=solo")
{
    timer_ready();
    timer_arm_ns(LONG_NS);
    const uint64_t deadline = now_ns() + LONG_NS;

    wait_for_interrupt();
    const uint64_t woke = now_ns();

    expect_true(irq_is_masked());
    expect_eq(irq_count(0, INTID_TIMER), 0);
    expect_true(woke + SHORT_NS >= deadline && woke < deadline + SHORT_NS);
    irq_unmask();
    irq_mask();
    expect_eq(irq_count(0, INTID_TIMER), 1);
}

TEST(sched, wfi_wakes_for_an_event, IDS "S4-13 S4-15", WHY "the idle loop of most guests", NEEDS "strategies=window,switch")
{
    peers_meet();
    irq_init();
    upcall_enable();
    events_quiet(0);
    peer_signal(0);
    while (!event_is_pending(peer_port(1)))
        wait_for_interrupt();
    expect_eq(event_count(peer_port(1)), 0); /* masked: not taken yet */
    irq_unmask();
    irq_mask();
    expect_eq(event_count(peer_port(1)), 1);
}

PEER(2, sched, wfi_wakes_for_an_event)
{
    peers_meet();
    peer_wait(0);
    peer_signal(1);
}

TEST(sched, wfi_in_a_switched_off_world_stops_nobody_else, IDS "S4-13", WHY "a peer asleep for ever with IRQs masked", NEEDS "")
{
    peers_meet();
    const uint64_t begin = now_ns();

    sched_yield();
    expect_true(now_ns() - begin < SHORT_NS);
    sched_poll(NULL, 0, now_ns() + LONG_NS);
    expect_eq(lane_status(1), EVTCHNSTAT_interdomain);
}

PEER(2, sched, wfi_in_a_switched_off_world_stops_nobody_else)
{
    peers_meet();
    idle_for_ever();
}

TEST(sched, wfi_of_a_higher_domain_gives_the_cpu_away, IDS "S4-13 S3-04",
     WHY "its timer has expired, but the interrupt is disabled and no reason to wake", NEEDS "system=prio")
{
    const uint64_t begin = now_ns();

    delay_ns(LONG_NS); /* a sleeper that is woken for nothing again and again would take the CPU */
    expect_true(now_ns() - begin < LONG_NS + SHORT_NS);
}

PEER(2, sched, wfi_of_a_higher_domain_gives_the_cpu_away)
{
    timer_arm_ns(0);
    idle_for_ever();
}

TEST(sched, yield_alone_returns_at_once, IDS "S4-19", WHY "there is nobody to give the CPU to", NEEDS "system=solo")
{
    const uint64_t begin = now_ns();

    for (uint32_t i = 0; i < 100; i++)
        expect_eq(sched_yield(), 0);
    expect_true(now_ns() - begin < 10 * SHORT_NS);
}

TEST(sched, yield_gives_the_cpu_once_to_each, IDS "S4-24", WHY "round robin among equals", NEEDS "system=trio crash=3")
{
    peers_meet();
    for (uint32_t round = 0; round < 10; round++) {
        peer_signal(1);
        sched_yield();
        expect_true(event_clear(peer_port(1))); /* the peer had exactly its turn */
    }
    sched_poll(NULL, 0, now_ns() + LONG_NS);
}

PEER(2, sched, yield_gives_the_cpu_once_to_each)
{
    peers_meet();
    for (uint32_t round = 0; round < 10; round++) {
        peer_signal(1);
        sched_yield();
        expect_true(event_clear(peer_port(1)));
    }
    peer_signal(1); /* it was a turn ahead */
}

/* Known to have had ten turns by its end. */
PEER(3, sched, yield_gives_the_cpu_once_to_each)
{
    for (uint32_t round = 0; round < 10; round++)
        sched_yield();
    shutdown(SHUTDOWN_crash);
}

TEST(sched, without_a_slice_an_equal_is_never_preempted, IDS "S4-24", WHY "time slices are off in this system", NEEDS "")
{
    peers_meet();
    peer_signal(1); /* the peer is runnable now */
    uint64_t longest = 0, before = counter();
    const uint64_t end = before + 5 * LONG_NS;

    while (before < end) {
        const uint64_t now = counter();

        longest = now - before > longest ? now - before : longest;
        before = now;
    }
    expect_true(longest < SHORT_NS);
    expect_true(!event_is_pending(peer_port(1)));
}

PEER(2, sched, without_a_slice_an_equal_is_never_preempted)
{
    peers_meet();
    peer_wait(1);
    peer_signal(1);
}
