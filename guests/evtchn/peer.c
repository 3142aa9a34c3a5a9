/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events between two domains. Lane 0 carries the conversation, lane 1 is looked at. The side that looks has
 * both lanes masked where it checks selector and flag, so that the conversation leaves no trace there;
 * waiting is by poll, which sees masked ports too.
 */
#include "loop.h"

static uint32_t lane1(void)
{
    return peer_port(1);
}

TEST(evtchn, send_reaches_the_other_domain, IDS "S4-05 S4-15", WHY "the reason for all access strategies",
     NEEDS "system=pair strategies=all")
{
    peers_meet();
    for (uint32_t round = 0; round < 20; round++) {
        peer_signal(1);
        peer_wait(1);
    }
}

PEER(2, evtchn, send_reaches_the_other_domain)
{
    peers_meet();
    for (uint32_t round = 0; round < 20; round++) {
        peer_wait(1);
        peer_signal(1);
    }
}

TEST(evtchn, send_reaches_a_domain_on_another_cpu, IDS "S4-05 S4-15", WHY "its event pages belong to that CPU",
     NEEDS "system=smp strategies=all")
{
    peers_meet();
    for (uint32_t round = 0; round < 20; round++) {
        peer_signal(1);
        peer_wait(1);
    }
}

PEER(2, evtchn, send_reaches_a_domain_on_another_cpu)
{
    peers_meet();
    for (uint32_t round = 0; round < 20; round++) {
        peer_wait(1);
        peer_signal(1);
    }
}

enum { STORM = 1000 };

TEST(evtchn, a_storm_across_cpus_loses_no_event, IDS "S4-15 S4-05", WHY "send and clear race on the same word",
     NEEDS "system=smp strategies=all")
{
    peers_meet();
    for (uint32_t i = 0; i < STORM; i++)
        require_eq(evtchn_send(lane1()), 0);
    peer_signal(0);
    peer_wait(0);
    require_eq(evtchn_send(lane1()), 0);
    peer_signal(0);
    peer_wait(0);
}

/* Clears as fast as it can; whatever was merged, what is sent after the last clear must be there. */
PEER(2, evtchn, a_storm_across_cpus_loses_no_event)
{
    uint32_t seen = 0;

    peers_meet();
    while (!event_clear(peer_port(0))) {
        seen += event_clear(lane1());
        relax();
    }
    seen += event_clear(lane1());
    expect_true(seen > 0 && seen <= STORM);
    peer_signal(0);
    peer_wait(0);
    expect_true(event_is_pending(lane1()));
    peer_signal(0);
}

/* ---- what arrives, for each place the peer's pages may have ---- */

static void send_once_and_wait_for_the_check(void)
{
    peers_meet();
    peer_wait(0);
    require_eq(evtchn_send(lane1()), 0);
    peer_signal(0);
    peer_wait(0);
}

/* The peer: lane 1 unmasked, so that selector and flag are its news; lane 0 masked. */
static void check_one_delivery(void)
{
    event_mask(peer_port(0));
    peers_meet();
    upcall_clear(0);
    selector_take(0);
    peer_signal(0);
    peer_wait(0);
    expect_eq(selector(0), 1);
    expect_true(upcall_flag(0));
    expect_true(event_is_pending(lane1()));
    peer_signal(0);
}

TEST(evtchn, a_send_marks_the_peer_with_vcpu_info_in_shared_info, IDS "S4-05 S4-08 S4-17", WHY "one page to reach",
     NEEDS "system=pair strategies=all")
{
    send_once_and_wait_for_the_check();
}

PEER(2, evtchn, a_send_marks_the_peer_with_vcpu_info_in_shared_info)
{
    require_eq(events_init(), 0);
    check_one_delivery();
}

TEST(evtchn, a_send_marks_the_peer_with_vcpu_info_in_the_same_page, IDS "S4-12 S4-17 X-73", WHY "still one page",
     NEEDS "system=pair strategies=all")
{
    send_once_and_wait_for_the_check();
}

PEER(2, evtchn, a_send_marks_the_peer_with_vcpu_info_in_the_same_page)
{
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(0, (uint8_t *)event_page(0) + 3072), 0);
    check_one_delivery();
}

