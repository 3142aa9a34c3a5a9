/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event channels: event_channel_op of everything but a send that can be delivered at once (evtchn_send.h). What
 * opens ports is evtchn_bind.c, what closes them evtchn_close.c.
 */
#include "hv/evtchn.h"

#include "abi/errno.h"
#include "abi/xen.h"
#include "core/evtchn_port.h"
#include "hv/arch.h"
#include "hv/guest_access.h"

static uint32_t channels[CONFIG_MAX_DOMAINS][CONFIG_MAX_PORTS];

void evtchn_init_domain(struct domain *d)
{
    d->channels = channels[index_of(d)];
}

static int32_t send(struct vcpu *v, const struct evtchn_send *arg)
{
    struct domain *const d = v->domain;
    uint32_t word;

    if (!port_is_valid(d, arg->port))
        return -XEN_EINVAL;
    word = d->channels[arg->port];
    switch (channel_state(word)) {
    case EVTCHNSTAT_interdomain:
    case EVTCHNSTAT_ipi:
        evtchn_notify(channel_domain(word), channel_low(word));
        return 0;
    case EVTCHNSTAT_unbound:
        return 0; /* silently dropped */
    default:
        return -XEN_EINVAL;
    }
}

static int32_t status(struct vcpu *v, struct evtchn_status_args *arg)
{
    struct domain *const d = domain_find(arg->dom, v->domain);
    uint32_t word;

    if (d == NULL)
        return -XEN_ESRCH;
    if (!port_is_valid(d, arg->port))
        return -XEN_EINVAL;
    if (d != v->domain)
        return -XEN_EPERM;
    word = d->channels[arg->port];
    arg->status = channel_state(word);
    arg->vcpu = channel_vcpu(word);
    switch (arg->status) {
    case EVTCHNSTAT_unbound:
        arg->u.unbound.dom = channel_domain(word)->domid;
        break;
    case EVTCHNSTAT_interdomain:
        arg->u.interdomain.dom = channel_domain(word)->domid;
        arg->u.interdomain.port = channel_low(word);
        break;
    case EVTCHNSTAT_virq:
        arg->u.virq = channel_low(word);
        break;
    default:
        break;
    }
    return 0;
}

static int32_t set_priority(struct vcpu *v, const struct evtchn_set_priority *arg)
{
    return port_is_valid(v->domain, arg->port) ? -XEN_ENOSYS : -XEN_EINVAL;
}

union evtchn_argument {
    struct evtchn_bind_interdomain bind_interdomain;
    struct evtchn_bind_virq bind_virq;
    struct evtchn_bind_pirq bind_pirq;
    struct evtchn_close close;
    struct evtchn_send send;
    struct evtchn_status_args status;
    struct evtchn_alloc_unbound alloc_unbound;
    struct evtchn_bind_ipi bind_ipi;
    struct evtchn_bind_vcpu bind_vcpu;
    struct evtchn_unmask unmask;
    struct evtchn_reset reset;
    struct evtchn_init_control init_control;
    struct evtchn_expand_array expand_array;
    struct evtchn_set_priority set_priority;
};

enum direction { IN, IN_OUT };

static const struct {
    uint8_t bytes;
    uint8_t direction;
} arguments[] = {
    [EVTCHNOP_bind_interdomain] = {sizeof(struct evtchn_bind_interdomain), IN_OUT},
    [EVTCHNOP_bind_virq] = {sizeof(struct evtchn_bind_virq), IN_OUT},
    [EVTCHNOP_bind_pirq] = {sizeof(struct evtchn_bind_pirq), IN},
    [EVTCHNOP_close] = {sizeof(struct evtchn_close), IN},
    [EVTCHNOP_send] = {sizeof(struct evtchn_send), IN},
    [EVTCHNOP_status] = {sizeof(struct evtchn_status_args), IN_OUT},
    [EVTCHNOP_alloc_unbound] = {sizeof(struct evtchn_alloc_unbound), IN_OUT},
    [EVTCHNOP_bind_ipi] = {sizeof(struct evtchn_bind_ipi), IN_OUT},
    [EVTCHNOP_bind_vcpu] = {sizeof(struct evtchn_bind_vcpu), IN},
    [EVTCHNOP_unmask] = {sizeof(struct evtchn_unmask), IN},
    [EVTCHNOP_reset] = {sizeof(struct evtchn_reset), IN},
    [EVTCHNOP_init_control] = {sizeof(struct evtchn_init_control), IN},
    [EVTCHNOP_expand_array] = {sizeof(struct evtchn_expand_array), IN},
    [EVTCHNOP_set_priority] = {sizeof(struct evtchn_set_priority), IN},
};

static int32_t perform(uint32_t cmd, union evtchn_argument *arg, struct vcpu *v)
{
    switch (cmd) {
    case EVTCHNOP_bind_interdomain:
        return evtchn_bind_interdomain(v, &arg->bind_interdomain);
    case EVTCHNOP_bind_virq:
        return evtchn_bind_virq(v, &arg->bind_virq);
    case EVTCHNOP_close:
        return evtchn_close(v, &arg->close);
    case EVTCHNOP_send:
        return send(v, &arg->send);
    case EVTCHNOP_status:
        return status(v, &arg->status);
    case EVTCHNOP_alloc_unbound:
        return evtchn_alloc_unbound(v, &arg->alloc_unbound);
    case EVTCHNOP_bind_ipi:
        return evtchn_bind_ipi(v, &arg->bind_ipi);
    case EVTCHNOP_bind_vcpu:
        return evtchn_bind_vcpu(v, &arg->bind_vcpu);
    case EVTCHNOP_unmask:
        return evtchn_unmask(v->domain, arg->unmask.port);
    case EVTCHNOP_reset:
        return evtchn_reset(v, &arg->reset);
    case EVTCHNOP_set_priority:
        return set_priority(v, &arg->set_priority);
    default: /* bind_pirq, and the FIFO ABI */
        return -XEN_EOPNOTSUPP;
    }
}

int32_t evtchn_op_slow(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    union evtchn_argument block;
    int32_t result;

    if (cmd >= ARRAY_SIZE(arguments))
        return -XEN_ENOSYS;
    if (guest_read(v, &block, arg, arguments[cmd].bytes))
        return -XEN_EFAULT;
    /* An OUT block must be writable before anything changes. */
    if (arguments[cmd].direction == IN_OUT && guest_writable(v, arg, arguments[cmd].bytes))
        return -XEN_EFAULT;
    if (cmd == EVTCHNOP_send) /* no lock on any send: a channel is one word */
        return send(v, &block.send);
    lock_acquire(&channels_lock);
    result = perform(cmd, &block, v);
    lock_release(&channels_lock);
    if (result == EVTCHN_AGAIN)
        return arch_restart_hypercall(cmd, arg, unused);
    if (result == 0 && arguments[cmd].direction == IN_OUT)
        return guest_write(v, arg, &block, arguments[cmd].bytes);
    return result;
}
