/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A life of domain 2 is a round: it ends in one and stops in the next. Domain 1 sleeps on a port of its own, which no
 * restart touches, until the last life wakes it.
 */
#include "bench.h"

enum { WAKE = 1, EVENTS_1 = RAM(0x28000000), EVENTS_2 = RAM(0x28004000) };

/* Shared memory of domain 1: zero at first, and nobody scrubs it. */
struct kept {
    uint32_t lives;
    struct bench_clock clock;
};

static struct kept *const kept = (struct kept *)RAM(0x30000000u);

BENCH(restart, fixed, IDS "S0-05", WHY "what a restart costs a domain that has hardly anything", NEEDS "system=bench-restart")
{
    uint32_t port = WAKE;

    require_eq(events_register_shared_info((void *)EVENTS_1), 0);
    require_eq(evtchn_alloc_unbound(DOMID_SELF, 2), WAKE);
    sched_poll(&port, 1, 0);
    expect_eq(kept->lives, BENCH_ROUND_COUNT + 1);
    bench_clock = kept->clock;
    series_end("restart.fixed");
}

PEER(2, restart, fixed)
{
    round_stop_by(&kept->clock); /* of EL2, what the start of a guest traps ran in this life so far */
    if (kept->lives++ == 0)
        kept->clock.stops = 0; /* no round began before this life */
    if (kept->lives <= BENCH_ROUND_COUNT) {
        struct sched_shutdown reboot = {.reason = SHUTDOWN_reboot};

        round_start_by(&kept->clock);
        hypercall_sched_op(SCHEDOP_shutdown, &reboot);
    }
    const int32_t port = evtchn_bind_interdomain(1, WAKE);
    evtchn_send((uint32_t)port);
}
