/* SPDX-License-Identifier: Apache-2.0 */
/* send and unmask: the order in which the words change, and what suppresses what. */
#include "loop.h"

TEST(evtchn, send_on_unbound_port_is_dropped_silently, IDS "S4-15", WHY "a peer that is not there yet is no error",
     NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    uint32_t port = require_port(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF));

    expect_eq(evtchn_send(port), 0);
    expect_true(!event_is_pending(port));
    expect_quiet();
}

TEST(evtchn, send_on_a_port_nobody_may_send_on_is_einval, IDS "S4-15", WHY "reserved, closed and virq ports",
     NEEDS "system=solo")
{
    uint32_t virq = require_port(evtchn_bind_virq(VIRQ_TIMER, 0));

    expect_eq(evtchn_send(0), -XEN_EINVAL);
    expect_eq(evtchn_send(500), -XEN_EINVAL);
    expect_eq(evtchn_send(virq), -XEN_EINVAL);
}

TEST(evtchn, send_sets_pending_selector_and_upcall, IDS "S4-15", WHY "the three words of a delivery",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_send(loop.b), 0);
    expect_delivered(loop.a);
    expect_true(!event_is_pending(loop.b));
}

TEST(evtchn, both_directions_of_a_channel_are_separate, IDS "S4-15", WHY "each end has its own pending bit",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_send(loop.a), 0);
    expect_true(event_is_pending(loop.b));
    expect_true(!event_is_pending(loop.a));
    expect_eq(evtchn_send(loop.b), 0);
    expect_true(event_is_pending(loop.a));
}

TEST(evtchn, send_changes_no_other_bit, IDS "S4-15", WHY "an event on the wrong port is worse than a lost one",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_send(loop.b), 0);
    for (uint32_t port = 0; port < EVTCHN_2L_NR_CHANNELS; port++) {
        if (port != loop.a && event_is_pending(port))
            fail_("port %u is pending, only %u was sent", port, loop.a);
        if (event_is_masked(port))
            fail_("port %u is masked, nothing was", port);
    }
    expect_eq(selector(0), 1);
}

TEST(evtchn, a_masked_port_collects_its_pending_bit_only, IDS "S4-15", WHY "mask means: remember, but do not tell",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    event_mask(loop.a);
    expect_eq(evtchn_send(loop.b), 0);
    expect_true(event_is_pending(loop.a));
    expect_quiet();
}

TEST(evtchn, a_second_send_before_the_bit_is_cleared_is_merged, IDS "S4-15", WHY "pending is a flag, not a count",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_send(loop.b), 0);
    upcall_clear(0);
    selector_take(0);
    expect_eq(evtchn_send(loop.b), 0);
    expect_true(event_is_pending(loop.a));
    expect_quiet();
}

TEST(evtchn, a_send_after_the_bit_was_cleared_is_new, IDS "S4-15", WHY "clearing before handling loses nothing",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    for (uint32_t round = 0; round < 3; round++) {
        expect_eq(evtchn_send(loop.b), 0);
        expect_delivered(loop.a);
        upcall_clear(0);
        expect_eq(selector_take(0), 1);
        expect_true(event_clear(loop.a));
    }
}

TEST(evtchn, a_set_selector_bit_suppresses_the_upcall, IDS "S4-15", WHY "the guest has not looked at the word yet",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_send(loop.b), 0);
    upcall_clear(0);
    event_clear(loop.a);
    expect_eq(evtchn_send(loop.b), 0);
    expect_true(event_is_pending(loop.a));
    expect_true(!upcall_flag(0));
}

TEST(evtchn, a_set_upcall_flag_does_not_stop_the_selector, IDS "S4-15", WHY "the handler that runs next finds it",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_send(loop.b), 0);
    selector_take(0);
    event_clear(loop.a);
    expect_eq(evtchn_send(loop.b), 0);
    expect_delivered(loop.a);
}

