/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A peer at its worst, with the same priority and slices of 1 ms: domain 1 keeps its share of the CPU and
 * its deadlines within two slices. The last resort of a guest is never the last of its neighbour.
 */
#include "sched.h"
#include "sysreg.h"

enum { ROUNDS = 4, SLICE_NS = 1000000 };

/* A periodic job of domain 1, which must be late by no more than the peer's slice. */
static void keep_going(void)
{
    irq_init();
    irq_set_handler(INTID_TIMER, disarm_timer);
    irq_enable_source(INTID_TIMER);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        const uint64_t deadline = now_ns() + SLICE_NS / 2;

        timer_arm_ns(SLICE_NS / 2);
        while (irq_count(0, INTID_TIMER) < round)
            sched_block();
        irq_mask();
        const uint64_t late = now_ns() - deadline;

        if (late > 2 * SLICE_NS)
            fail_("round %u was %llu ns late", round, (unsigned long long)late);
    }
}

#define SURVIVES(name, why)                                                                                        \
    TEST(sched, name, IDS "S1-07 S3-04", WHY why, NEEDS "system=slice strategies=window timeout_ms=4000")  \
    {                                                                                                              \
        peers_meet();                                                                                              \
        sched_yield();                                                                                             \
        keep_going();                                                                                              \
    }                                                                                                              \
    PEER(2, sched, name)

SURVIVES(an_endless_loop_leaves_the_peer_its_time, "the simplest way to hog a CPU")
{
    peers_meet();
    for (;;)
        ;
}

SURVIVES(a_storm_of_hypercalls_leaves_the_peer_its_time, "with and without an error")
{
    uint32_t number = 0;

    peers_meet();
    for (;;)
        hypercall(number++ & 0x7f, ~0u, ~0u, ~0u, ~0u, ~0u);
}

SURVIVES(a_storm_of_events_leaves_the_peer_its_time, "every one of them wakes and merges")
{
    peers_meet();
    for (;;)
        evtchn_send(peer_port(1));
}

SURVIVES(a_storm_of_timer_interrupts_leaves_the_peer_its_time, "a level that nobody clears")
{
    peers_meet();
    irq_init();
    irq_enable_source(INTID_TIMER);
    timer_arm_ns(0);
    irq_unmask(); /* no handler: it comes back for ever */
    for (;;)
        ;
}

SURVIVES(a_storm_of_sgis_to_itself_leaves_the_peer_its_time, "each of them is a trap")
{
    peers_meet();
    irq_init();
    irq_enable_source(3);
    irq_unmask();
    for (;;)
        irq_send_sgi(3, 0);
}

SURVIVES(nested_faults_leave_the_peer_its_time, "vectors in forbidden memory fault for ever")
{
    peers_meet();
    vbar_write(0x10000000);
    (void)*(volatile uint32_t *)0x10000000;
}

SURVIVES(a_storm_of_yields_leaves_the_peer_its_time, "polite to the point of rudeness")
{
    peers_meet();
    for (;;)
        sched_yield();
}

SURVIVES(a_storm_of_wfi_leaves_the_peer_its_time, "with an interrupt pending each WFI returns at once")
{
    peers_meet();
    irq_init();
    irq_enable_source(INTID_TIMER);
    timer_arm_ns(0);
    for (;;)
        wait_for_interrupt();
}

SURVIVES(wfi_with_a_timer_nobody_enabled_leaves_the_peer_its_time, "it is no wake-up: the interrupt is disabled")
{
    peers_meet();
    timer_arm_ns(0);
    for (;;)
        wait_for_interrupt();
}

SURVIVES(a_storm_of_polls_in_the_past_leaves_the_peer_its_time, "each deadline is over before it begins")
{
    peers_meet();
    for (;;)
        sched_poll(NULL, 0, 1);
}

SURVIVES(a_storm_of_mode_changes_leaves_the_peer_its_time, "user mode, faults, and back")
{
    peers_meet();
    for (;;) {
        uint32_t value;

        try_read32_el0(0x10000000, &value);
        try_exec_el0(RAM(0x20000000));
    }
}
