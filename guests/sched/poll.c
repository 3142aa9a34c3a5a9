/* SPDX-License-Identifier: Apache-2.0 */
/* SCHEDOP_poll: what ends it, what refuses it, what does not wake it. */
#include "sched.h"
#include "sysreg.h"

enum { CLOSED_PORT = 500 };

static const uint64_t far_away = 500000000;

/* Polls one port with a deadline nobody should need; how long it took. */
static uint64_t poll_time(uint32_t port)
{
    const uint64_t begin = now_ns();

    expect_eq(sched_poll(&port, 1, begin + far_away), 0);
    return now_ns() - begin;
}

TEST(sched, poll_on_a_pending_port_returns_at_once, IDS "S4-15", WHY "the event came before the call", NEEDS "")
{
    peers_meet();
    event_set(peer_port(1));
    expect_true(poll_time(peer_port(1)) < SHORT_NS);
    expect_true(event_is_pending(peer_port(1))); /* the guest looks and clears itself */
}

PEER(2, sched, poll_on_a_pending_port_returns_at_once)
{
    peers_meet();
}

TEST(sched, poll_on_a_pending_masked_port_returns_at_once, IDS "S4-15", WHY "polling is how a masked port is used", NEEDS "")
{
    peers_meet();
    event_mask(peer_port(1));
    event_set(peer_port(1));
    expect_true(poll_time(peer_port(1)) < SHORT_NS);
}

PEER(2, sched, poll_on_a_pending_masked_port_returns_at_once)
{
    peers_meet();
}

TEST(sched, a_masked_port_wakes_its_poller, IDS "S4-15", WHY "step 4 of a delivery does not look at the mask",
     NEEDS "strategies=window,switch")
{
    peers_meet();
    event_mask(peer_port(1));
    events_quiet(0);
    peer_signal(0);
    expect_true(poll_time(peer_port(1)) < LONG_NS);
    expect_true(event_is_pending(peer_port(1)));
    expect_true(!upcall_flag(0));
    expect_eq(selector(0), 0);
}

PEER(2, sched, a_masked_port_wakes_its_poller)
{
    peers_meet();
    peer_wait(0);
    peer_signal(1);
}

TEST(sched, poll_ends_at_its_deadline, IDS "S4-15", WHY "absolute time since boot, in nanoseconds", NEEDS "system=solo")
{
    const int32_t port = evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);

    require_eq(events_init(), 0);
    for (uint64_t span = 1000; span <= 100000000; span *= 10) {
        const uint64_t deadline = now_ns() + span;
        const uint32_t ports[] = {(uint32_t)port};

        expect_eq(sched_poll(ports, 1, deadline), 0);
        const uint64_t late = now_ns() - deadline;

        expect_true(now_ns() >= deadline);
        if (late > SHORT_NS)
            fail_("a poll of %llu ns ended %llu ns late", (unsigned long long)span, (unsigned long long)late);
    }
}

TEST(sched, poll_with_a_deadline_in_the_past_does_not_sleep, IDS "S4-15", WHY "it would sleep for ever", NEEDS "system=solo")
{
    const uint64_t begin = now_ns();

    expect_eq(sched_poll(NULL, 0, 1), 0);
    expect_true(now_ns() - begin < SHORT_NS);
}

TEST(sched, poll_without_ports_wakes_for_any_port, IDS "S4-15", WHY "nr_ports other than 1 means any", NEEDS "")
{
    peers_meet();
    peer_signal(0);
    const uint64_t begin = now_ns();

    expect_eq(sched_poll(NULL, 0, begin + far_away), 0);
    expect_true(now_ns() - begin < LONG_NS);
    expect_true(event_is_pending(peer_port(1)));
}

PEER(2, sched, poll_without_ports_wakes_for_any_port)
{
    peers_meet();
    peer_wait(0);
    peer_signal(1);
}

TEST(sched, poll_with_two_ports_wakes_for_any_port, IDS "S4-15", WHY "the list is looked at once, then forgotten", NEEDS "")
{
    peers_meet();
    peer_signal(0);
    const uint32_t ports[] = {peer_port(0), (uint32_t)evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF)};
    const uint64_t begin = now_ns();

    expect_eq(sched_poll(ports, 2, begin + far_away), 0);
    expect_true(now_ns() - begin < LONG_NS);
    expect_true(event_is_pending(peer_port(1)));
}

PEER(2, sched, poll_with_two_ports_wakes_for_any_port)
{
    peers_meet();
    peer_wait(0);
    peer_signal(1);
}

TEST(sched, poll_on_one_port_sleeps_through_the_others, IDS "S4-15", WHY "it names what it waits for", NEEDS "")
{
    peers_meet();
    peer_signal(0);
    const uint32_t port = peer_port(0);
    const uint64_t begin = now_ns();

    expect_eq(sched_poll(&port, 1, begin + far_away), 0);
    expect_true(event_is_pending(peer_port(1)));
    expect_true(event_is_pending(peer_port(0)));
    expect_true(now_ns() - begin >= LONG_NS);
}

