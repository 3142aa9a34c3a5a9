/* SPDX-License-Identifier: Apache-2.0 */
/* Two domains on two CPUs: events cross, wake, and none is lost. */
#include "sched.h"

enum { PORTS = 200, PING_PONGS = 500, DELIVERIES = 50 };

TEST(sched, ping_pong_across_cpus, IDS "S4-15 S4-05", WHY "each wake-up crosses by an inter-processor interrupt",
     NEEDS "system=smp strategies=window,switch timeout_ms=10000")
{
    peers_meet();
    for (uint32_t round = 0; round < PING_PONGS; round++) {
        peer_signal(1);
        peer_wait(1);
    }
}

PEER(2, sched, ping_pong_across_cpus)
{
    peers_meet();
    for (;;) {
        peer_wait(1);
        peer_signal(1);
    }
}

TEST(sched, a_poll_is_woken_from_the_other_cpu, IDS "S4-15", WHY "the poller's CPU is asleep", NEEDS "system=smp strategies=window,switch timeout_ms=10000")
{
    peers_meet();
    for (uint32_t round = 0; round < 5; round++) {
        peer_signal(0);
        expect_true(event_wait_ns(peer_port(1), 500ull * LONG_NS));
    }
}

PEER(2, sched, a_poll_is_woken_from_the_other_cpu)
{
    peers_meet();
    for (;;) {
        peer_wait(0);
        delay_ns(LONG_NS); /* the other CPU goes to sleep */
        peer_signal(1);
    }
}

TEST(sched, a_blocked_domain_is_woken_from_the_other_cpu, IDS "S4-15", WHY "the upcall is raised where the vCPU lives",
     NEEDS "system=smp strategies=window,switch timeout_ms=10000")
{
    peers_meet();
    irq_init();
    upcall_enable();
    events_quiet(0);
    for (uint32_t round = 1; round <= 5; round++) {
        peer_signal(0);
        while (event_count(peer_port(1)) < round)
            sched_block();
        irq_mask();
    }
}

PEER(2, sched, a_blocked_domain_is_woken_from_the_other_cpu)
{
    peers_meet();
    for (;;) {
        peer_wait(0);
        delay_ns(LONG_NS);
        peer_signal(1);
    }
}

/* 200 channels; every one gets one event, while the receiver handles interrupts. */
TEST(sched, a_storm_across_cpus_loses_no_event, IDS "S4-15 S4-04", WHY "200 ports of four words of pending bits",
     NEEDS "system=smp strategies=window,switch timeout_ms=20000")
{
    uint32_t ports[PORTS];

    require_eq(events_init(), 0);
    for (uint32_t i = 0; i < PORTS; i++) {
        const int32_t port = evtchn_alloc_unbound(DOMID_SELF, 2);

        require_true(port > 0);
        ports[i] = (uint32_t)port;
    }
    peers_meet(); /* the peer binds after this */
    irq_init();
    upcall_enable();
    peer_signal(0);
    peer_wait(1);
    events_quiet(0);
    peer_signal(1);
    for (uint32_t seen = 0; seen < PORTS;) {
        sched_block();
        irq_mask();
        seen = 0;
        for (uint32_t i = 0; i < PORTS; i++)
            seen += event_count(ports[i]);
    }
    peer_signal(1);
    for (uint32_t i = 0; i < PORTS; i++)
        expect_eq(event_count(ports[i]), 1);
}

PEER(2, sched, a_storm_across_cpus_loses_no_event)
{
    uint32_t local[PORTS], bound = 0;

    peers_meet();
    peer_wait(0);
    for (uint32_t remote = 1; bound < PORTS; remote++) {
        const int32_t port = evtchn_bind_interdomain(1, remote);

        if (port > 0)
            local[bound++] = (uint32_t)port;
        require_true(remote < 1000);
    }
    peer_signal(1);
    peer_wait(1);
    for (uint32_t i = 0; i < PORTS; i++)
        require_eq(evtchn_send(local[(i * 37) % PORTS]), 0);
    peer_wait(1);
}

/* Sends for ever while upcalls come in, until `done`. */
static void storm_until(bool (*done)(void))
{
    irq_init();
    upcall_enable();
    irq_unmask();
    while (!done()) {
        require_eq(evtchn_send(peer_port(1)), 0);
        relax();
    }
    irq_mask();
}

static bool enough_came(void)
{
    return event_count(peer_port(1)) >= DELIVERIES;
}

static bool peer_has_enough(void)
{
    return event_is_pending(peer_port(0));
}

TEST(sched, both_cpus_storm_each_other, IDS "S4-15", WHY "two CPUs in the send path at once",
     NEEDS "system=smp strategies=window,switch timeout_ms=20000")
{
    peers_meet();
    storm_until(enough_came);
    peer_signal(0);
    peer_wait(0);
}

PEER(2, sched, both_cpus_storm_each_other)
{
    peers_meet();
    event_mask(peer_port(0));
    storm_until(peer_has_enough);
    expect_true(event_count(peer_port(1)) > 0);
    peer_signal(0);
}

TEST(sched, a_domain_on_its_own_cpu_is_not_slowed_by_a_spinning_one, IDS "S3-04 S1-07", WHY "the CPUs share no scheduler",
     NEEDS "system=smp timeout_ms=10000")
{
    peers_meet();
    const int32_t version = hypercall_xen_version(XENVER_version, NULL);
    const uint64_t begin = now_ns();

    expect_true(version > 0);
    for (uint32_t i = 0; i < 100; i++)
        expect_eq(hypercall_xen_version(XENVER_version, NULL), version);
    expect_true(now_ns() - begin < 10 * LONG_NS);
}

PEER(2, sched, a_domain_on_its_own_cpu_is_not_slowed_by_a_spinning_one)
{
    peers_meet();
    for (;;)
        relax();
}

TEST(sched, a_domain_that_stops_leaves_the_other_cpu_running, IDS "S4-15", WHY "its vCPU is stopped on its own CPU",
     NEEDS "system=smp strategies=window,switch timeout_ms=10000 crash=2")
{
    peers_meet();
    expect_true(peer_stops_within(100ull * LONG_NS));
    expect_eq(evtchn_send(peer_port(1)), 0);
    sched_poll(NULL, 0, now_ns() + LONG_NS);
}

PEER(2, sched, a_domain_that_stops_leaves_the_other_cpu_running)
{
    peers_meet();
    shutdown(SHUTDOWN_crash);
}
