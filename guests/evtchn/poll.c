/* SPDX-License-Identifier: Apache-2.0 */
/* SCHEDOP_poll: what it looks at, what it refuses, what wakes it. */
#include "loop.h"

enum { MILLISECOND = 1000000 };

TEST(evtchn, poll_returns_at_once_for_a_pending_port, IDS "S4-15", WHY "masked or not", NEEDS "system=solo")
{
    struct loop loop = loop_start();
    const uint32_t ports[] = {loop.b, loop.a};

    expect_eq(evtchn_send(loop.b), 0);
    expect_eq(sched_poll(ports, 2, 0), 0);
    event_mask(loop.a);
    expect_eq(sched_poll(&ports[1], 1, 0), 0);
    expect_true(event_is_pending(loop.a));
}

TEST(evtchn, poll_works_before_registration, IDS "S4-04", WHY "the kept state is state", NEEDS "system=solo")
{
    struct loop loop = loop_make();

    expect_eq(sched_poll(&loop.b, 1, 0), 0);
}

TEST(evtchn, poll_with_a_deadline_in_the_past_returns, IDS "S4-15", WHY "deadlines are absolute",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(sched_poll(&loop.a, 1, 1), 0);
    expect_eq(sched_poll(NULL, 0, 1), 0);
}

TEST(evtchn, poll_sleeps_until_its_deadline, IDS "S4-15", WHY "not shorter, and not for ever", NEEDS "system=solo")
{
    struct loop loop = loop_start();
    uint64_t deadline = now_ns() + 3 * MILLISECOND;

    expect_eq(sched_poll(&loop.a, 1, deadline), 0);
    expect_true(now_ns() >= deadline);
    expect_true(now_ns() < deadline + 2 * MILLISECOND);
    expect_true(!event_is_pending(loop.a));
}

TEST(evtchn, poll_on_a_port_that_is_not_open_is_einval, IDS "S4-15", WHY "it could never wake", NEEDS "system=solo")
{
    static const uint32_t bad[] = {0, 500, PORT_LIMIT, 4096, ~0u};

    for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_eq(sched_poll(&bad[i], 1, 1), -XEN_EINVAL);
}

TEST(evtchn, poll_looks_at_the_ports_in_order, IDS "S4-15", WHY "a pending port before a bad one wins",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();
    const uint32_t good_first[] = {loop.a, ~0u};
    const uint32_t bad_first[] = {~0u, loop.a};

    expect_eq(evtchn_send(loop.b), 0);
    expect_eq(sched_poll(good_first, 2, 1), 0);
    expect_eq(sched_poll(bad_first, 2, 1), -XEN_EINVAL);
}

TEST(evtchn, poll_takes_at_most_128_ports, IDS "S4-15", WHY "the call is bounded", NEEDS "system=solo")
{
    static uint32_t ports[SCHED_POLL_MAX_PORTS + 1];
    struct loop loop = loop_start();

    for (uint32_t i = 0; i <= SCHED_POLL_MAX_PORTS; i++)
        ports[i] = loop.a;
    expect_eq(sched_poll(ports, SCHED_POLL_MAX_PORTS, 1), 0);
    expect_eq(sched_poll(ports, SCHED_POLL_MAX_PORTS + 1, 1), -XEN_EINVAL);
    expect_eq(sched_poll(ports, ~0u, 1), -XEN_EINVAL);
}

TEST(evtchn, poll_with_an_unreadable_list_is_efault, IDS "S4-15", WHY "the list is a second pointer",
     NEEDS "system=solo")
{
    uint32_t last = machine.nr_banks - 1;
    uint32_t *end = (uint32_t *)(uintptr_t)(uint32_t)(machine.bank[last].base + machine.bank[last].size);
    struct loop loop = loop_start();

    expect_eq(sched_poll((const uint32_t *)0x18000000, 1, 1), -XEN_EFAULT);
    expect_eq(sched_poll((const uint32_t *)0x10000000, 1, 1), -XEN_EFAULT);
    end[-1] = loop.a;
    expect_eq(sched_poll(end - 1, 2, 1), -XEN_EFAULT);
}

