/* SPDX-License-Identifier: Apache-2.0 */
/* close, status of what is left, reset. */
#include "loop.h"

TEST(evtchn, close_of_a_closed_port_is_einval, IDS "S4-15", WHY "a second close must not hit a new owner",
     NEEDS "system=solo")
{
    uint32_t port = require_port(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF));

    expect_eq(evtchn_close(port), 0);
    expect_eq(evtchn_close(port), -XEN_EINVAL);
    expect_eq(evtchn_close(0), -XEN_EINVAL);
}

TEST(evtchn, close_leaves_the_peer_unbound_for_the_closer, IDS "S4-15 X-08", WHY "the channel can be bound again",
     NEEDS "system=solo")
{
    struct evtchn_status_args status;
    struct loop loop = loop_start();

    expect_eq(evtchn_close(loop.b), 0);
    require_eq(evtchn_status(DOMID_SELF, loop.a, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_unbound);
    expect_eq(status.u.unbound.dom, 1);
    require_eq(evtchn_status(DOMID_SELF, loop.b, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_closed);
    expect_eq(evtchn_bind_interdomain(DOMID_SELF, loop.a), loop.b);
}

TEST(evtchn, close_does_not_notify_the_peer, IDS "X-08", WHY "guests learn it by their own protocol",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_close(loop.b), 0);
    expect_true(!event_is_pending(loop.a));
    expect_quiet();
}

TEST(evtchn, close_keeps_the_pending_bit_of_the_peer, IDS "S4-15", WHY "an event sent before the close is not lost",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_send(loop.b), 0);
    expect_eq(evtchn_close(loop.b), 0);
    expect_delivered(loop.a);
}

TEST(evtchn, close_clears_the_pending_bit_of_its_own_port_only, IDS "S4-15",
     WHY "mask and selector belong to the guest", NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_send(loop.b), 0);
    event_mask(loop.a);
    expect_eq(evtchn_close(loop.a), 0);
    expect_true(!event_is_pending(loop.a));
    expect_true(event_is_masked(loop.a));
    expect_eq(selector(0), 1);
    expect_true(upcall_flag(0));
}

TEST(evtchn, send_after_the_peer_closed_is_dropped, IDS "S4-15", WHY "the port is unbound again", NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_close(loop.b), 0);
    expect_eq(evtchn_send(loop.a), 0);
    expect_eq(evtchn_send(loop.b), -XEN_EINVAL);
    expect_quiet();
}

TEST(evtchn, a_closed_virq_can_be_bound_to_another_port, IDS "S4-15", WHY "the binding dies with its port",
     NEEDS "system=solo")
{
    uint32_t virq = require_port(evtchn_bind_virq(VIRQ_DEBUG, 0));

    expect_eq(evtchn_close(virq), 0);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), virq);
    expect_eq(evtchn_bind_virq(VIRQ_DEBUG, 0), virq + 1);
}

TEST(evtchn, status_leaves_unused_bytes_as_given, IDS "S4-15", WHY "nothing of the hypervisor leaks out",
     NEEDS "system=solo")
{
    struct evtchn_status_args status;
    uint32_t ipi = require_port(evtchn_bind_ipi(0));

    memset(&status, 0xa5, sizeof(status));
    status.dom = DOMID_SELF;
    status.port = ipi;
    expect_eq(hypercall_event_channel_op(EVTCHNOP_status, &status), 0);
    expect_eq(status.dom, DOMID_SELF);
    expect_eq(status.port, ipi);
    expect_eq(status.status, EVTCHNSTAT_ipi);
    expect_eq(status.u.interdomain.port, 0xa5a5a5a5u);
}

TEST(evtchn, reset_closes_every_port, IDS "S4-15", WHY "a guest kernel starts from nothing after kexec",
     NEEDS "system=solo")
{
    loop_make();
    require_port(evtchn_bind_virq(VIRQ_TIMER, 0));
    require_port(evtchn_bind_ipi(0));
    expect_eq(evtchn_count_open(), 4);
    expect_eq(evtchn_reset(DOMID_SELF), 0);
    expect_eq(evtchn_count_open(), 0);
    expect_eq(evtchn_bind_virq(VIRQ_TIMER, 0), 1);
}

TEST(evtchn, reset_works_with_all_ports_open, IDS "S4-15", WHY "the longest call of this group", NEEDS "system=solo")
{
    for (int32_t port = 1; port <= EVTCHN_DOM0LESS_MAX_PORT; port++)
        require_eq(evtchn_bind_ipi(0), port);
    expect_eq(evtchn_reset(1), 0);
    expect_eq(evtchn_count_open(), 0);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 1);
}

static volatile uint64_t interrupted_at;

static void note_the_time(uint32_t intid)
{
    (void)intid;
    timer_disarm();
    interrupted_at = counter();
}

TEST(evtchn, a_reset_of_all_ports_lets_interrupts_in, IDS "S4-13 S4-15", WHY "closing a thousand ports must not hold the CPU",
     NEEDS "system=solo")
{
    while (evtchn_bind_ipi(0) > 0)
        ;
    irq_init();
    irq_set_handler(INTID_TIMER, note_the_time);
    irq_enable_source(INTID_TIMER);
    irq_unmask();
    const uint64_t start = counter();
    timer_arm_ns(1000);
    expect_eq(evtchn_reset(DOMID_SELF), 0);
    const uint64_t end = counter();

    expect_true(interrupted_at > start);
    expect_true(interrupted_at - start < (end - start) / 4);
    expect_eq(evtchn_count_open(), 0);
}

TEST(evtchn, reset_closes_static_channels_too, IDS "X-12", WHY "they are ports like others until a restart",
     NEEDS "system=pair")
{
    struct evtchn_status_args status;

    expect_eq(evtchn_count_open(), 2);
    expect_eq(evtchn_reset(DOMID_SELF), 0);
    expect_eq(evtchn_count_open(), 0);
    require_eq(evtchn_status(DOMID_SELF, 10, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_closed);
    expect_eq(evtchn_send(10), -XEN_EINVAL);
}

TEST(evtchn, opening_and_closing_leaves_no_port_behind, IDS "S4-15", WHY "the leak check of this suite",
     NEEDS "system=solo")
{
    for (uint32_t round = 0; round < 50; round++) {
        struct loop loop = loop_make();
        uint32_t ipi = require_port(evtchn_bind_ipi(0));
        uint32_t virq = require_port(evtchn_bind_virq(VIRQ_TIMER, 0));

        require_eq(loop.a, 1);
        require_eq(evtchn_close(round % 2 == 0 ? loop.a : loop.b), 0);
        require_eq(evtchn_close(round % 2 == 0 ? loop.b : loop.a), 0);
        require_eq(evtchn_close(ipi), 0);
        require_eq(evtchn_close(virq), 0);
    }
    expect_eq(evtchn_count_open(), 0);
}
