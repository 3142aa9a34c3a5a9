/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare-metal domain beside Linux: opens a port for domain 1, and answers each event on it after having worked for a
 * while, without a pause. It runs until the system ends.
 */
#include "fencepost.h"

enum { LINUX = 1, WORK_NS = 20 * 1000 * 1000 };

void guest_main(void)
{
    require_eq(events_init(), 0);
    const int32_t port = evtchn_alloc_unbound(DOMID_SELF, LINUX);

    require_true(port > 0);
    print("peer: port %d\n", port);
    for (uint32_t event = 1;; event++) {
        event_wait((uint32_t)port);
        print("peer: event %u\n", event);
        delay_ns(WORK_NS);
        require_eq(evtchn_send((uint32_t)port), 0);
    }
}
