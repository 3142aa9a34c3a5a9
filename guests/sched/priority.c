/* SPDX-License-Identifier: Apache-2.0 */
/* Fixed priorities and time slices. In the system `prio` domain 2 outranks domain 1. */
#include "sched.h"

enum { TICKS = 10, PERIOD_NS = 200000 };

static volatile uint64_t deadline, worst;

static void on_tick(uint32_t intid)
{
    (void)intid;
    const uint64_t late = counter() - deadline;

    worst = late > worst ? late : worst;
    timer_disarm();
}

/* Ten periodic deadlines of the domain that outranks the other; tells when it is through. */
static void keep_deadlines(void)
{
    peers_meet();
    irq_init();
    irq_set_handler(INTID_TIMER, on_tick);
    irq_enable_source(INTID_TIMER);
    peer_wait(1);
    for (uint32_t tick = 1; tick <= TICKS; tick++) {
        deadline = counter() + PERIOD_NS;
        timer_arm_ns(PERIOD_NS);
        while (irq_count(0, INTID_TIMER) < tick)
            sched_block();
        irq_mask();
    }
    if (worst > SHORT_NS)
        fail_("a deadline was met %llu ns late", (unsigned long long)worst);
    note("worst latency %llu ns", (unsigned long long)worst);
    peer_signal(1);
}

#define OUTRANKED(name, why, what)                                                                  \
    TEST(sched, name, IDS "S3-04 S1-07", WHY why, NEEDS "system=prio strategies=window,switch")    \
    {                                                                                               \
        peers_meet();                                                                               \
        peer_signal(1);                                                                             \
        while (!event_is_pending(peer_port(1)))                                                     \
            what;                                                                                   \
    }                                                                                               \
    PEER(2, sched, name) { keep_deadlines(); }

OUTRANKED(a_deadline_is_kept_while_a_lower_domain_spins, "an endless loop below must not be felt", relax())
OUTRANKED(a_deadline_is_kept_under_a_storm_of_hypercalls, "EL2 is not preemptible, so calls have to be short",
          hypercall_xen_version(XENVER_version, NULL))
OUTRANKED(a_deadline_is_kept_under_a_storm_of_events, "each send opens and closes what it needs",
          evtchn_send(peer_port(0)))
OUTRANKED(a_deadline_is_kept_under_a_storm_of_faults, "each of them is a trap and a return",
          fault_catch((void (*)(void *))0x10000000, NULL))
OUTRANKED(a_deadline_is_kept_under_a_storm_of_emulated_accesses, "the virtual distributor is slow on purpose",
          (void)*(volatile uint32_t *)machine.gicd)
OUTRANKED(a_deadline_is_kept_under_a_storm_of_console_lines, "one call prints a whole line",
          console_write("storm\n", 6))

TEST(sched, a_higher_priority_runs_first, IDS "S3-04", WHY "it is done before the lower one starts", NEEDS "system=prio")
{
    require_eq(events_init(), 0);
    expect_true(event_is_pending(peer_port(1)));
}

PEER(2, sched, a_higher_priority_runs_first)
{
    require_eq(events_init(), 0);
    delay_ns(3 * LONG_NS);
    peer_signal(1);
}

TEST(sched, a_wakeup_of_a_higher_priority_preempts_at_once, IDS "S3-04 S4-24",
     WHY "the send itself leads through the scheduler", NEEDS "system=prio strategies=window,switch")
{
    peers_meet();
    for (uint32_t round = 0; round < 5; round++) {
        expect_true(!event_is_pending(peer_port(1)));
        peer_signal(1);
        expect_true(event_clear(peer_port(1))); /* the answer is there when the send returns */
    }
}

PEER(2, sched, a_wakeup_of_a_higher_priority_preempts_at_once)
{
    peers_meet();
    for (;;) {
        peer_wait(1);
        peer_signal(1);
    }
}

