/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of this suite start from: shared_info registered and a channel from the domain to itself,
 * both ends quiet. A send on `b` reaches `a` and the other way round.
 */
#ifndef EVTCHN_LOOP_H
#define EVTCHN_LOOP_H

#include "fencepost.h"

struct loop {
    uint32_t a, b;
};

static inline uint32_t require_port(int32_t result)
{
    require_true(result > 0);
    return (uint32_t)result;
}

/* Does not need shared_info. */
static inline struct loop loop_make(void)
{
    struct loop loop;

    loop.a = require_port(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF));
    loop.b = require_port(evtchn_bind_interdomain(DOMID_SELF, loop.a));
    return loop;
}

static inline struct loop loop_start(void)
{
    struct loop loop;

    require_eq(events_init(), 0);
    loop = loop_make();
    events_quiet(0);
    return loop;
}

/* The three words that a delivery to vCPU 0 changes, in one expectation each. */
#define expect_delivered(port)                              \
    do {                                                    \
        expect_true(event_is_pending(port));                \
        expect_true(selector(0) >> ((port) / 64) & 1u);     \
        expect_true(upcall_flag(0));                        \
    } while (0)

#define expect_quiet()                 \
    do {                               \
        expect_eq(selector(0), 0);     \
        expect_true(!upcall_flag(0));  \
    } while (0)

enum { PORT_LIMIT = EVTCHN_DOM0LESS_MAX_PORT + 1, NO_SUCH_VCPU = 5 };

/* Domain ids that never exist in our systems. */
static const uint16_t unknown_domains[] = {0, 0x1234, DOMID_IO, DOMID_XEN, DOMID_COW, DOMID_INVALID, DOMID_ANY, DOMID_IDLE};
enum { NR_UNKNOWN_DOMAINS = sizeof(unknown_domains) / sizeof(unknown_domains[0]) };

#endif
