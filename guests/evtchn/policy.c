/* SPDX-License-Identifier: Apache-2.0 */
/* Channels between domains of which only one may connect to the other. */
#include "loop.h"

enum { OFFERED = 1 }; /* the lowest free port of either domain */

TEST(evtchn, bind_interdomain_against_the_policy_is_eperm, IDS "X-03 S2-07",
     WHY "an offer does not lift what the other side's configuration says", NEEDS "system=one-way")
{
    struct evtchn_status_args status;

    require_eq(evtchn_alloc_unbound(DOMID_SELF, 2), OFFERED);
    peers_meet();
    peer_signal(0);
    peer_wait(0); /* it has tried */
    require_eq(evtchn_status(DOMID_SELF, OFFERED, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_unbound); /* the offer stands */
    expect_eq(status.u.unbound.dom, 2);
    expect_true(!event_is_pending(OFFERED));
}

PEER(2, evtchn, bind_interdomain_against_the_policy_is_eperm)
{
    peers_meet();
    peer_wait(0);
    const uint32_t before = evtchn_count_open();

    expect_eq(evtchn_bind_interdomain(1, OFFERED), -XEN_EPERM);
    expect_eq(evtchn_bind_interdomain(1, OFFERED + 1), -XEN_EINVAL); /* the port is looked at first */
    expect_eq(evtchn_count_open(), before);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, 1), -XEN_EPERM);
    peer_signal(0);
}

TEST(evtchn, a_configured_channel_needs_no_policy_until_it_is_closed, IDS "X-03 X-08 S2-07",
     WHY "it is the configuration's own; a new one is the guest's", NEEDS "system=one-way")
{
    peers_meet();
    peer_signal(0);
    peer_wait(0); /* it has closed its end of lane 1 and tried to bind again */
    expect_eq(evtchn_send(peer_port(1)), 0); /* to nobody */
}

PEER(2, evtchn, a_configured_channel_needs_no_policy_until_it_is_closed)
{
    peers_meet();
    peer_wait(0);
    require_eq(evtchn_close(peer_port(1)), 0);
    expect_eq(evtchn_bind_interdomain(1, 12), -XEN_EPERM); /* domain 1's end of lane 1 */
    peer_signal(0);
}
