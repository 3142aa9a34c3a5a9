/* SPDX-License-Identifier: Apache-2.0 */
/* What a hypercall does to the registers of its caller. */
#include "registers.h"

TEST(abi, a_hypercall_keeps_the_registers_it_does_not_use, IDS "S4-14", WHY "no other context passes through it",
     NEEDS "system=solo")
{
    struct evtchn_status_args status = {.dom = DOMID_SELF, .port = 1};
    const struct xen_memory_domain self = {.domid = DOMID_SELF};

    expect_kept(17, XENVER_version, NULL, 2);
    expect_kept(17, 99, NULL, 2);
    expect_kept(32, EVTCHNOP_status, &status, 2);
    expect_kept(32, EVTCHNOP_send, (void *)HOLE, 2);
    expect_kept(12, XENMEM_current_reservation, &self, 2);
    expect_kept(34, 99, NULL, 2);
    expect_kept(29, SCHEDOP_yield, NULL, 2);
    expect_kept(99, 0, NULL, 5);
}

TEST(abi, a_hypercall_that_reaches_the_peer_keeps_registers, IDS "S4-14 S4-05",
     WHY "the strategy works in borrowed registers only", NEEDS "system=pair strategies=all")
{
    const struct evtchn_send send = {.port = 10};

    for (uint32_t round = 0; round < 3; round++)
        expect_kept(32, EVTCHNOP_send, &send, 2);
    expect_kept(29, SCHEDOP_yield, NULL, 2);
    expect_kept(32, EVTCHNOP_send, &send, 2);
}
