/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the event channels share: the table of ports and its index. Everything here under
 * channels_lock; the rules are those of hv/evtchn.h.
 */
#ifndef CORE_EVTCHN_PORT_H
#define CORE_EVTCHN_PORT_H

#include "hv/evtchn.h"
#include "hv/lock.h"

extern struct lock channels_lock;

static inline uint32_t index_of(const struct domain *d)
{
    return d->domid - 1u;
}

static inline bool port_is_valid(const struct domain *d, port_t port)
{
    return port < d->nr_ports;
}

static inline void port_open(struct domain *d, port_t port, uint32_t word)
{
    d->channels[port] = word;
    evtchn_ports_open(d)[port >> 5] |= BIT(port & 31);
}

/* Both ends become interdomain and keep the vCPU that they notify. */
void evtchn_connect(struct domain *a, port_t port_a, struct domain *b, port_t port_b);

/* Takes the word away; the VIRQ bound to the port is free again. Closing does the rest (evtchn_close.c). */
void evtchn_unbind(struct domain *d, port_t port);

int32_t evtchn_alloc_unbound(struct vcpu *v, struct evtchn_alloc_unbound *arg);
int32_t evtchn_bind_interdomain(struct vcpu *v, struct evtchn_bind_interdomain *arg);
int32_t evtchn_bind_virq(struct vcpu *v, struct evtchn_bind_virq *arg);
int32_t evtchn_bind_ipi(struct vcpu *v, struct evtchn_bind_ipi *arg);
int32_t evtchn_bind_vcpu(struct vcpu *v, const struct evtchn_bind_vcpu *arg);
int32_t evtchn_close(struct vcpu *v, const struct evtchn_close *arg);

/* EVTCHN_AGAIN: not all ports are closed yet. */
enum { EVTCHN_AGAIN = 1 };
int32_t evtchn_reset(struct vcpu *v, const struct evtchn_reset *arg);

#endif
