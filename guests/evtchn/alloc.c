/* SPDX-License-Identifier: Apache-2.0 */
/* alloc_unbound, the numbers of ports, and what happens when there are none left. */
#include "loop.h"

TEST(evtchn, alloc_unbound_gives_the_lowest_free_port, IDS "S4-15", WHY "guests and static channels agree on numbers",
     NEEDS "system=solo")
{
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 1);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 2);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 3);
    expect_eq(evtchn_close(2), 0);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 2);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 4);
}

TEST(evtchn, new_ports_go_round_the_static_ones, IDS "S4-15", WHY "a dynamic port must not take a configured number",
     NEEDS "system=pair")
{
    for (int32_t expected = 1; expected <= 9; expected++)
        expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), expected);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 11);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 13);
}

TEST(evtchn, alloc_unbound_makes_an_unbound_port_for_its_remote, IDS "S4-15", WHY "status is how a guest checks",
     NEEDS "system=pair")
{
    struct evtchn_status_args status;
    uint32_t port = require_port(evtchn_alloc_unbound(DOMID_SELF, 2));

    require_eq(evtchn_status(DOMID_SELF, port, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_unbound);
    expect_eq(status.vcpu, 0);
    expect_eq(status.u.unbound.dom, 2);
}

TEST(evtchn, alloc_unbound_resolves_self_to_the_caller, IDS "S4-15", WHY "SELF and the own id mean the same",
     NEEDS "system=solo")
{
    struct evtchn_status_args status;
    uint32_t by_self = require_port(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF));
    uint32_t by_id = require_port(evtchn_alloc_unbound(1, 1));

    require_eq(evtchn_status(DOMID_SELF, by_self, &status), 0);
    expect_eq(status.u.unbound.dom, 1);
    require_eq(evtchn_status(1, by_id, &status), 0);
    expect_eq(status.u.unbound.dom, 1);
}

TEST(evtchn, alloc_unbound_in_a_domain_that_does_not_exist_is_esrch, IDS "S4-15",
     WHY "reserved ids other than SELF name nobody", NEEDS "system=solo")
{
    for (uint32_t i = 0; i < NR_UNKNOWN_DOMAINS; i++)
        expect_eq(evtchn_alloc_unbound(unknown_domains[i], DOMID_SELF), -XEN_ESRCH);
    expect_eq(evtchn_alloc_unbound(2, DOMID_SELF), -XEN_ESRCH);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 1);
}

TEST(evtchn, alloc_unbound_for_a_remote_that_does_not_exist_is_esrch, IDS "X-03",
     WHY "a port nobody can ever bind is an error, not a success", NEEDS "system=solo")
{
    for (uint32_t i = 0; i < NR_UNKNOWN_DOMAINS; i++)
        expect_eq(evtchn_alloc_unbound(DOMID_SELF, unknown_domains[i]), -XEN_ESRCH);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, 2), -XEN_ESRCH);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 1);
}

TEST(evtchn, alloc_unbound_for_a_remote_outside_the_policy_is_eperm, IDS "X-03 S2-07",
     WHY "who may connect to whom is configured, not asked", NEEDS "system=trio")
{
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, 3), -XEN_EPERM);
    expect_true(evtchn_alloc_unbound(DOMID_SELF, 2) > 0);
}

TEST(evtchn, alloc_unbound_in_another_domain_is_eperm, IDS "S2-07", WHY "a guest may fill only its own port table",
     NEEDS "system=pair")
{
    expect_eq(evtchn_alloc_unbound(2, DOMID_SELF), -XEN_EPERM);
    expect_eq(evtchn_alloc_unbound(2, 1), -XEN_EPERM);
    expect_eq(evtchn_alloc_unbound(2, 2), -XEN_EPERM);
}

TEST(evtchn, alloc_unbound_outside_the_policy_gives_its_port_back, IDS "X-03",
     WHY "a failing call leaves nothing behind",
     NEEDS "system=trio")
{
    uint32_t before = evtchn_count_open();

    expect_eq(evtchn_alloc_unbound(DOMID_SELF, 3), -XEN_EPERM);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, 0x1234), -XEN_ESRCH);
    expect_eq(evtchn_count_open(), before);
}

TEST(evtchn, alloc_unbound_whose_result_cannot_be_written_takes_no_port, IDS "X-01",
     WHY "writability of the whole block is checked before anything happens", NEEDS "system=solo")
{
    uint32_t last = machine.nr_banks - 1;
    uint32_t end = (uint32_t)(machine.bank[last].base + machine.bank[last].size);
    struct evtchn_alloc_unbound *op = (void *)(uintptr_t)(end - 4); /* port lies outside */

    op->dom = DOMID_SELF;
    op->remote_dom = DOMID_SELF;
    expect_eq(hypercall_event_channel_op(EVTCHNOP_alloc_unbound, op), -XEN_EFAULT);
    expect_eq(evtchn_count_open(), 0);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), 1);
}

TEST(evtchn, a_domain_gets_1023_ports_and_then_enospc, IDS "S4-15", WHY "the limit of a dom0less domain",
     NEEDS "system=solo")
{
    for (int32_t port = 1; port <= EVTCHN_DOM0LESS_MAX_PORT; port++)
        require_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), port);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), -XEN_ENOSPC);
    expect_eq(evtchn_count_open(), EVTCHN_DOM0LESS_MAX_PORT);
}

TEST(evtchn, without_a_free_port_every_bind_is_enospc, IDS "S4-15", WHY "running out is an answer, not an accident",
     NEEDS "system=solo")
{
    for (int32_t port = 1; port <= EVTCHN_DOM0LESS_MAX_PORT; port++)
        require_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), port);
    expect_eq(evtchn_bind_interdomain(DOMID_SELF, 1), -XEN_ENOSPC);
    expect_eq(evtchn_bind_virq(VIRQ_TIMER, 0), -XEN_ENOSPC);
    expect_eq(evtchn_bind_ipi(0), -XEN_ENOSPC);

    struct evtchn_status_args status;
    require_eq(evtchn_status(DOMID_SELF, 1, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_unbound);

    expect_eq(evtchn_close(700), 0);
    expect_eq(evtchn_bind_virq(VIRQ_TIMER, 0), 700);
}

TEST(evtchn, a_new_port_keeps_the_old_mask_bit, IDS "X-11", WHY "a guest must mask and unmask for itself",
     NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    uint32_t port = require_port(evtchn_bind_ipi(0));

    event_mask(port);
    expect_eq(evtchn_close(port), 0);
    expect_eq(evtchn_bind_ipi(0), port);
    expect_true(event_is_masked(port));
    expect_eq(evtchn_send(port), 0);
    expect_true(event_is_pending(port));
    expect_quiet();
}

TEST(evtchn, a_new_port_starts_without_the_old_pending_bit, IDS "S4-15", WHY "an event belongs to one life of a port",
     NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    uint32_t port = require_port(evtchn_bind_ipi(0));

    expect_eq(evtchn_send(port), 0);
    expect_true(event_is_pending(port));
    expect_eq(evtchn_close(port), 0);
    expect_eq(evtchn_bind_ipi(0), port);
    expect_true(!event_is_pending(port));
}
