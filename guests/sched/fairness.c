/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Round robin under pressure from above: in the system `fair` domain 3 outranks domains 1 and 2, which share
 * the rest of the CPU in slices of 1 ms. Domain 3 has no channel and tells nobody anything.
 */
#include "sched.h"

/* Wakes every `period`, works a little, sleeps again; for ever. */
static void wake_every(uint64_t period)
{
    irq_init();
    irq_set_handler(INTID_TIMER, disarm_timer);
    irq_enable_source(INTID_TIMER);
    for (;;) {
        timer_arm_ns(period);
        sched_block();
        delay_ns(SHORT_NS);
    }
}

/* Domain 2 needs 3 ms of the CPU; with half of it, 7 ms are plenty. Domain 1 spins and waits for its word. */
static void expect_the_other_gets_its_share(void)
{
    peers_meet();
    peer_signal(0);
    const uint64_t end = now_ns() + 40 * (uint64_t)LONG_NS;

    while (!event_is_pending(peer_port(1)) && now_ns() < end)
        relax();
    if (!event_is_pending(peer_port(1)))
        fail_("domain 2 got less than 3 ms of the CPU in 40 ms");
}

static void work_and_tell(void)
{
    uint64_t worked = 0, before;

    peers_meet();
    peer_wait(0);
    before = counter();
    while (worked < 3 * LONG_NS) {
        const uint64_t now = counter();

        worked += now - before < SHORT_NS / 4 ? now - before : 0; /* a longer gap was somebody else's time */
        before = now;
    }
    peer_signal(1);
}

#define FAIR(name, why, period)                                                                              \
    TEST(sched, name, IDS "S3-04 S1-07", WHY why, NEEDS "system=fair timeout_ms=8000")                      \
    {                                                                                                        \
        expect_the_other_gets_its_share();                                                                   \
    }                                                                                                        \
    PEER(2, sched, name) { work_and_tell(); }                                                                \
    PEER(3, sched, name) { wake_every(period); }

FAIR(a_rare_guest_from_above_leaves_both_their_slices, "it wakes less often than the slices end", 3 * LONG_NS)
FAIR(a_frequent_guest_from_above_leaves_both_their_slices, "it wakes three times a slice: a slice must survive that",
     LONG_NS / 3)
