/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sched_op: a guest gives up its CPU, for a while or for good.
 */
#include "abi/sched.h"

#include "abi/errno.h"
#include "hv/arch.h"
#include "hv/domain.h"
#include "hv/evtchn.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/sched.h"
#include "hv/strategy.h"
#include "hv/time.h"
#include "hv/trap.h"
#include "hv/vgic.h"

#include <guest_list_unit.h>

static bool read_pending(struct domain *d, uint32_t port)
{
    struct peer_access access;
    bool pending;

    strategy->begin(&access);
    strategy->reach(&access, &d->shared_page);
    pending = d->pending[port >> 5] & BIT(port & 31);
    strategy->end(&access);
    return pending;
}

/* Is the port pending, masked or not? A port that cannot be polled is -EINVAL. */
always_inline int32_t poll_look(struct domain *d, uint32_t port)
{
    if (unlikely(port >= CONFIG_MAX_PORTS || d->channels[port] == 0))
        return -XEN_EINVAL;
    if (likely(d->shared_page.held_by & d->bit))
        return d->pending[port >> 5] >> (port & 31) & 1;
    return read_pending(d, port);
}

/*
 * Looks through the list for the first port with a bit in `stop`, POLL_NONE if there is none; returns the ports so far
 * ORed, so that one beyond the table shows. Each is read once.
 */
#define POLL_NONE UINT32_MAX
hot static __attribute__((noinline)) uint32_t look_through(const char *list, uint32_t nr, const uint32_t *stop, uint32_t *found)
{
    const char *const end = list + nr * sizeof(uint32_t);
    uint32_t all = 0;

    *found = POLL_NONE;
#pragma GCC unroll 2
    for (; list != end; list += sizeof(uint32_t)) {
        const uint32_t port = arch_load_word(list), bits = stop[port >> 5 & (CONFIG_MAX_PORTS / 32 - 1)];

        all |= port;
        if ((bits >> (port & 31) | bits << (-port & 31)) & 1) {
            *found = port;
            break;
        }
    }
    return all;
}

/* 1 when one of the ports is pending, 0 when none is; a wrong one before that is -EINVAL. */
hot static int32_t poll_list(struct domain *d, const char *list, uint32_t nr)
{
    const uint32_t *const open = evtchn_ports_open(d), *pending;
    uint32_t stop[CONFIG_MAX_PORTS / 32];
    struct peer_access access;
    uint32_t port;

    strategy->begin(&access);
    strategy->reach(&access, &d->shared_page);
    pending = d->pending;
    for (uint32_t word = 0; word < ARRAY_SIZE(stop); word++)
        stop[word] = pending[word] | ~open[word];
    strategy->end(&access);
    if (look_through(list, nr, stop, &port) >= CONFIG_MAX_PORTS)
        return -XEN_EINVAL;
    if (port == POLL_NONE)
        return 0;
    return d->channels[port] ? 1 : -XEN_EINVAL;
}

/*
 * A vCPU of the domain on the other CPU may have sent between our look and our polling bit: it sets pending,
 * then reads the bit; we set the bit, then look at pending once more.
 */
static bool poll_missed(struct vcpu *v, int32_t port)
{
    arch_dmb();
    if (port == POLL_ANY || poll_look(v->domain, (uint32_t)port) == 0)
        return false;
    v->domain->polling[v->cpu_id] &= ~BIT(v->id);
    return true;
}

always_inline int32_t poll_sleep(struct vcpu *v, int32_t port, uint64_t timeout)
{
    if (unlikely(vgic_has_pending(v)))
        return 0;
    v->poll_port = port;
    v->domain->polling[v->cpu_id] |= BIT(v->id);
    if (unlikely(v->domain->cpus & (v->domain->cpus - 1)) && poll_missed(v, port))
        return 0;
    sched_block_until(v, timeout ? time_ticks_of_ns(timeout) : DEADLINE_NONE);
    return 0;
}

static int32_t poll_many(struct vcpu *v, uintptr_t arg)
{
    port_t copy[SCHED_POLL_MAX_PORTS];
    struct sched_poll poll;
    int32_t found;

    if (guest_read(v, &poll, arg, sizeof(poll)))
        return -XEN_EFAULT;
    if (poll.nr_ports > SCHED_POLL_MAX_PORTS)
        return -XEN_EINVAL;
    if (vgic_upcall_deliverable())
        return 0;
    if (poll.nr_ports == 0)
        return poll_sleep(v, POLL_ANY, poll.timeout);
    if (!arch_is_address(poll.ports))
        return -XEN_EFAULT;
    const char *const list = guest_list(v, (uintptr_t)poll.ports, poll.nr_ports * (uint32_t)sizeof(port_t), copy);
    if (list == NULL)
        return -XEN_EFAULT;
    found = poll_list(v->domain, list, poll.nr_ports);
    if (found)
        return found < 0 ? found : 0;
    return poll_sleep(v, poll.nr_ports == 1 ? (int32_t)arch_load_word(list) : POLL_ANY, poll.timeout);
}

