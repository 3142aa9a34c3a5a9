/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two domains of one CPU that take turns. Both begin with peers_meet(); each exchange() gives the CPU to the
 * other and comes back when the other has called exchange() once.
 */
#ifndef VIEWS_EXCHANGE_H
#define VIEWS_EXCHANGE_H

#include "fencepost.h"

/* False when the other did not run in between. */
static inline bool exchange(void)
{
    peer_signal(1);
    sched_yield();
    return event_clear(peer_port(1));
}

#endif
