/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delivery of an event wherever it comes from: another CPU, a domain with vCPUs on both CPUs, a bind. Atomic
 * updates serve them all; the case that counts, a send with both ends on one CPU, is evtchn_send.h.
 */
#include "abi/errno.h"
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/evtchn.h"
#include "hv/smp.h"
#include "hv/strategy.h"
#include "hv/vgic.h"

static void raise_upcall(struct vcpu *v)
{
    if (v->cpu == cpu_this())
        vgic_raise_upcall(v);
    else
        smp_request(v, SMP_UPCALL);
}

/* Steps 2 and 3 with atomic updates, because a vCPU of the domain may run on the other CPU right now. */
static bool select_shared(struct peer_access *access, struct vcpu *v, port_t port)
{
    uint32_t *const selector = (uint32_t *)&v->info->evtchn_pending_sel;

    strategy->reach(access, &v->info_page);
    if (arch_test_and_set_bit(selector, BIT(port >> 6)))
        return false;
    arch_dmb(); /* the selector before the flag: the guest clears the flag, then takes the selector */
    return !arch_test_and_set_bit((uint32_t *)v->info, 1);
}

void evtchn_deliver_here(struct domain *d, port_t port)
{
    struct peer_access access;
    struct vcpu *v = NULL;
    bool fresh;

    strategy->begin(&access);
    strategy->reach(&access, &d->shared_page);
    fresh = !arch_test_and_set_bit(&d->pending[port >> 5], BIT(port & 31));
    arch_dmb(); /* the pending bit before the mask is read: the guest unmasks, then looks at pending */
    if (fresh && !(d->mask[port >> 5] & BIT(port & 31))) {
        v = &d->vcpus[channel_vcpu(d->channels[port])];
        if (!select_shared(&access, v, port))
            v = NULL;
    }
    strategy->end(&access);
    if (v)
        raise_upcall(v);
    if (fresh)
        evtchn_wake_pollers(d, port);
}

void evtchn_notify(struct domain *d, port_t port)
{
    if (d->cpus == BIT(cpu_this()->id) || d->cpus & (d->cpus - 1))
        evtchn_deliver_here(d, port);
    else
        smp_post_event(d, port);
}

hot void evtchn_wake_pollers(struct domain *d, port_t port)
{
    struct cpu *const cpu = cpu_this();

    for (uint32_t polling = d->polling[cpu->id]; polling; polling &= polling - 1) {
        struct vcpu *const v = &d->vcpus[__builtin_ctz(polling)];

        if (v->poll_port != POLL_ANY && v->poll_port != (int32_t)port)
            continue;
        d->polling[cpu->id] &= ~BIT(v->id);
        vgic_wake_on(cpu, v);
    }
    for (uint32_t polling = d->polling[1 - cpu->id]; unlikely(polling); polling &= polling - 1) {
        struct vcpu *const v = &d->vcpus[__builtin_ctz(polling)];

        if (v->poll_port == POLL_ANY || v->poll_port == (int32_t)port)
            smp_request(v, SMP_POLL);
    }
}

int32_t evtchn_unmask(struct domain *d, port_t port)
{
    struct peer_access access;
    struct vcpu *v = NULL;

    if (port >= d->nr_ports)
        return -XEN_EINVAL;
    if (d->channels[port] == 0)
        return 0;
    strategy->begin(&access);
    strategy->reach(&access, &d->shared_page);
    const bool was_masked = arch_test_and_clear_bit(&d->mask[port >> 5], BIT(port & 31));
    arch_dmb(); /* the mask before pending is read: a sender sets pending, then reads the mask */
    if (was_masked && d->pending[port >> 5] & BIT(port & 31)) {
        v = &d->vcpus[channel_vcpu(d->channels[port])];
        if (!select_shared(&access, v, port))
            v = NULL;
    }
    strategy->end(&access);
    if (v)
        raise_upcall(v);
    return 0;
}
