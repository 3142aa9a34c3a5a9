/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event channels: the operations that open ports and move them.
 */
#include "abi/errno.h"
#include "abi/xen.h"
#include "core/evtchn_port.h"

uint32_t ports_open[CONFIG_MAX_DOMAINS][EVTCHN_WORDS];

/* By vCPU of the system: bit per VIRQ bound there. Global ones are vCPU 0's wherever they notify. */
static uint32_t virqs_bound[CONFIG_MAX_VCPUS];

/* LOCAL when nobody but this pair's one CPU touches the receiver's event pages. */
static uint32_t local_if(uint32_t cpu_mask)
{
    return cpu_mask & (cpu_mask - 1) ? 0 : CHANNEL_LOCAL;
}

/* The lowest free port from 1, or -XEN_ENOSPC. */
static int32_t allocate(const struct domain *d)
{
    const uint32_t *const open = evtchn_ports_open(d);
    uint32_t taken = open[0] | 1, word = 0;

    while (taken == UINT32_MAX && ++word < EVTCHN_WORDS)
        taken = open[word];
    const uint32_t port = 32 * word + (uint32_t)__builtin_ctz(~taken);
    return taken != UINT32_MAX && port < d->nr_ports ? (int32_t)port : -XEN_ENOSPC;
}

static uint32_t connected(const struct domain *d, port_t port, const struct domain *peer, port_t peer_port)
{
    return channel_make(EVTCHNSTAT_interdomain, channel_vcpu(d->channels[port]), index_of(peer), peer_port) |
           channel_vcpu(peer->channels[peer_port]) << CHANNEL_TARGET_SHIFT | local_if(d->cpus | peer->cpus);
}

void evtchn_connect(struct domain *a, port_t port_a, struct domain *b, port_t port_b)
{
    port_open(a, port_a, connected(a, port_a, b, port_b));
    port_open(b, port_b, connected(b, port_b, a, port_a));
}

int32_t evtchn_alloc_unbound(struct vcpu *v, struct evtchn_alloc_unbound *arg)
{
    struct domain *const d = domain_find(arg->dom, v->domain);
    const domid_t remote_id = arg->remote_dom;
    struct domain *const remote = domain_find(remote_id, v->domain);
    int32_t port;

    if (d == NULL)
        return -XEN_ESRCH;
    if (d != v->domain)
        return -XEN_EPERM;
    if (remote == NULL)
        return -XEN_ESRCH;
    port = allocate(d);
    if (port < 0)
        return port;
    if (remote != d && !(d->config->may_connect & remote->bit))
        return -XEN_EPERM;
    port_open(d, (uint32_t)port, channel_make(EVTCHNSTAT_unbound, 0, index_of(remote), 0));
    arg->port = (uint32_t)port;
    return 0;
}

int32_t evtchn_bind_interdomain(struct vcpu *v, struct evtchn_bind_interdomain *arg)
{
    struct domain *const d = v->domain, *const remote = domain_find(arg->remote_dom, d);
    uint32_t word;
    int32_t port;

    if (remote == NULL)
        return -XEN_ESRCH;
    port = allocate(d);
    if (port < 0)
        return port;
    if (!port_is_valid(remote, arg->remote_port))
        return -XEN_EINVAL;
    word = remote->channels[arg->remote_port];
    if (channel_state(word) != EVTCHNSTAT_unbound || channel_domain(word) != d)
        return -XEN_EINVAL;
    if (remote != d && !(d->config->may_connect & remote->bit))
        return -XEN_EPERM;
    evtchn_connect(d, (uint32_t)port, remote, arg->remote_port);
    arg->local_port = (uint32_t)port;
    evtchn_notify(d, (uint32_t)port); /* the other side may have sent before */
    return 0;
}

static bool virq_is_per_vcpu(uint32_t virq)
{
    return virq == VIRQ_TIMER || virq == VIRQ_DEBUG || virq == VIRQ_XENOPROF || virq == VIRQ_XENPMU;
}

static uint32_t *virqs_of(const struct domain *d, uint32_t vcpu)
{
    return &virqs_bound[&d->vcpus[vcpu] - vcpus];
}

void evtchn_unbind(struct domain *d, port_t port)
{
    const uint32_t word = d->channels[port];

    if (channel_state(word) == EVTCHNSTAT_virq)
        *virqs_of(d, virq_is_per_vcpu(channel_low(word)) ? channel_vcpu(word) : 0) &= ~BIT(channel_low(word));
    d->channels[port] = 0;
    evtchn_ports_open(d)[port >> 5] &= ~BIT(port & 31);
}

int32_t evtchn_bind_virq(struct vcpu *v, struct evtchn_bind_virq *arg)
{
    struct domain *const d = v->domain;
    int32_t port;

    if (arg->virq >= NR_VIRQS)
        return -XEN_EINVAL;
    if (!virq_is_per_vcpu(arg->virq) && arg->vcpu != 0)
        return -XEN_EINVAL;
    if (arg->vcpu >= d->nr_vcpus)
        return -XEN_ENOENT;
    if (!virq_is_per_vcpu(arg->virq) && arg->virq != VIRQ_ARGO)
        return -XEN_EBUSY; /* global: belongs to a control domain, and there is none */
    if (*virqs_of(d, arg->vcpu) & BIT(arg->virq))
        return -XEN_EEXIST;
    port = allocate(d);
    if (port < 0)
        return port;
    *virqs_of(d, arg->vcpu) |= BIT(arg->virq);
    port_open(d, (uint32_t)port, channel_make(EVTCHNSTAT_virq, arg->vcpu, index_of(d), arg->virq));
    arg->port = (uint32_t)port;
    return 0;
}

int32_t evtchn_bind_ipi(struct vcpu *v, struct evtchn_bind_ipi *arg)
{
    struct domain *const d = v->domain;
    int32_t port;

    if (arg->vcpu >= d->nr_vcpus)
        return -XEN_ENOENT;
    port = allocate(d);
    if (port < 0)
        return port;
    port_open(d, (uint32_t)port, channel_make(EVTCHNSTAT_ipi, arg->vcpu, index_of(d), (uint32_t)port) |
                                     arg->vcpu << CHANNEL_TARGET_SHIFT | local_if(d->cpus));
    arg->port = (uint32_t)port;
    return 0;
}

int32_t evtchn_bind_vcpu(struct vcpu *v, const struct evtchn_bind_vcpu *arg)
{
    struct domain *const d = v->domain;
    uint32_t word;

    if (arg->vcpu >= d->nr_vcpus)
        return -XEN_ENOENT;
    if (!port_is_valid(d, arg->port))
        return -XEN_EINVAL;
    word = d->channels[arg->port];
    if (channel_state(word) != EVTCHNSTAT_unbound && channel_state(word) != EVTCHNSTAT_interdomain &&
        !(channel_state(word) == EVTCHNSTAT_virq && !virq_is_per_vcpu(channel_low(word))))
        return -XEN_EINVAL;
    d->channels[arg->port] = (word & ~(15u << CHANNEL_VCPU_SHIFT)) | arg->vcpu << CHANNEL_VCPU_SHIFT;
    if (channel_state(word) == EVTCHNSTAT_interdomain) { /* the sender's word says whom it notifies */
        uint32_t *const sender = &channel_domain(word)->channels[channel_low(word)];

        *sender = (*sender & ~(15u << CHANNEL_TARGET_SHIFT)) | arg->vcpu << CHANNEL_TARGET_SHIFT;
    }
    return 0;
}
