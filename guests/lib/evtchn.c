/* SPDX-License-Identifier: Apache-2.0 */
/* EVTCHNOP_* with the argument blocks made. */
#include "internal.h"

int32_t evtchn_alloc_unbound(uint32_t domid, uint32_t remote_domid)
{
    struct evtchn_alloc_unbound op = {.dom = (uint16_t)domid, .remote_dom = (uint16_t)remote_domid};
    int32_t result = (int32_t)hypercall_event_channel_op(EVTCHNOP_alloc_unbound, &op);

    return result == 0 ? (int32_t)op.port : result;
}

int32_t evtchn_bind_interdomain(uint32_t remote_domid, uint32_t remote_port)
{
    struct evtchn_bind_interdomain op = {.remote_dom = (uint16_t)remote_domid, .remote_port = remote_port};
    int32_t result = (int32_t)hypercall_event_channel_op(EVTCHNOP_bind_interdomain, &op);

    return result == 0 ? (int32_t)op.local_port : result;
}

int32_t evtchn_bind_virq(uint32_t virq, uint32_t vcpu)
{
    struct evtchn_bind_virq op = {.virq = virq, .vcpu = vcpu};
    int32_t result = (int32_t)hypercall_event_channel_op(EVTCHNOP_bind_virq, &op);

    return result == 0 ? (int32_t)op.port : result;
}

int32_t evtchn_bind_ipi(uint32_t vcpu)
{
    struct evtchn_bind_ipi op = {.vcpu = vcpu};
    int32_t result = (int32_t)hypercall_event_channel_op(EVTCHNOP_bind_ipi, &op);

    return result == 0 ? (int32_t)op.port : result;
}

int32_t evtchn_bind_vcpu(uint32_t port, uint32_t vcpu)
{
    const struct evtchn_bind_vcpu op = {.port = port, .vcpu = vcpu};

    return (int32_t)hypercall_event_channel_op(EVTCHNOP_bind_vcpu, &op);
}

int32_t evtchn_close(uint32_t port)
{
    const struct evtchn_close op = {.port = port};

    return (int32_t)hypercall_event_channel_op(EVTCHNOP_close, &op);
}

int32_t evtchn_send(uint32_t port)
{
    const struct evtchn_send op = {.port = port};

    return (int32_t)hypercall_event_channel_op(EVTCHNOP_send, &op);
}

int32_t evtchn_unmask(uint32_t port)
{
    const struct evtchn_unmask op = {.port = port};

    return (int32_t)hypercall_event_channel_op(EVTCHNOP_unmask, &op);
}

int32_t evtchn_reset(uint32_t domid)
{
    const struct evtchn_reset op = {.dom = (uint16_t)domid};

    return (int32_t)hypercall_event_channel_op(EVTCHNOP_reset, &op);
}

int32_t evtchn_status(uint32_t domid, uint32_t port, struct evtchn_status_args *status)
{
    *status = (struct evtchn_status_args){.dom = (uint16_t)domid, .port = port};
    return (int32_t)hypercall_event_channel_op(EVTCHNOP_status, status);
}

uint32_t evtchn_count_open(void)
{
    struct evtchn_status_args status;
    uint32_t open = 0;

    for (uint32_t port = 1; port <= EVTCHN_DOM0LESS_MAX_PORT; port++)
        if (evtchn_status(DOMID_SELF, port, &status) == 0 && status.status != EVTCHNSTAT_closed)
            open++;
    return open;
}
