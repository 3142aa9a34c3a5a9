/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event channels: the operations that make, move and close ports. Sends that can be delivered at once never
 * come here (evtchn_send.h).
 */
#include "hv/evtchn.h"

#include "abi/errno.h"
#include "abi/xen.h"
#include "hv/cpu.h"
#include "hv/guest_access.h"
#include "hv/lock.h"
#include "hv/panic.h"
#include "hv/smp.h"
#include "hv/strategy.h"

static uint32_t channels[CONFIG_MAX_DOMAINS][CONFIG_MAX_PORTS];
static struct lock channels_lock;

static uint32_t index_of(const struct domain *d)
{
    return d->domid - 1u;
}

static bool port_is_valid(const struct domain *d, port_t port)
{
    return port < d->nr_ports;
}

/* LOCAL when nobody but this pair's one CPU touches the receiver's event pages. */
static uint32_t local_if(uint32_t cpu_mask)
{
    return cpu_mask & (cpu_mask - 1) ? 0 : CHANNEL_LOCAL;
}

static void connect(struct domain *d, port_t port, struct domain *peer, port_t peer_port)
{
    const uint32_t vcpu = channel_vcpu(d->channels[port]);

    d->channels[port] = channel_make(EVTCHNSTAT_interdomain, vcpu, index_of(peer), peer_port) |
                        channel_vcpu(peer->channels[peer_port]) << CHANNEL_TARGET_SHIFT |
                        local_if(d->cpus | peer->cpus);
}

/* The lowest free port from 1, or -XEN_ENOSPC. */
static int32_t allocate(const struct domain *d)
{
    for (uint32_t port = 1; port < d->nr_ports; port++) {
        if (d->channels[port] == 0)
            return (int32_t)port;
    }
    return -XEN_ENOSPC;
}

void evtchn_init_domain(struct domain *d)
{
    d->channels = channels[index_of(d)];
    for (uint32_t port = 0; port < CONFIG_MAX_PORTS; port++)
        d->channels[port] = 0;
}

uint32_t evtchn_count_open(const struct domain *d)
{
    uint32_t open = 0;

    for (uint32_t port = 1; port < d->nr_ports; port++)
        open += d->channels[port] != 0;
    return open;
}

/* Clears the pending bit of a closed port; the mask and selector bits stay. */
static void clear_pending(struct domain *d, port_t port)
{
    struct peer_access access;

    strategy->begin(&access);
    strategy->reach(&access, &d->shared_page);
    arch_test_and_clear_bit(&d->pending[port >> 5], BIT(port & 31));
    strategy->end(&access);
}

/* channels_lock held. The peer of an interdomain port becomes unbound, accepting the domain that closed. */
static void close_port(struct domain *d, port_t port)
{
    const uint32_t word = d->channels[port];

    if (channel_state(word) == EVTCHNSTAT_interdomain) {
        struct domain *const peer = channel_domain(word);
        const port_t peer_port = channel_low(word);
        const uint32_t vcpu = channel_vcpu(peer->channels[peer_port]);

        if (peer != d || peer_port != port)
            peer->channels[peer_port] = channel_make(EVTCHNSTAT_unbound, vcpu, index_of(d), 0);
    }
    d->channels[port] = 0;
    smp_quiesce(~BIT(cpu_this()->id));
    clear_pending(d, port);
}

void evtchn_close_all(struct domain *d)
{
    lock_acquire(&channels_lock);
    for (uint32_t port = 1; port < d->nr_ports; port++) {
        if (d->channels[port])
            close_port(d, port);
    }
    lock_release(&channels_lock);
}

void evtchn_make_static(const struct config_header *config)
{
    const struct config_channel *const list = (const struct config_channel *)((const char *)config + config->channels);

    for (uint32_t i = 0; i < config->nr_channels; i++) {
        struct domain *const a = &domains[list[i].domain_a], *const b = &domains[list[i].domain_b];

        connect(a, list[i].port_a, b, list[i].port_b);
        connect(b, list[i].port_b, a, list[i].port_a);
        evtchn_notify(b, list[i].port_b);
    }
}

static int32_t alloc_unbound(struct vcpu *v, struct evtchn_alloc_unbound *arg)
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
    d->channels[port] = channel_make(EVTCHNSTAT_unbound, 0, index_of(remote), 0);
    arg->port = (uint32_t)port;
    return 0;
}