PEER(2, sched, poll_on_one_port_sleeps_through_the_others)
{
    peers_meet();
    peer_wait(0);
    peer_signal(1);
    sched_poll(NULL, 0, now_ns() + LONG_NS); /* gives the CPU away: a wrong wake-up would show */
    peer_signal(0);
}

TEST(sched, an_interrupt_ends_a_poll, IDS "S4-15", WHY "its handler may have changed what was waited for", NEEDS "system=solo")
{
    irq_init();
    irq_enable_source(INTID_TIMER);
    irq_set_handler(INTID_TIMER, disarm_timer);
    irq_unmask();
    const uint64_t begin = now_ns();

    timer_arm_ns(LONG_NS);
    expect_eq(sched_poll(NULL, 0, begin + far_away), 0);
    const uint64_t took = now_ns() - begin;

    irq_mask();
    expect_true(took >= LONG_NS && took < LONG_NS + 10 * SHORT_NS);
    expect_eq(irq_count(0, INTID_TIMER), 1);
}

TEST(sched, poll_refuses_ports_that_cannot_be_polled, IDS "S4-15", WHY "port 0, closed ports, ports beyond the limit",
     NEEDS "system=solo")
{
    static const uint32_t ports[] = {0, CLOSED_PORT, 1023, 1024, 4095, 4096, 0x7fffffff, 0x80000000u, ~0u};

    require_eq(events_init(), 0);
    for (uint32_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
        expect_eq(sched_poll(&ports[i], 1, 0), -XEN_EINVAL);
}

TEST(sched, poll_looks_at_its_ports_in_order, IDS "S4-15", WHY "a pending one ends it before a bad one is seen",
     NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    const uint32_t port = (uint32_t)evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);
    const uint32_t good_first[] = {port, CLOSED_PORT}, bad_first[] = {CLOSED_PORT, port};

    event_set(port);
    expect_eq(sched_poll(good_first, 2, 0), 0);
    expect_eq(sched_poll(bad_first, 2, 0), -XEN_EINVAL);
}

TEST(sched, poll_takes_at_most_128_ports, IDS "S4-15", WHY "the list is bounded so that the call is", NEEDS "system=solo")
{
    uint32_t ports[SCHED_POLL_MAX_PORTS + 1];

    require_eq(events_init(), 0);
    const uint32_t port = (uint32_t)evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);

    for (uint32_t i = 0; i <= SCHED_POLL_MAX_PORTS; i++)
        ports[i] = port;
    event_set(port);
    expect_eq(sched_poll(ports, SCHED_POLL_MAX_PORTS, 0), 0);
    expect_eq(sched_poll(ports, SCHED_POLL_MAX_PORTS + 1, 0), -XEN_EINVAL);
    expect_eq(sched_poll(ports, ~0u, 0), -XEN_EINVAL);
}

TEST(sched, poll_with_an_unreadable_list_is_efault, IDS "S1-07 S4-15", WHY "the list is the guest's own memory", NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    expect_eq(sched_poll((const uint32_t *)0x10000000, 1, 0), -XEN_EFAULT);
    expect_eq(sched_poll((const uint32_t *)(uintptr_t)(uint32_t)(machine.bank[0].base + machine.bank[0].size - 2), 1, 0), -XEN_EFAULT);
    expect_eq(hypercall_sched_op(SCHEDOP_poll, (void *)0x10000000), -XEN_EFAULT);
}

/* ---- with interrupts enabled ---- */

static uint32_t open_port(void)
{
    const int32_t port = evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);

    require_true(port > 0);
    return (uint32_t)port;
}

TEST(sched, a_poll_of_one_port_sleeps_with_interrupts_enabled, IDS "S4-15", WHY "only a pending upcall would end it",
     NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    const uint32_t port = open_port();
    const uint64_t deadline = now_ns() + LONG_NS;

    irq_init();
    irq_unmask();
    expect_eq(sched_poll(&port, 1, deadline), 0);
    expect_true(now_ns() >= deadline);
}

TEST(sched, an_upcall_that_is_pending_ends_a_poll_of_one_port, IDS "S4-15",
     WHY "unless IRQs are masked: its handler may do what is waited for", NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    const uint32_t port = open_port(), far = open_port();
    const uint32_t near = (uint32_t)evtchn_bind_interdomain(DOMID_SELF, far);

    irq_init();
    events_quiet(0);
    upcall_enable();
    icc_write_pmr(0); /* pending, and not taken */
    require_eq(evtchn_send(near), 0);
    irq_unmask();
    expect_true(poll_time(port) < SHORT_NS);
    irq_mask();
    expect_true(poll_time(port) >= far_away);
    expect_eq(upcall_count(0), 0);
}
