/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event channels: ports that go. A few at a time, because nobody's interrupts are to wait for a thousand of
 * them: EVTCHNOP_reset restarts as a hypercall, the stop of a domain is a step of many.
 */
#include "abi/errno.h"
#include "core/evtchn_port.h"
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/smp.h"
#include "hv/strategy.h"

enum { CLOSE_AT_ONCE = 8 };

struct lock channels_lock;

/* The lowest open ports; fewer than CLOSE_AT_ONCE: these are all. */
static uint32_t find_open(const struct domain *d, port_t ports[CLOSE_AT_ONCE])
{
    uint32_t nr = 0;

    for (uint32_t word = 0; word < EVTCHN_WORDS; word++) {
        for (uint32_t open = evtchn_ports_open(d)[word]; open; open &= open - 1) {
            ports[nr++] = 32 * word + (uint32_t)__builtin_ctz(open);
            if (nr == CLOSE_AT_ONCE)
                return nr;
        }
    }
    return nr;
}

/* The peer of an interdomain port becomes unbound, accepting the domain that closed. */
static void unpublish(struct domain *d, port_t port)
{
    const uint32_t word = d->channels[port];

    if (channel_state(word) == EVTCHNSTAT_interdomain) {
        uint32_t *const peer = &channel_domain(word)->channels[channel_low(word)];

        *peer = channel_make(EVTCHNSTAT_unbound, channel_vcpu(*peer), index_of(d), 0);
    }
    evtchn_unbind(d, port);
}

/* Then the pending bits go, once nobody can set them any more; mask and selector bits stay. */
static void close_ports(struct domain *d, const port_t *ports, uint32_t nr)
{
    struct peer_access access;

    for (uint32_t i = 0; i < nr; i++)
        unpublish(d, ports[i]);
    smp_quiesce(~BIT(cpu_this()->id));
    strategy->begin(&access);
    strategy->reach(&access, &d->shared_page);
    for (uint32_t i = 0; i < nr; i++)
        arch_test_and_clear_bit(&d->pending[ports[i] >> 5], BIT(ports[i] & 31));
    strategy->end(&access);
}

int32_t evtchn_close(struct vcpu *v, const struct evtchn_close *arg)
{
    struct domain *const d = v->domain;

    if (!port_is_valid(d, arg->port) || d->channels[arg->port] == 0)
        return -XEN_EINVAL;
    close_ports(d, &arg->port, 1);
    return 0;
}

int32_t evtchn_reset(struct vcpu *v, const struct evtchn_reset *arg)
{
    struct domain *const d = domain_find(arg->dom, v->domain);
    port_t ports[CLOSE_AT_ONCE];

    if (d == NULL)
        return -XEN_ESRCH;
    if (d != v->domain)
        return -XEN_EPERM;
    const uint32_t nr = find_open(d, ports);
    close_ports(d, ports, nr);
    return nr < CLOSE_AT_ONCE ? 0 : EVTCHN_AGAIN;
}

bool evtchn_stop_some(struct domain *d)
{
    port_t ports[CLOSE_AT_ONCE];
    uint32_t words[CLOSE_AT_ONCE];

    lock_acquire(&channels_lock);
    const uint32_t nr = find_open(d, ports);
    for (uint32_t i = 0; i < nr; i++)
        words[i] = d->channels[ports[i]];
    close_ports(d, ports, nr);
    for (uint32_t i = 0; i < nr; i++) {
        struct domain *const peer = channel_domain(words[i]);

        if (channel_state(words[i]) == EVTCHNSTAT_interdomain && peer != d)
            evtchn_notify(peer, channel_low(words[i]));
    }
    lock_release(&channels_lock);
    return nr < CLOSE_AT_ONCE;
}