TEST(evtchn, a_send_marks_the_peer_with_vcpu_info_in_the_next_page, IDS "S4-08 S4-12 S4-17 X-72",
     WHY "two pages side by side", NEEDS "system=pair strategies=all")
{
    send_once_and_wait_for_the_check();
}

PEER(2, evtchn, a_send_marks_the_peer_with_vcpu_info_in_the_next_page)
{
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(0, event_page(1)), 0);
    check_one_delivery();
}

TEST(evtchn, a_send_marks_the_peer_with_pages_in_two_banks, IDS "S4-08 S4-12 S4-17 X-72",
     WHY "two pages far apart", NEEDS "system=pair strategies=all")
{
    send_once_and_wait_for_the_check();
}

PEER(2, evtchn, a_send_marks_the_peer_with_pages_in_two_banks)
{
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(0, (void *)(uintptr_t)((uint32_t)machine.bank[0].base + 0x90fd0)), 0);
    check_one_delivery();
}

TEST(evtchn, a_send_marks_the_peer_with_both_pages_in_the_first_bank, IDS "S4-17",
     WHY "strategy `shared` has to fall back", NEEDS "system=pair strategies=all")
{
    send_once_and_wait_for_the_check();
}

PEER(2, evtchn, a_send_marks_the_peer_with_both_pages_in_the_first_bank)
{
    require_eq(events_register_shared_info((void *)(uintptr_t)((uint32_t)machine.bank[0].base + 0x80000)), 0);
    require_eq(events_register_vcpu_info(0, (void *)(uintptr_t)((uint32_t)machine.bank[0].base + 0x81040)), 0);
    check_one_delivery();
}

TEST(evtchn, a_send_marks_a_peer_on_another_cpu_in_two_pages, IDS "S4-05 S4-08 S4-17",
     WHY "that CPU reaches them, one after the other",
     NEEDS "system=smp strategies=window,switch,switch-entry,auto,mask,background,background-always,shared")
{
    send_once_and_wait_for_the_check();
}

PEER(2, evtchn, a_send_marks_a_peer_on_another_cpu_in_two_pages)
{
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(0, event_page(1)), 0);
    check_one_delivery();
}

/* ---- masks and merging across domains ---- */

TEST(evtchn, a_masked_port_of_the_peer_collects_its_pending_bit_only, IDS "S4-15 S4-05",
     WHY "the sender reads the receiver's mask", NEEDS "system=pair strategies=all")
{
    peers_meet();
    peer_wait(0);
    require_eq(evtchn_send(lane1()), 0);
    peer_signal(0);
    peer_wait(0);
}

PEER(2, evtchn, a_masked_port_of_the_peer_collects_its_pending_bit_only)
{
    peers_meet();
    event_mask(peer_port(0));
    event_mask(lane1());
    events_quiet(0);
    peer_signal(0);
    peer_wait(0);
    expect_true(event_is_pending(lane1()));
    expect_quiet();
    expect_eq(evtchn_unmask(lane1()), 0);
    expect_delivered(lane1());
    peer_signal(0);
}

TEST(evtchn, sends_to_the_peer_are_merged_until_it_clears_the_bit, IDS "S4-15", WHY "pending is a flag, not a count",
     NEEDS "system=pair strategies=all")
{
    peers_meet();
    for (uint32_t i = 0; i < 5; i++)
        require_eq(evtchn_send(lane1()), 0);
    peer_signal(0);
    peer_wait(0);
}

PEER(2, evtchn, sends_to_the_peer_are_merged_until_it_clears_the_bit)
{
    peers_meet();
    peer_wait(0);
    expect_true(event_clear(lane1()));
    hypercall_xen_version(XENVER_version, NULL);
    expect_true(!event_is_pending(lane1()));
    peer_signal(0);
}

TEST(evtchn, events_sent_before_the_receiver_registers_are_kept, IDS "S4-04 X-14",
     WHY "who boots first must not matter", NEEDS "system=pair strategies=all")
{
    uint32_t told = peer_port(0);

    expect_eq(sched_poll(&told, 1, 0), 0); /* without shared_info: the kept state wakes us */
    require_eq(events_init(), 0);
    expect_true(event_is_pending(told));
    expect_delivered(lane1());
    expect_true(event_clear(lane1()));
    hypercall_xen_version(XENVER_version, NULL);
    expect_true(!event_is_pending(lane1()));
}

