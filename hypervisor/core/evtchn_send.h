/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hot calls of event channels, compiled once per access strategy: the strategy's .c defines STRATEGY,
 * peer_begin, peer_reach and peer_end (hv/strategy.h) and then includes this file.
 *
 * Order of a delivery (Xen common/event_2l.c): pending bit; if it was clear and the mask bit is clear, the
 * selector bit; if it was clear, the upcall flag; if it was clear, the upcall. Pollers are woken masked or
 * not. On a LOCAL channel the receiver's vCPUs all live on this CPU, so they do not run while we do and
 * plain loads and stores are the single-copy atomic updates the ABI asks for: an exclusive access of the
 * guest that we interrupted fails, because the exception return clears its monitor.
 */
#include "abi/errno.h"
#include "hv/evtchn.h"
#include "hv/guest_access.h"
#include "hv/panic.h"
#include "hv/protect.h"
#include "hv/strategy.h"
#include "hv/vgic.h"

#define CONCAT_(a, b) a##_##b
#define CONCAT(a, b) CONCAT_(a, b)
#define NAMED(name) CONCAT(name, STRATEGY)
#define STRING_(a) #a
#define STRING(a) STRING_(a)

/* Steps 2 and 3 for a port whose pending bit is set and whose mask bit is clear. Null: no upcall is due. */
always_inline struct vcpu *select_local(struct peer_access *access, struct vcpu *v, uint32_t port)
{
    struct vcpu_info *const info = v->info;
    uint32_t *const selector = (uint32_t *)&info->evtchn_pending_sel;
    const uint32_t bit = BIT(port >> 6);

    peer_reach(access, &v->info_page);
    const uint32_t old = *selector;
    if (old & bit)
        return NULL;
    *selector = old | bit;
    if (info->evtchn_upcall_pending)
        return NULL;
    info->evtchn_upcall_pending = 1;
    return v;
}

/* Delivers on a LOCAL channel. */
always_inline void deliver_local(struct peer_access *access, uint32_t channel)
{
    struct domain *const d = channel_domain(channel);
    const uint32_t port = channel_low(channel);
    uint32_t *const pending = &d->pending[port >> 5];
    const uint32_t bit = BIT(port & 31);
    struct vcpu *upcall = NULL;

    peer_reach(access, &d->shared_page);
    const uint32_t old = *pending;
    if (old & bit) {
        peer_end(access);
        return;
    }
    *pending = old | bit;
    if (!(d->mask[port >> 5] & bit))
        upcall = select_local(access, channel_target(d, channel), port);
    peer_end(access);
    checked_only(protect_check(access->cpu));
    if (upcall)
        vgic_raise_upcall_on(access->cpu, upcall);
    if (unlikely(d->polling[0] | d->polling[1]))
        evtchn_wake_pollers(d, port);
}

static hypercall_fn NAMED(event_channel_op);

/* The vCPU comes in the register in which the caller has it; `unused` are there to keep it so. */
hot static __attribute__((noipa)) int32_t NAMED(send_local)(uint32_t channel, reg_t unused1, reg_t unused2,
                                                            struct vcpu *v)
{
    struct peer_access access;

    (void)unused1;
    (void)unused2;
    peer_begin(&access, v->cpu, v->domain->bit);
    deliver_local(&access, channel);
    return 0;
}

/*
 * EVTCHNOP_send on a LOCAL channel, decided in a few compares; everything else is evtchn_op_slow. Nothing but
 * jumps leaves this function, so it needs no stack and the arguments stay where they are.
 */
hot static int32_t NAMED(event_channel_op)(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    if (unlikely(cmd != EVTCHNOP_send))
        return evtchn_op_slow(cmd, arg, unused, v);
    if (unlikely(arg - v->buffer_base >= v->buffer_span))
        return evtchn_op_slow(EVTCHNOP_send, arg, unused, v);

    const uint32_t port = *(const uint32_t *)guest_place(v, arg);
    if (unlikely(port >= CONFIG_MAX_PORTS)) /* every table has that many words; beyond a domain's limit they are 0 */
        return -XEN_EINVAL;
    const uint32_t channel = v->domain->channels[port];
    if (unlikely(!(channel & CHANNEL_LOCAL)))
        return evtchn_op_slow(EVTCHNOP_send, arg, port, v); /* the third argument is nobody's */
    return NAMED(send_local)(channel, arg, port, v);
}

static void NAMED(begin)(struct peer_access *access)
{
    struct cpu *const cpu = cpu_this();

    peer_begin(access, cpu, cpu->current->domain->bit);
}

static void NAMED(reach)(struct peer_access *access, const struct peer_page *page)
{
    peer_reach(access, page);
}

static void NAMED(end)(struct peer_access *access)
{
    peer_end(access);
    checked_only(protect_check(access->cpu));
}

const struct strategy NAMED(strategy) = {
    .name = STRING(STRATEGY),
    .event_channel_op = NAMED(event_channel_op),
    .begin = NAMED(begin),
    .reach = NAMED(reach),
    .end = NAMED(end),
};
