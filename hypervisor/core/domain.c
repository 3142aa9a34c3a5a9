/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains: found, started, stopped, crashed. What a domain owns is fixed by the configuration.
 */
#include "hv/domain.h"

#include "abi/sched.h"
#include "abi/xen.h"
#include "hv/arch.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/evtchn.h"
#include "hv/guest_access.h"
#include "hv/lock.h"
#include "hv/panic.h"
#include "hv/sched.h"
#include "hv/smp.h"

struct domain domains[CONFIG_MAX_DOMAINS];
uint32_t nr_domains;
uint64_t ram_limit;

struct domain *domain_find(domid_t domid, struct domain *caller)
{
    if (domid == DOMID_SELF)
        return caller;
    if (domid == 0 || domid > nr_domains)
        return NULL;
    return &domains[domid - 1];
}

bool domain_owns_ram(const struct domain *d, paddr_t base, uint32_t bytes)
{
    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *const range = &d->ranges[i];

        if ((range->kind == RANGE_RAM || range->kind == RANGE_SHM_OWNER) && range->base <= base.addr &&
            base.addr < range->limit)
            return bytes <= range->limit - base.addr;
    }
    return false;
}

static const char *stop_name(const struct domain *d)
{
    static const char *const names[] = {"poweroff", "reboot", "suspend", "crash", "watchdog", "soft_reset"};

    if (d->state == DOMAIN_RUNNING)
        return "running";
    return d->stop_reason < ARRAY_SIZE(names) ? names[d->stop_reason] : "crash";
}

const char *domain_state_name(const struct domain *d)
{
    return stop_name(d);
}

static bool all_stopped(void)
{
    for (uint32_t i = 0; i < nr_domains; i++) {
        if (domains[i].state == DOMAIN_RUNNING)
            return false;
    }
    return true;
}

/* One CPU stops a domain, however many want to. */
static bool claim_stop(struct domain *d)
{
    static struct lock lock;
    bool mine;

    lock_acquire(&lock);
    mine = d->state == DOMAIN_RUNNING;
    d->state = DOMAIN_STOPPED;
    lock_release(&lock);
    return mine;
}

void domain_shutdown(struct domain *d, uint32_t reason)
{
    if (!claim_stop(d))
        return;
    if (d->shutdown_code != SHUTDOWN_CODE_NONE)
        reason = d->shutdown_code;
    d->stop_reason = (uint8_t)reason;
    for (uint32_t i = 0; i < ARRAY_SIZE(d->watchdog); i++)
        d->watchdog[i] = DEADLINE_NONE;
    for (uint32_t i = 0; i < d->nr_vcpus; i++) {
        struct vcpu *const v = &d->vcpus[i];

        if (v->cpu == cpu_this())
            vcpu_stop(v);
        else
            smp_request_stop(v);
    }
    console_domain_flush(d);
    console_log("d%u stop %s", (unsigned)d->domid, stop_name(d));
    evtchn_close_all(d);
    if (d->config->flags & DOMAIN_ESSENTIAL || all_stopped())
        system_end(false);
}

void domain_crash(struct domain *d, const char *why)
{
    if (d->state == DOMAIN_STOPPED)
        return;
    d->crash_why = why;
    console_domain_flush(d);
    console_log("d%u CRASH %s", (unsigned)d->domid, why);
    for (uint32_t i = 0; i < d->nr_vcpus; i++) {
        if (d->vcpus[i].cpu == cpu_this())
            arch_vcpu_dump(&d->vcpus[i]);
    }
    d->shutdown_code = SHUTDOWN_CODE_NONE;
    domain_shutdown(d, SHUTDOWN_crash);
}