TEST(evtchn, poll_wakes_on_the_named_port, IDS "S4-05 S4-15", WHY "the peer's send crosses domains",
     NEEDS "system=pair strategies=all")
{
    uint32_t port = peer_port(1);

    peers_meet();
    event_mask(port);
    peer_signal(0);
    expect_eq(sched_poll(&port, 1, 0), 0);
    expect_true(event_is_pending(port));
}

PEER(2, evtchn, poll_wakes_on_the_named_port)
{
    peers_meet();
    peer_wait(0);
    peer_signal(1);
}

TEST(evtchn, poll_on_one_port_ignores_the_others, IDS "S4-15", WHY "only the named port counts when there is one",
     NEEDS "system=pair")
{
    uint32_t port = peer_port(1);

    peers_meet();
    peer_signal(0);
    expect_eq(sched_poll(&port, 1, 0), 0); /* the peer signals lane 0 first, lane 1 later */
    expect_true(event_is_pending(peer_port(0)));
    expect_true(event_is_pending(port));
}

PEER(2, evtchn, poll_on_one_port_ignores_the_others)
{
    peers_meet();
    peer_wait(0);
    peer_signal(0);
    delay_ns(MILLISECOND);
    peer_signal(1);
}

TEST(evtchn, poll_on_many_ports_wakes_for_any, IDS "S4-15", WHY "upstream wakes for every port of the domain",
     NEEDS "system=pair")
{
    peers_meet();
    struct loop quiet = loop_make();
    const uint32_t ports[] = {quiet.a, quiet.b};
    uint64_t deadline = now_ns() + 500ull * MILLISECOND;

    event_clear(quiet.b);
    peer_signal(0);
    expect_eq(sched_poll(ports, 2, deadline), 0);
    expect_true(now_ns() < deadline);
    expect_true(event_is_pending(peer_port(1)));
}

PEER(2, evtchn, poll_on_many_ports_wakes_for_any)
{
    peers_meet();
    peer_wait(0);
    peer_signal(1);
}

/* ---- several that poll ---- */

static volatile int32_t result_1 = 1; /* of vCPU 1's poll; 1: it has not come back */

static void poll_as_well(void *port)
{
    result_1 = sched_poll(port, 1, 0);
}

TEST(evtchn, an_event_wakes_every_vcpu_that_polls_for_it, IDS "S4-15 S4-05", WHY "none of them is left asleep",
     NEEDS "system=two-and-one strategies=all")
{
    static uint32_t port;

    peers_meet();
    port = peer_port(1);
    require_eq(cpu_start(1, poll_as_well, &port), PSCI_SUCCESS);
    while (!cpu_is_off(1) && result_1 == 1 && !event_is_pending(peer_port(0)))
        sched_yield(); /* vCPU 1 sleeps, and domain 2 says that it has had its turn */
    expect_eq(result_1, 1);
    peer_signal(0);
    expect_eq(sched_poll(&port, 1, 0), 0);
    expect_true(event_is_pending(port));
    while (result_1 == 1)
        sched_yield();
    expect_eq(result_1, 0);
}

PEER(2, evtchn, an_event_wakes_every_vcpu_that_polls_for_it)
{
    peers_meet();
    peer_signal(0);
    peer_wait(0);
    peer_signal(1);
}

static void poll_for_any(void *unused)
{
    (void)unused;
    result_1 = sched_poll(NULL, 0, 0);
}

TEST(evtchn, a_poll_for_any_port_is_woken_from_the_other_cpu, IDS "S4-15 S4-05", WHY "whichever it is",
     NEEDS "system=smp-dom strategies=window,switch")
{
    require_eq(events_init(), 0);
    const int32_t port = evtchn_bind_ipi(0);

    require_true(port > 0);
    require_eq(cpu_start(1, poll_for_any, NULL), PSCI_SUCCESS);
    delay_ns(1000000);
    expect_eq(result_1, 1);
    expect_eq(evtchn_send((uint32_t)port), 0);
    spin_until(result_1 != 1);
    expect_eq(result_1, 0);
}
