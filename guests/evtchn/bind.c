/* SPDX-License-Identifier: Apache-2.0 */
/* bind_interdomain to oneself, bind_virq, bind_pirq, bind_ipi, bind_vcpu on one vCPU. */
#include "loop.h"

TEST(evtchn, bind_interdomain_connects_both_ends, IDS "S4-15", WHY "loopback is the smallest channel",
     NEEDS "system=solo")
{
    struct evtchn_status_args status;
    struct loop loop = loop_make();

    require_eq(evtchn_status(DOMID_SELF, loop.a, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_interdomain);
    expect_eq(status.u.interdomain.dom, 1);
    expect_eq(status.u.interdomain.port, loop.b);
    require_eq(evtchn_status(DOMID_SELF, loop.b, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_interdomain);
    expect_eq(status.u.interdomain.dom, 1);
    expect_eq(status.u.interdomain.port, loop.a);
}

TEST(evtchn, bind_interdomain_sets_the_local_port_pending, IDS "S4-15",
     WHY "the other side may have sent before the bind", NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    struct loop loop = loop_make();

    expect_delivered(loop.b);
    expect_true(!event_is_pending(loop.a));
}

TEST(evtchn, bind_interdomain_to_a_bound_port_is_einval, IDS "S4-15", WHY "a port has one peer", NEEDS "system=solo")
{
    struct loop loop = loop_make();

    expect_eq(evtchn_bind_interdomain(DOMID_SELF, loop.a), -XEN_EINVAL);
    expect_eq(evtchn_bind_interdomain(DOMID_SELF, loop.b), -XEN_EINVAL);
    expect_eq(evtchn_count_open(), 2);
}

TEST(evtchn, bind_interdomain_to_a_port_that_is_not_unbound_is_einval, IDS "S4-15 X-02",
     WHY "reserved, never used, virq, ipi and impossible numbers", NEEDS "system=solo")
{
    static const uint32_t ports[] = {0, 500, EVTCHN_DOM0LESS_MAX_PORT, PORT_LIMIT, 4095, 4096, 100000, ~0u};
    uint32_t virq = require_port(evtchn_bind_virq(VIRQ_TIMER, 0));
    uint32_t ipi = require_port(evtchn_bind_ipi(0));

    for (uint32_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
        expect_eq(evtchn_bind_interdomain(DOMID_SELF, ports[i]), -XEN_EINVAL);
    expect_eq(evtchn_bind_interdomain(DOMID_SELF, virq), -XEN_EINVAL);
    expect_eq(evtchn_bind_interdomain(DOMID_SELF, ipi), -XEN_EINVAL);
    expect_eq(evtchn_count_open(), 2);
}

TEST(evtchn, bind_interdomain_to_a_domain_that_does_not_exist_is_esrch, IDS "S4-15",
     WHY "before the port is looked at",
     NEEDS "system=solo")
{
    for (uint32_t i = 0; i < NR_UNKNOWN_DOMAINS; i++)
        expect_eq(evtchn_bind_interdomain(unknown_domains[i], ~0u), -XEN_ESRCH);
    expect_eq(evtchn_bind_interdomain(2, 1), -XEN_ESRCH);
    expect_eq(evtchn_count_open(), 0);
}

TEST(evtchn, bind_interdomain_to_a_port_meant_for_another_domain_is_einval, IDS "S2-07",
     WHY "an unbound port accepts one domain only", NEEDS "system=pair")
{
    uint32_t port = require_port(evtchn_alloc_unbound(DOMID_SELF, 2));

    expect_eq(evtchn_bind_interdomain(DOMID_SELF, port), -XEN_EINVAL);
    expect_eq(evtchn_bind_interdomain(1, port), -XEN_EINVAL);
}

TEST(evtchn, bind_interdomain_to_a_bound_port_of_the_peer_is_einval, IDS "S2-07",
     WHY "nobody may listen in on a static channel", NEEDS "system=pair")
{
    expect_eq(evtchn_bind_interdomain(2, 11), -XEN_EINVAL);
    expect_eq(evtchn_bind_interdomain(2, 13), -XEN_EINVAL);
    expect_eq(evtchn_bind_interdomain(2, 0), -XEN_EINVAL);
    expect_eq(evtchn_bind_interdomain(2, PORT_LIMIT), -XEN_EINVAL);
}

TEST(evtchn, bind_virq_gives_a_virq_port, IDS "S4-15", WHY "per-vCPU virtual interrupts bind to any vCPU",
     NEEDS "system=solo")
{
    static const uint32_t virqs[] = {VIRQ_TIMER, VIRQ_DEBUG, VIRQ_XENOPROF, VIRQ_XENPMU};
    struct evtchn_status_args status;

    for (uint32_t i = 0; i < sizeof(virqs) / sizeof(virqs[0]); i++) {
        uint32_t port = require_port(evtchn_bind_virq(virqs[i], 0));

        require_eq(evtchn_status(DOMID_SELF, port, &status), 0);
        expect_eq(status.status, EVTCHNSTAT_virq);
        expect_eq(status.vcpu, 0);
        expect_eq(status.u.virq, virqs[i]);
    }
}

TEST(evtchn, bind_virq_twice_is_eexist_until_closed, IDS "S4-15", WHY "one port for each virq and vCPU",
     NEEDS "system=solo")
{
    uint32_t port = require_port(evtchn_bind_virq(VIRQ_TIMER, 0));

    expect_eq(evtchn_bind_virq(VIRQ_TIMER, 0), -XEN_EEXIST);
    expect_eq(evtchn_close(port), 0);
    expect_eq(evtchn_bind_virq(VIRQ_TIMER, 0), port);
}

TEST(evtchn, bind_virq_beyond_the_last_is_einval, IDS "S4-15", WHY "checked before the vCPU", NEEDS "system=solo")
{
    expect_eq(evtchn_bind_virq(NR_VIRQS, 0), -XEN_EINVAL);
    expect_eq(evtchn_bind_virq(NR_VIRQS, NO_SUCH_VCPU), -XEN_EINVAL);
    expect_eq(evtchn_bind_virq(~0u, 0), -XEN_EINVAL);
}

TEST(evtchn, bind_virq_on_a_vcpu_that_does_not_exist_is_enoent, IDS "S4-15", WHY "also for huge numbers",
     NEEDS "system=solo")
{
    expect_eq(evtchn_bind_virq(VIRQ_TIMER, 1), -XEN_ENOENT);
    expect_eq(evtchn_bind_virq(VIRQ_TIMER, NO_SUCH_VCPU), -XEN_ENOENT);
    expect_eq(evtchn_bind_virq(VIRQ_TIMER, ~0u), -XEN_ENOENT);
}

TEST(evtchn, bind_virq_of_the_domain_goes_to_vcpu_0_only, IDS "S4-15", WHY "ARGO is per domain", NEEDS "system=solo")
{
    expect_eq(evtchn_bind_virq(VIRQ_ARGO, 1), -XEN_EINVAL);
    expect_eq(evtchn_bind_virq(VIRQ_ARGO, NO_SUCH_VCPU), -XEN_EINVAL);
    expect_true(evtchn_bind_virq(VIRQ_ARGO, 0) > 0);
    expect_eq(evtchn_bind_virq(VIRQ_ARGO, 0), -XEN_EEXIST);
}

TEST(evtchn, bind_virq_of_a_global_one_is_ebusy, IDS "X-10", WHY "their owner is not a guest", NEEDS "system=solo")
{
    for (uint32_t virq = 0; virq < NR_VIRQS; virq++) {
        if (virq == VIRQ_TIMER || virq == VIRQ_DEBUG || virq == VIRQ_XENOPROF || virq == VIRQ_XENPMU ||
            virq == VIRQ_ARGO)
            continue;
        expect_eq(evtchn_bind_virq(virq, 0), -XEN_EBUSY);
        expect_eq(evtchn_bind_virq(virq, 1), -XEN_EINVAL);
    }
    expect_eq(evtchn_count_open(), 0);
}

TEST(evtchn, bind_pirq_is_eopnotsupp, IDS "S4-15", WHY "Arm has no physical interrupts by event channel",
     NEEDS "system=solo")
{
    struct evtchn_bind_pirq op = {.pirq = 32};

    expect_eq(hypercall_event_channel_op(EVTCHNOP_bind_pirq, &op), -XEN_EOPNOTSUPP);
}

TEST(evtchn, bind_ipi_gives_a_port_that_reaches_its_sender, IDS "S4-15", WHY "the domain notifies its own vCPU",
     NEEDS "system=solo")
{
    struct evtchn_status_args status;

    require_eq(events_init(), 0);
    uint32_t port = require_port(evtchn_bind_ipi(0));

    require_eq(evtchn_status(DOMID_SELF, port, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_ipi);
    expect_eq(status.vcpu, 0);
    expect_quiet();
    expect_eq(evtchn_send(port), 0);
    expect_delivered(port);
}

TEST(evtchn, bind_ipi_on_a_vcpu_that_does_not_exist_is_enoent, IDS "S4-15", WHY "and takes no port",
     NEEDS "system=solo")
{
    expect_eq(evtchn_bind_ipi(1), -XEN_ENOENT);
    expect_eq(evtchn_bind_ipi(NO_SUCH_VCPU), -XEN_ENOENT);
    expect_eq(evtchn_bind_ipi(~0u), -XEN_ENOENT);
    expect_eq(evtchn_count_open(), 0);
}

TEST(evtchn, bind_vcpu_takes_unbound_interdomain_and_domain_virqs, IDS "S4-15", WHY "these may move between vCPUs",
     NEEDS "system=solo")
{
    struct loop loop = loop_make();
    uint32_t unbound = require_port(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF));
    uint32_t argo = require_port(evtchn_bind_virq(VIRQ_ARGO, 0));

    expect_eq(evtchn_bind_vcpu(loop.a, 0), 0);
    expect_eq(evtchn_bind_vcpu(loop.b, 0), 0);
    expect_eq(evtchn_bind_vcpu(unbound, 0), 0);
    expect_eq(evtchn_bind_vcpu(argo, 0), 0);
}

TEST(evtchn, bind_vcpu_of_a_port_that_cannot_move_is_einval, IDS "S4-15 X-02",
     WHY "ipi, per-vCPU virq, closed, no port",
     NEEDS "system=solo")
{
    uint32_t ipi = require_port(evtchn_bind_ipi(0));
    uint32_t virq = require_port(evtchn_bind_virq(VIRQ_TIMER, 0));

    expect_eq(evtchn_bind_vcpu(ipi, 0), -XEN_EINVAL);
    expect_eq(evtchn_bind_vcpu(virq, 0), -XEN_EINVAL);
    expect_eq(evtchn_bind_vcpu(0, 0), -XEN_EINVAL);
    expect_eq(evtchn_bind_vcpu(500, 0), -XEN_EINVAL);
    expect_eq(evtchn_bind_vcpu(PORT_LIMIT, 0), -XEN_EINVAL);
    expect_eq(evtchn_bind_vcpu(~0u, 0), -XEN_EINVAL);
}

TEST(evtchn, bind_vcpu_looks_at_the_vcpu_before_the_port, IDS "S4-15", WHY "the order of errors is ABI",
     NEEDS "system=solo")
{
    expect_eq(evtchn_bind_vcpu(0, 1), -XEN_ENOENT);
    expect_eq(evtchn_bind_vcpu(~0u, NO_SUCH_VCPU), -XEN_ENOENT);
    expect_eq(evtchn_bind_vcpu(~0u, ~0u), -XEN_ENOENT);
}
