/* SPDX-License-Identifier: Apache-2.0 */
/* Spans that the tests of this suite measure with: at 1 ns an instruction, and one call well below SHORT_NS. */
#ifndef SCHED_SCHED_H
#define SCHED_SCHED_H

#include "fencepost.h"

enum {
    SHORT_NS = 20000,    /* a few calls, switches and interrupts */
    LONG_NS = 1000000,   /* a time slice; nothing that happens at once takes as long */
};

/* Handler of INTID_TIMER: it is level, so it has to go. */
static inline void disarm_timer(uint32_t intid)
{
    (void)intid;
    timer_disarm();
}

/* State of the calling domain's end of a lane: interdomain while the peer lives, unbound when it is gone. */
static inline uint32_t lane_status(uint32_t lane)
{
    struct evtchn_status_args status;

    require_eq(evtchn_status(DOMID_SELF, peer_port(lane), &status), 0);
    return status.status;
}

/* Gives the CPU away until the peer has stopped or the time is over. */
static inline bool peer_stops_within(uint64_t nanoseconds)
{
    const uint64_t end = now_ns() + nanoseconds;

    while (lane_status(1) == EVTCHNSTAT_interdomain && now_ns() < end)
        sched_poll(NULL, 0, now_ns() + LONG_NS / 4);
    return lane_status(1) == EVTCHNSTAT_unbound;
}

/* The peer still answers. */
static inline void expect_peer_alive(void)
{
    peer_signal(0);
    peer_wait(0);
}

#endif