/* Ports on both sides of every border of a selector word. */
TEST(evtchn, every_port_has_its_own_selector_bit, IDS "S4-15", WHY "port / 64, up to the last port",
     NEEDS "system=solo")
{
    static const uint32_t ports[] = {1, 31, 32, 63, 64, 65, 127, 128, 511, 512, 1000, 1022, 1023};

    require_eq(events_init(), 0);
    for (int32_t port = 1; port <= EVTCHN_DOM0LESS_MAX_PORT; port++)
        require_eq(evtchn_bind_ipi(0), port);
    for (uint32_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        events_quiet(0);
        expect_eq(evtchn_send(ports[i]), 0);
        expect_true(event_is_pending(ports[i]));
        expect_eq(selector(0), 1ull << ports[i] / 64);
        expect_true(upcall_flag(0));
    }
}

TEST(evtchn, unmask_delivers_what_was_collected, IDS "S4-15", WHY "the mirror image of send", NEEDS "system=solo")
{
    struct loop loop = loop_start();

    event_mask(loop.a);
    expect_eq(evtchn_send(loop.b), 0);
    expect_quiet();
    expect_eq(evtchn_unmask(loop.a), 0);
    expect_true(!event_is_masked(loop.a));
    expect_delivered(loop.a);
}

TEST(evtchn, unmask_of_a_port_without_event_clears_the_mask_only, IDS "S4-15", WHY "nothing is invented",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    event_mask(loop.a);
    expect_eq(evtchn_unmask(loop.a), 0);
    expect_true(!event_is_masked(loop.a));
    expect_true(!event_is_pending(loop.a));
    expect_quiet();
}

TEST(evtchn, unmask_of_an_unmasked_port_delivers_nothing_again, IDS "S4-15",
     WHY "the selector was set when the event came", NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_send(loop.b), 0);
    upcall_clear(0);
    selector_take(0);
    expect_eq(evtchn_unmask(loop.a), 0);
    expect_true(event_is_pending(loop.a));
    expect_quiet();
}

TEST(evtchn, unmask_of_a_closed_port_has_no_effect, IDS "S4-15", WHY "free and reserved ports are nobody's",
     NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    event_mask(0);
    event_mask(500);
    event_set(500);
    expect_eq(evtchn_unmask(0), 0);
    expect_eq(evtchn_unmask(500), 0);
    expect_quiet();
}

TEST(evtchn, clearing_the_mask_bit_by_hand_tells_nobody, IDS "S4-15", WHY "such a guest looks at pending itself",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    event_mask(loop.a);
    expect_eq(evtchn_send(loop.b), 0);
    event_unmask_bit(loop.a);
    expect_eq(evtchn_unmask(loop.a), 0);
    expect_true(event_is_pending(loop.a));
    expect_quiet();
}

TEST(evtchn, send_before_registration_is_kept_exactly_once, IDS "S4-04 X-14", WHY "no event is lost, none is doubled",
     NEEDS "system=solo")
{
    struct loop loop = loop_make();

    expect_eq(evtchn_send(loop.b), 0);
    expect_eq(evtchn_send(loop.b), 0);
    require_eq(events_init(), 0);
    expect_delivered(loop.a);
    expect_true(event_is_pending(loop.b)); /* by its bind */
    upcall_clear(0);
    selector_take(0);
    event_clear(loop.a);
    event_clear(loop.b);
    hypercall_xen_version(XENVER_version, NULL);
    expect_true(!event_is_pending(loop.a));
    expect_quiet();
}

TEST(evtchn, close_before_registration_drops_the_event, IDS "S4-04", WHY "the kept bits follow the same rules",
     NEEDS "system=solo")
{
    uint32_t port = require_port(evtchn_bind_ipi(0));

    expect_eq(evtchn_send(port), 0);
    expect_eq(evtchn_close(port), 0);
    require_eq(events_init(), 0);
    expect_true(!event_is_pending(port));
}

TEST(evtchn, events_of_many_ports_survive_registration, IDS "S4-04 S4-03", WHY "128 bytes are kept, not a page",
     NEEDS "system=solo")
{
    for (int32_t port = 1; port <= EVTCHN_DOM0LESS_MAX_PORT; port++)
        require_eq(evtchn_bind_ipi(0), port);
    for (uint32_t port = 1; port < PORT_LIMIT; port += 7)
        require_eq(evtchn_send(port), 0);
    require_eq(events_init(), 0);
    for (uint32_t port = 1; port < PORT_LIMIT; port++)
        if (event_is_pending(port) != (port % 7 == 1))
            fail_("port %u: pending is %d after registration", port, event_is_pending(port));
    expect_eq(selector(0), 0xffff);
}
