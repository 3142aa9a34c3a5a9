/* SPDX-License-Identifier: Apache-2.0 */
#include "play.h"

static uint32_t told_port(int32_t answer)
{
    result(answer > 0 ? 0 : answer);
    tell("port=%d", answer);
    return (uint32_t)answer;
}

static void binding(uint32_t a)
{
    static const struct { uint32_t domain, port; } bad[] = {
        {DOMID_SELF, 0}, {DOMID_SELF, 0}, {DOMID_SELF, 500}, {DOMID_SELF, 100000}, {NO_DOMAIN, 1}, {0, 1}, {2, 1}, {DOMID_XEN, 1}};

    for (uint32_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        result(evtchn_bind_interdomain(bad[i].domain, i == 0 ? a : bad[i].port));
}

static void sending(uint32_t a, uint32_t b)
{
    static const uint32_t bad_send[] = {0, 500, 1023, 1024, 4096, ~0u}, bad_close[] = {0, 500, 4096};

    events_clear(~0ull);
    result(evtchn_send(b));
    result(evtchn_unmask(a));
    result(evtchn_send(b));
    result(evtchn_send(a));
    events_clear(0);
    result(evtchn_send(b));
    for (uint32_t i = 0; i < sizeof(bad_send) / sizeof(bad_send[0]); i++)
        result(evtchn_send(bad_send[i]));
    for (uint32_t i = 0; i < sizeof(bad_close) / sizeof(bad_close[0]); i++)
        result(evtchn_close(bad_close[i]));
}

static void closing(uint32_t a, uint32_t b)
{
    result(evtchn_close(b));
    told_status(DOMID_SELF, a);
    told_status(DOMID_SELF, b);
    result(evtchn_send(a));
    result(evtchn_send(b));
    result(evtchn_close(b));
    result(evtchn_unmask(b));
    b = told_port(evtchn_bind_interdomain(DOMID_SELF, a));
    result(evtchn_close(a));
    told_status(DOMID_SELF, b);
    result(evtchn_send(b));
    result(evtchn_close(b));
}

static void looking(void)
{
    static const uint32_t ports[] = {0, 500, 4096}, nobody[] = {2, NO_DOMAIN, 0}, remotes[] = {NO_DOMAIN, 2, 0};

    for (uint32_t i = 0; i < 3; i++)
        result(evtchn_unmask(ports[i]));
    for (uint32_t i = 0; i < 3; i++)
        told_status(DOMID_SELF, ports[i]);
    for (uint32_t i = 0; i < 3; i++)
        told_status(nobody[i], 1);
    for (uint32_t i = 0; i < 3; i++)
        result(evtchn_alloc_unbound(nobody[i], DOMID_SELF));
    for (uint32_t i = 0; i < 3; i++)
        result(evtchn_alloc_unbound(DOMID_SELF, remotes[i]));
}

/* A port that was not bound is told as such by each step that needs one. */
static void virtual_interrupts(void)
{
    for (uint32_t virq = 0; virq <= VIRQ_XENPMU; virq++) {
        const int32_t port = evtchn_bind_virq(virq, 0);

        if (port > 0)
            tell("return=0 port=%d", port);
        else
            result(port);
        told_bind_virq(virq, 0);
        result(evtchn_send((uint32_t)port));
        told_status(DOMID_SELF, (uint32_t)port);
        result(evtchn_close((uint32_t)port));
    }
    told_bind_virq(24, 0);
    told_bind_virq(0, 5);
}

static void ipis_and_vcpus(void)
{
    const uint32_t ipi = told_port(evtchn_bind_ipi(0));

    told_status(DOMID_SELF, ipi);
    result(evtchn_send(ipi));
    result(evtchn_bind_vcpu(ipi, 0));
    result(evtchn_close(ipi));
    result(evtchn_bind_ipi(5));
    const uint32_t unbound = (uint32_t)evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);
    result(evtchn_bind_vcpu(unbound, 0));
    result(evtchn_bind_vcpu(unbound, 5));
    result(evtchn_bind_vcpu(0, 0));
    result(evtchn_bind_vcpu(500, 0));
    evtchn_close(unbound);
}

static void odd_calls(void)
{
    result(hypercall_event_channel_op(EVTCHNOP_bind_pirq, zeros()));
    result(hypercall_event_channel_op(99, buffer));
    result(hypercall_event_channel_op(EVTCHNOP_send, NOWHERE));
    result(hypercall_event_channel_op(EVTCHNOP_alloc_unbound, NOWHERE));
    result(hypercall_event_channel_op(EVTCHNOP_init_control, zeros()));
    result(hypercall_event_channel_op(EVTCHNOP_expand_array, zeros()));
    result(hypercall_event_channel_op(EVTCHNOP_set_priority, zeros()));
}

static void all_ports(void)
{
    int32_t port, last = 0;
    uint32_t count = 0;

    for (; (port = evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF)) > 0; count++)
        last = port;
    tell("count=%u", count);
    tell("port=%d", last);
    result(port);
    result(evtchn_reset(2));
    result(evtchn_reset(DOMID_SELF));
    const uint32_t first = told_port(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF));
    evtchn_close(first);
    tell("port=%d", evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF));
}

TEST(vectors, evt, IDS "", WHY "as recorded", SYSTEM)
{
    group_begin("evt");
    shared_info_to_hole();
    const uint32_t a = told_port(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF));
    told_status(DOMID_SELF, a);
    result(evtchn_send(a));
    result(evtchn_unmask(a));
    const uint32_t b = told_port(evtchn_bind_interdomain(DOMID_SELF, a));
    told_status(DOMID_SELF, a);
    told_status(DOMID_SELF, b);
    binding(a);
    sending(a, b);
    closing(a, b);
    looking();
    virtual_interrupts();
    ipis_and_vcpus();
    odd_calls();
    all_ports();
}