/* One port, everything in the caller's run: what event-driven guests do all the time. */
hot static int32_t sched_poll(struct vcpu *v, uintptr_t arg)
{
    const volatile struct sched_poll *const poll = (const volatile struct sched_poll *)guest_place(v, arg);

    if (!guest_is_direct(v, arg, sizeof(*poll)) || poll->nr_ports != 1)
        return poll_many(v, arg);

    const uint64_t list = poll->ports;
    if (!arch_is_address(list) || !guest_is_direct(v, (uintptr_t)list, sizeof(uint32_t)))
        return poll_many(v, arg);
    if (unlikely(vgic_upcall_deliverable()))
        return 0;

    const uint32_t port = *(const volatile uint32_t *)guest_place(v, (uintptr_t)list);
    const int32_t found = poll_look(v->domain, port);
    if (found)
        return found < 0 ? found : 0;
    return poll_sleep(v, (int32_t)port, poll->timeout);
}

static int32_t sched_shutdown(struct vcpu *v, uintptr_t arg, bool latch_only)
{
    struct domain *const d = v->domain;
    struct sched_shutdown shutdown;

    if (guest_read(v, &shutdown, arg, sizeof(shutdown)))
        return -XEN_EFAULT;
    if (!latch_only)
        domain_shutdown(d, shutdown.reason & 0xff);
    else if (d->shutdown_code == SHUTDOWN_CODE_NONE)
        d->shutdown_code = (uint8_t)shutdown.reason;
    return 0;
}

static int32_t sched_remote_shutdown(struct vcpu *v, uintptr_t arg)
{
    struct sched_remote_shutdown remote;

    if (guest_read(v, &remote, arg, sizeof(remote)))
        return -XEN_EFAULT;
    if (remote.domain_id == DOMID_SELF || domain_find(remote.domain_id, v->domain) == NULL)
        return -XEN_ESRCH;
    return -XEN_EPERM;
}

static int32_t watchdog_allocate(struct domain *d)
{
    for (uint32_t i = 0; i < SCHED_NR_WATCHDOGS; i++) {
        if (!(d->watchdog_in_use & BIT(i))) {
            d->watchdog_in_use |= BIT(i);
            return (int32_t)i + 1;
        }
    }
    return -XEN_ENOSPC;
}

static int32_t sched_watchdog(struct vcpu *v, uintptr_t arg)
{
    struct domain *const d = v->domain;
    struct sched_watchdog watchdog;
    int32_t result = 0;

    if (guest_read(v, &watchdog, arg, sizeof(watchdog)))
        return -XEN_EFAULT;
    if (watchdog.id > SCHED_NR_WATCHDOGS)
        return -XEN_EINVAL;
    if (watchdog.id == 0) {
        result = watchdog_allocate(d);
        if (result < 0)
            return result;
        watchdog.id = (uint32_t)result;
    } else if (!(d->watchdog_in_use & BIT(watchdog.id - 1))) {
        return -XEN_EINVAL;
    } else if (watchdog.timeout == 0) {
        d->watchdog_in_use &= ~BIT(watchdog.id - 1);
        d->watchdog[watchdog.id - 1] = DEADLINE_NONE;
        return 0;
    }
    d->watchdog[watchdog.id - 1] = arch_counter() + time_ticks_of_seconds(watchdog.timeout);
    sched_program_timer(d->vcpus[0].cpu);
    return result;
}

static __attribute__((noinline)) int32_t sched_op_slow(uint32_t cmd, uintptr_t arg, struct vcpu *v)
{
    switch (cmd) {
    case SCHEDOP_yield:
        sched_yield(v);
        return 0;
    case SCHEDOP_block:
        arch_unmask_guest_irq(v);
        sched_block(v);
        return 0;
    case SCHEDOP_shutdown:
        return sched_shutdown(v, arg, false);
    case SCHEDOP_shutdown_code:
        return sched_shutdown(v, arg, true);
    case SCHEDOP_remote_shutdown:
        return sched_remote_shutdown(v, arg);
    case SCHEDOP_watchdog:
        return sched_watchdog(v, arg);
    case SCHEDOP_pin_override:
        return -XEN_EPERM;
    default:
        return -XEN_ENOSYS;
    }
}

/* Poll is the one call here that event-driven guests make all the time. */
hot int32_t hypercall_sched_op(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    (void)unused;
    if (likely(cmd == SCHEDOP_poll))
        return sched_poll(v, arg);
    return sched_op_slow(cmd, arg, v);
}