static int32_t bind_interdomain(struct vcpu *v, struct evtchn_bind_interdomain *arg)
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
    connect(d, (uint32_t)port, remote, arg->remote_port);
    connect(remote, arg->remote_port, d, (uint32_t)port);
    arg->local_port = (uint32_t)port;
    evtchn_notify(d, (uint32_t)port); /* the other side may have sent before */
    return 0;
}

static bool virq_is_per_vcpu(uint32_t virq)
{
    return virq == VIRQ_TIMER || virq == VIRQ_DEBUG || virq == VIRQ_XENOPROF || virq == VIRQ_XENPMU;
}

static bool virq_is_bound(const struct domain *d, uint32_t virq, uint32_t vcpu)
{
    for (uint32_t port = 1; port < d->nr_ports; port++) {
        const uint32_t word = d->channels[port];

        if (channel_state(word) == EVTCHNSTAT_virq && channel_low(word) == virq &&
            (!virq_is_per_vcpu(virq) || channel_vcpu(word) == vcpu))
            return true;
    }
    return false;
}

static int32_t bind_virq(struct vcpu *v, struct evtchn_bind_virq *arg)
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
    if (virq_is_bound(d, arg->virq, arg->vcpu))
        return -XEN_EEXIST;
    port = allocate(d);
    if (port < 0)
        return port;
    d->channels[port] = channel_make(EVTCHNSTAT_virq, arg->vcpu, index_of(d), arg->virq);
    arg->port = (uint32_t)port;
    return 0;
}

static int32_t bind_ipi(struct vcpu *v, struct evtchn_bind_ipi *arg)
{
    struct domain *const d = v->domain;
    int32_t port;

    if (arg->vcpu >= d->nr_vcpus)
        return -XEN_ENOENT;
    port = allocate(d);
    if (port < 0)
        return port;
    d->channels[port] =
        channel_make(EVTCHNSTAT_ipi, arg->vcpu, index_of(d), (uint32_t)port) | arg->vcpu << CHANNEL_TARGET_SHIFT |
        local_if(d->cpus);
    arg->port = (uint32_t)port;
    return 0;
}

static int32_t bind_vcpu(struct vcpu *v, const struct evtchn_bind_vcpu *arg)
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

static int32_t close_op(struct vcpu *v, const struct evtchn_close *arg)
{
    struct domain *const d = v->domain;

    if (!port_is_valid(d, arg->port) || d->channels[arg->port] == 0)
        return -XEN_EINVAL;
    close_port(d, arg->port);
    return 0;
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

static int32_t reset(struct vcpu *v, const struct evtchn_reset *arg)
{
    struct domain *const d = domain_find(arg->dom, v->domain);

    if (d == NULL)
        return -XEN_ESRCH;
    if (d != v->domain)
        return -XEN_EPERM;
    for (uint32_t port = 1; port < d->nr_ports; port++) {
        if (d->channels[port])
            close_port(d, port);
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
        return bind_interdomain(v, &arg->bind_interdomain);
    case EVTCHNOP_bind_virq:
        return bind_virq(v, &arg->bind_virq);
    case EVTCHNOP_close:
        return close_op(v, &arg->close);
    case EVTCHNOP_send:
        return send(v, &arg->send);
    case EVTCHNOP_status:
        return status(v, &arg->status);
    case EVTCHNOP_alloc_unbound:
        return alloc_unbound(v, &arg->alloc_unbound);
    case EVTCHNOP_bind_ipi:
        return bind_ipi(v, &arg->bind_ipi);
    case EVTCHNOP_bind_vcpu:
        return bind_vcpu(v, &arg->bind_vcpu);
    case EVTCHNOP_unmask:
        return evtchn_unmask(v->domain, arg->unmask.port);
    case EVTCHNOP_reset:
        return reset(v, &arg->reset);
    case EVTCHNOP_set_priority:
        return set_priority(v, &arg->set_priority);
    default: /* bind_pirq, and the FIFO ABI */
        return -XEN_EOPNOTSUPP;
    }
}

int32_t evtchn_op_slow(uint32_t cmd, uintptr_t arg, uint32_t unused, struct vcpu *v)
{
    union evtchn_argument block;
    int32_t result;

    (void)unused;
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
    if (result == 0 && arguments[cmd].direction == IN_OUT)
        return guest_write(v, arg, &block, arguments[cmd].bytes);
    return result;
}