/* An argument in another bank than that of the call before goes the slow way; what it leads to is the same. */
static int32_t send_from_another_bank(uint32_t port)
{
    struct evtchn_send *const argument = event_page(2);

    argument->port = port;
    expect_eq(lane_status(1), EVTCHNSTAT_interdomain); /* its argument is on the stack */
    return (int32_t)hypercall_event_channel_op(EVTCHNOP_send, argument);
}

TEST(sched, an_upcall_of_a_higher_priority_preempts_at_once, IDS "S3-04 S4-24", WHY "its handler has run when the send returns",
     NEEDS "system=prio strategies=window,switch")
{
    peers_meet();
    for (uint32_t round = 0; round < 5; round++) {
        expect_true(!event_is_pending(peer_port(1)));
        expect_eq(send_from_another_bank(peer_port(0)), 0);
        expect_true(event_clear(peer_port(1)));
    }
}

static void answer_at_once(uint32_t port)
{
    (void)port;
    peer_signal(1);
}

PEER(2, sched, an_upcall_of_a_higher_priority_preempts_at_once)
{
    peers_meet();
    irq_init();
    event_set_handler(peer_port(0), answer_at_once);
    upcall_enable();
    events_quiet(0);
    for (;;) {
        sched_block();
        irq_mask();
    }
}

TEST(sched, a_wakeup_of_a_lower_priority_waits, IDS "S3-04", WHY "the higher one runs until it sleeps", NEEDS "system=prio")
{
    peers_meet();
    peer_signal(0);
    peer_wait(1);
    peer_signal(1);
    sched_poll(NULL, 0, now_ns() + LONG_NS);
}

PEER(2, sched, a_wakeup_of_a_lower_priority_waits)
{
    peers_meet();
    peer_wait(0);
    peer_signal(1);
    delay_ns(LONG_NS);
    expect_eq(sched_yield(), 0); /* not to a lower one */
    expect_true(!event_is_pending(peer_port(1)));
    peer_wait(1);
}

/* ---- time slices: the system `slice` has 1 ms ---- */

enum { SLICE_NS = 1000000 };

/* Gaps in the own time of more than a trap, during `span` ns of wall time. */
struct gaps {
    uint32_t count;
    uint64_t shortest, longest;
};

static struct gaps watch_gaps(uint64_t span)
{
    struct gaps gaps = {.shortest = UINT64_MAX};
    uint64_t before = counter();
    const uint64_t end = before + span;

    while (before < end) {
        const uint64_t now = counter(), gap = now - before;

        before = now;
        if (gap < SHORT_NS)
            continue;
        gaps.count++;
        gaps.shortest = gap < gaps.shortest ? gap : gaps.shortest;
        gaps.longest = gap > gaps.longest ? gap : gaps.longest;
    }
    return gaps;
}

static void spin_for_ever(void)
{
    peers_meet();
    for (;;)
        relax();
}

TEST(sched, a_slice_ends_a_spinning_guest, IDS "S1-07 S4-24", WHY "both have half of the CPU, a slice at a time",
     NEEDS "system=slice strategies=window timeout_ms=4000")
{
    peers_meet();
    const struct gaps gaps = watch_gaps(8 * (uint64_t)SLICE_NS);

    expect_true(gaps.count >= 3 && gaps.count <= 5);
    expect_true(gaps.shortest > SLICE_NS * 9 / 10);
    expect_true(gaps.longest < SLICE_NS * 11 / 10);
}

PEER(2, sched, a_slice_ends_a_spinning_guest)
{
    spin_for_ever();
}

TEST(sched, no_slice_is_needed_alone, IDS "S4-19", WHY "nobody waits for the CPU", NEEDS "system=slice timeout_ms=4000")
{
    peers_meet();
    sched_poll(NULL, 0, now_ns() + LONG_NS); /* the peer goes to sleep */
    const struct gaps gaps = watch_gaps(10 * (uint64_t)SLICE_NS);

    expect_eq(gaps.count, 0);
}

PEER(2, sched, no_slice_is_needed_alone)
{
    peers_meet();
}
