/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event channels, two-level ABI.
 *
 * A channel is one 32-bit word, so that a sender reads it whole and no lock is needed on the send path:
 *
 *   31     LOCAL: send may deliver at once. Interdomain or IPI, and every vCPU of both domains lives on the
 *          same CPU, so nobody else touches the receiver's event pages meanwhile: plain loads and stores do.
 *   30:28  state (enum evtchn_status)
 *   27:24  vCPU of this domain that the port notifies
 *   23:16  index of the other domain (interdomain, unbound; IPI: this domain)
 *   15:12  vCPU that the port at the other end notifies (interdomain; IPI: this port's)
 *   11:0   port at the other end (interdomain; IPI: this port), or VIRQ number
 *
 * Rules: words change under channels_lock only; closing unpublishes the word and runs smp_quiesce() before
 * the port can be given out again.
 */
#ifndef HV_EVTCHN_H
#define HV_EVTCHN_H

#include "abi/event_channel.h"
#include "hv/domain.h"

_Static_assert(CONFIG_MAX_PORTS <= 1024, "a port's selector bit is in the first 32-bit word of the selector");

#define CHANNEL_LOCAL 0x80000000u
enum {
    CHANNEL_STATE_SHIFT = 28,
    CHANNEL_VCPU_SHIFT = 24,
    CHANNEL_DOMAIN_SHIFT = 16,
    CHANNEL_TARGET_SHIFT = 12,
};

static inline uint32_t channel_make(enum evtchn_status state, uint32_t vcpu, uint32_t domain, uint32_t low)
{
    return (uint32_t)state << CHANNEL_STATE_SHIFT | vcpu << CHANNEL_VCPU_SHIFT | domain << CHANNEL_DOMAIN_SHIFT | low;
}

static inline uint32_t channel_state(uint32_t word)
{
    return word >> CHANNEL_STATE_SHIFT & 7;
}

static inline uint32_t channel_vcpu(uint32_t word)
{
    return word >> CHANNEL_VCPU_SHIFT & 15;
}

static inline struct domain *channel_domain(uint32_t word)
{
    return &domains[word >> CHANNEL_DOMAIN_SHIFT & 0xff];
}

static inline uint32_t channel_low(uint32_t word)
{
    return word & 0xfff;
}

/* The vCPU an event of this LOCAL or interdomain channel is for. */
static inline struct vcpu *channel_target(struct domain *d, uint32_t word)
{
    return &d->vcpus[word >> CHANNEL_TARGET_SHIFT & 15];
}

/* Bit per open port, so that nobody looks for one in a thousand words. */
enum { EVTCHN_WORDS = CONFIG_MAX_PORTS / 32 };
extern uint32_t ports_open[CONFIG_MAX_DOMAINS][EVTCHN_WORDS];

static inline uint32_t *evtchn_ports_open(const struct domain *d)
{
    return ports_open[d->domid - 1u];
}

/* Makes `port` of `d` pending, on whatever CPU the caller runs (chapter "How an event becomes pending"). */
void evtchn_notify(struct domain *d, port_t port);

/* The part of it that must run on a CPU that may write the domain's event pages. */
void evtchn_deliver_here(struct domain *d, port_t port);

/* Wakes the vCPUs of `d` that poll for `port` (or for any). Call on a CPU of the domain. */
void evtchn_wake_pollers(struct domain *d, port_t port);

/* EVTCHNOP_unmask: the mirror image of a delivery. 0, or -XEN_EINVAL for a port beyond the limit. */
must_check int32_t evtchn_unmask(struct domain *d, port_t port);

/* Boot: no port is open. Then, once all domains exist, the static channels. */
void evtchn_init_domain(struct domain *d);
void evtchn_make_static(const struct config_header *config);

/*
 * A stopped domain, one step of the stop: a few ports are closed at both ends. A peer's port becomes unbound and
 * is made pending, which tells the peer (EVTCHNOP_close does not). True: no port is left.
 * Like every function here it finds the view of cpu->current loaded.
 */
must_check bool evtchn_stop_some(struct domain *d);

/*
 * A domain that restarts and does not count as running yet, all ports closed, event words reset: one more of its
 * static channels is made as at boot, the B side pending, and a peer's end is made pending too. An end that the peer
 * has put to another use stays what it is, and a line says so. True: that was the last one.
 */
must_check bool evtchn_remake_static(struct domain *d);

/* The whole stop at once. */
static inline void evtchn_close_all(struct domain *d)
{
    while (!evtchn_stop_some(d))
        ;
}

/* event_channel_op of everything but a send that can be delivered at once. */
int32_t evtchn_op_slow(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v);

#endif