PEER(2, evtchn, events_sent_before_the_receiver_registers_are_kept)
{
    require_eq(evtchn_send(lane1()), 0);
    require_eq(evtchn_send(lane1()), 0);
    require_eq(evtchn_send(peer_port(0)), 0);
}

/* ---- static channels ---- */

TEST(evtchn, the_b_side_of_a_static_channel_starts_pending, IDS "X-13", WHY "the bind itself is an event",
     NEEDS "system=pair")
{
    require_eq(events_init(), 0);
    expect_true(!event_is_pending(lane1())); /* the A side starts clean; the peer never sends here */
    peer_wait(0);
}

PEER(2, evtchn, the_b_side_of_a_static_channel_starts_pending)
{
    require_eq(events_init(), 0);
    expect_delivered(peer_port(0));
    expect_delivered(lane1());
    peer_signal(0);
}

TEST(evtchn, static_channels_are_interdomain_at_their_numbers, IDS "S4-15", WHY "both guests know them by agreement",
     NEEDS "system=pair")
{
    struct evtchn_status_args status;

    for (uint32_t lane = 0; lane < PEER_LANES; lane++) {
        require_eq(evtchn_status(DOMID_SELF, peer_port(lane), &status), 0);
        expect_eq(status.status, EVTCHNSTAT_interdomain);
        expect_eq(status.vcpu, 0);
        expect_eq(status.u.interdomain.dom, 2);
        expect_eq(status.u.interdomain.port, peer_port(lane) + 1);
    }
    expect_eq(evtchn_count_open(), PEER_LANES);
}

TEST(evtchn, a_static_channel_closed_by_the_peer_is_unbound_here, IDS "X-12 X-08",
     WHY "only dynamic rebinding brings it back", NEEDS "system=pair")
{
    struct evtchn_status_args status;

    peers_meet();
    peer_wait(0);
    require_eq(evtchn_status(DOMID_SELF, lane1(), &status), 0);
    expect_eq(status.status, EVTCHNSTAT_unbound);
    expect_eq(status.u.unbound.dom, 2);
    expect_true(!event_is_pending(lane1()));
    expect_eq(evtchn_send(lane1()), 0);

    peer_signal(0);
    peer_wait(0);
    require_eq(evtchn_status(DOMID_SELF, lane1(), &status), 0);
    expect_eq(status.status, EVTCHNSTAT_interdomain);
    expect_eq(status.u.interdomain.dom, 2);
    expect_eq(status.u.interdomain.port, 1); /* the peer's lowest free number */
}

PEER(2, evtchn, a_static_channel_closed_by_the_peer_is_unbound_here)
{
    peers_meet();
    expect_eq(evtchn_close(lane1()), 0);
    expect_eq(evtchn_send(lane1()), -XEN_EINVAL);
    peer_signal(0);
    peer_wait(0);
    expect_eq(evtchn_bind_interdomain(1, 12), 1);
    expect_true(event_is_pending(1));
    peer_signal(0);
}

/* ---- channels made at run time ---- */

