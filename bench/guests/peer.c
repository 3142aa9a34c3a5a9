/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EVTCHNOP_send to another domain, by what the receiver's pages look like. Domain 1 sends on port 10, domain
 * 2 receives on 11; after each round domain 1 yields and the receiver puts its state back. Lane 0, the other
 * way round, carries the handshake before the first round; peers_meet() used it long before.
 */
#include "bench.h"

enum { SENDS = 10, RECEIVES = 11, HANDSHAKE = 0 };

static void measure_sends(void)
{
    struct evtchn_send send = {.port = SENDS};

    peers_meet();
    peer_wait(HANDSHAKE); /* the receiver is as the metric wants it */
    sched_yield();
    for_rounds (round) {
        round_start();
        hypercall_event_channel_op(EVTCHNOP_send, &send);
        round_stop();
        sched_yield();
    }
}

/* The receiver takes upcalls, so that a send finds flag, selector and pending bit clear. */
static void receive_by_upcall(void)
{
    irq_init();
    upcall_enable();
    irq_unmask();
    peer_signal(HANDSHAKE);
}

BENCH(evtchn, send_peer_masked, IDS "S4-06 S4-07 S4-22 S4-26", WHY "one page of another domain is written",
      NEEDS "system=bench-pair strategies=all")
{
    measure_sends();
    series_end("evtchn.send.peer.masked");
}

PEER(2, evtchn, send_peer_masked)
{
    peers_meet();
    event_mask(RECEIVES);
    peer_signal(HANDSHAKE);
    for (;;) {
        event_clear(RECEIVES);
        sched_yield();
    }
}

BENCH(evtchn, send_peer_one_page, IDS "S4-06 S4-22 S4-26 X-73", WHY "three words of one foreign page, and an upcall",
      NEEDS "system=bench-pair strategies=all")
{
    measure_sends();
    series_end("evtchn.send.peer.one_page");
}

PEER(2, evtchn, send_peer_one_page)
{
    peers_meet();
    receive_by_upcall();
    for (;;)
        sched_yield();
}

BENCH(evtchn, send_peer_two_pages, IDS "S4-12", WHY "shared_info and vcpu_info in different pages",
      NEEDS "system=bench-pair strategies=all")
{
    measure_sends();
    series_end("evtchn.send.peer.two_pages");
}

PEER(2, evtchn, send_peer_two_pages)
{
    peers_meet();
    require_eq(events_register_vcpu_info(0, event_page(1)), 0);
    receive_by_upcall();
    for (;;)
        sched_yield();
}

BENCH(evtchn, send_peer_wake, IDS "S4-12 S4-21", WHY "the receiver sleeps and becomes runnable",
      NEEDS "system=bench-pair strategies=all")
{
    measure_sends();
    series_end("evtchn.send.peer.wake");
}

PEER(2, evtchn, send_peer_wake)
{
    peers_meet();
    require_eq(events_register_vcpu_info(0, event_page(1)), 0);
    receive_by_upcall();
    for (;;)
        sched_block();
}

/*
 * Across CPUs: the receiver sleeps on CPU 1. After the round it answers on lane 0; the pause lets it go back
 * to sleep. `yield` hands the emulated processor to the other CPU.
 */
BENCH(evtchn, send_remote, IDS "S4-12", WHY "the receiver's CPU does half of the work",
      NEEDS "system=bench-smp strategies=all")
{
    enum { PAUSE_ROUNDS = 100 };
    struct evtchn_send send = {.port = SENDS};

    peers_meet();
    event_mask(peer_port(HANDSHAKE));
    for (uint32_t round = 0; round < BENCH_ROUND_COUNT; round++) {
        spin_until(event_clear(peer_port(HANDSHAKE)));
        for (uint32_t pause = 0; pause < PAUSE_ROUNDS; pause++)
            relax();
        round_start();
        hypercall_event_channel_op(EVTCHNOP_send, &send);
        round_stop();
    }
    spin_until(event_clear(peer_port(HANDSHAKE)));
    series_end("evtchn.send.remote");
}

PEER(2, evtchn, send_remote)
{
    peers_meet();
    require_eq(events_register_vcpu_info(0, event_page(1)), 0);
    receive_by_upcall();
    for (;;) {
        sched_block();
        peer_signal(HANDSHAKE);
    }
}