TEST(evtchn, a_channel_to_the_peer_can_be_made_and_used, IDS "S2-07 S4-15", WHY "allowed by the configured policy",
     NEEDS "system=pair strategies=all")
{
    struct evtchn_status_args status;

    peers_meet();
    require_eq(evtchn_alloc_unbound(DOMID_SELF, 2), 1);
    peer_signal(0);
    peer_wait(0);
    require_eq(evtchn_status(DOMID_SELF, 1, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_interdomain);
    expect_eq(status.u.interdomain.dom, 2);
    expect_true(event_clear(1));
    expect_eq(evtchn_send(1), 0);
    peer_signal(0);
    peer_wait(0);
    expect_eq(evtchn_close(1), 0);
}

PEER(2, evtchn, a_channel_to_the_peer_can_be_made_and_used)
{
    peers_meet();
    peer_wait(0);
    require_eq(evtchn_bind_interdomain(1, 1), 1);
    expect_true(event_clear(1));
    expect_eq(evtchn_send(1), 0);
    peer_signal(0);
    peer_wait(0);
    expect_true(event_is_pending(1));
    peer_signal(0);
}

TEST(evtchn, the_peer_cannot_bind_to_a_port_that_is_not_for_it, IDS "S2-07", WHY "the port names whom it accepts",
     NEEDS "system=pair")
{
    struct evtchn_status_args status;

    peers_meet();
    require_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 1);
    require_eq(evtchn_bind_ipi(0), 2);
    peer_signal(0);
    peer_wait(0);
    require_eq(evtchn_status(DOMID_SELF, 1, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_unbound);
}

PEER(2, evtchn, the_peer_cannot_bind_to_a_port_that_is_not_for_it)
{
    peers_meet();
    peer_wait(0);
    expect_eq(evtchn_bind_interdomain(1, 1), -XEN_EINVAL);
    expect_eq(evtchn_bind_interdomain(1, 2), -XEN_EINVAL);
    expect_eq(evtchn_bind_interdomain(1, 3), -XEN_EINVAL);
    peer_signal(0);
}

TEST(evtchn, a_reset_leaves_the_peer_unbound, IDS "X-12", WHY "reset closes each port as close does",
     NEEDS "system=pair")
{
    peers_meet();
    require_eq(evtchn_alloc_unbound(DOMID_SELF, 2), 1);
    peer_signal(0);
    peer_wait(0);
    expect_eq(evtchn_reset(DOMID_SELF), 0);
    require_eq(evtchn_alloc_unbound(DOMID_SELF, 2), 1); /* the way back: the peer polls for it */
    while (!event_clear(1))
        sched_yield();
}

PEER(2, evtchn, a_reset_leaves_the_peer_unbound)
{
    struct evtchn_status_args status;

    peers_meet();
    peer_wait(0);
    peer_signal(0);
    do {
        sched_yield();
        require_eq(evtchn_status(DOMID_SELF, lane1(), &status), 0);
    } while (status.status == EVTCHNSTAT_interdomain);
    expect_eq(status.status, EVTCHNSTAT_unbound);
    expect_eq(status.u.unbound.dom, 1);
    require_eq(evtchn_status(DOMID_SELF, peer_port(0), &status), 0);
    expect_eq(status.status, EVTCHNSTAT_unbound);
    int32_t back;
    while ((back = evtchn_bind_interdomain(1, 1)) < 0)
        sched_yield();
    expect_eq(evtchn_send((uint32_t)back), 0);
}

/* ---- by interrupt ---- */

TEST(evtchn, the_peer_takes_one_upcall_for_each_event, IDS "S4-15 S4-13",
     WHY "an interrupt for a domain that is not loaded",
     NEEDS "system=pair strategies=all")
{
    peers_meet();
    peer_wait(0);
    for (uint32_t round = 0; round < 10; round++) {
        require_eq(evtchn_send(lane1()), 0);
        peer_wait(0);
    }
}

PEER(2, evtchn, the_peer_takes_one_upcall_for_each_event)
{
    peers_meet();
    event_mask(peer_port(0));
    events_quiet(0);
    hypercall_xen_version(XENVER_version, NULL);
    irq_init();
    upcall_enable();
    peer_signal(0);
    for (uint32_t round = 1; round <= 10; round++) {
        while (event_count(lane1()) < round) {
            sched_block();
            irq_mask();
        }
        expect_eq(event_count(lane1()), round);
        peer_signal(0);
    }
    expect_eq(upcall_count(0), 10);
}

TEST(evtchn, an_event_wakes_a_peer_in_wfi, IDS "S4-24",
     WHY "idle guests sleep there", NEEDS "system=pair strategies=all")
{
    peers_meet();
    peer_wait(0);
    require_eq(evtchn_send(lane1()), 0);
    peer_wait(0);
}

PEER(2, evtchn, an_event_wakes_a_peer_in_wfi)
{
    peers_meet();
    events_quiet(0);
    hypercall_xen_version(XENVER_version, NULL);
    irq_init();
    upcall_enable();
    peer_signal(0);
    while (!event_is_pending(lane1()))
        wait_for_interrupt();
    peer_signal(0);
}
