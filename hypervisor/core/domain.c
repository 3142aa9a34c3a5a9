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
#include "hv/lock.h"
#include "hv/panic.h"
#include "hv/probe.h"
#include "hv/restart.h"
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

static const char *stop_reason_name(const struct domain *d)
{
    static const char *const names[] = {"poweroff", "reboot", "suspend", "crash", "watchdog", "soft_reset"};

    return d->stop_reason < ARRAY_SIZE(names) ? names[d->stop_reason] : "crash";
}

const char *domain_state_name(const struct domain *d)
{
    if (d->state == DOMAIN_RUNNING)
        return "running";
    return d->state == DOMAIN_RESTARTING ? "restarting" : stop_reason_name(d);
}

static bool all_stopped(void)
{
    for (uint32_t i = 0; i < nr_domains; i++) {
        if (domains[i].state == DOMAIN_RUNNING || domains[i].state == DOMAIN_RESTARTING)
            return false;
    }
    return true;
}

void domain_ended(const struct domain *d)
{
    if (d->config->flags & DOMAIN_ESSENTIAL || all_stopped())
        system_end(false);
}

/* One CPU stops a domain, however many want to. */
static bool claim_stop(struct domain *d, uint32_t reason)
{
    static struct lock lock;
    bool mine;

    lock_acquire(&lock);
    mine = d->state == DOMAIN_RUNNING;
    if (mine)
        d->state = restart_is_due(d, reason) ? DOMAIN_RESTARTING : DOMAIN_STOPPING;
    lock_release(&lock);
    return mine;
}

void domain_shutdown(struct domain *d, uint32_t reason)
{
    if (d->shutdown_code != SHUTDOWN_CODE_NONE)
        reason = d->shutdown_code;
    if (!claim_stop(d, reason))
        return;
    d->stop_reason = (uint8_t)reason;
    for (uint32_t i = 0; i < ARRAY_SIZE(d->watchdog); i++)
        d->watchdog[i] = DEADLINE_NONE;
    console_domain_flush(d);
    console_log("d%u stop %s", (unsigned)d->domid, stop_reason_name(d));
    if (d->state == DOMAIN_STOPPING)
        domain_ended(d);
    for (uint32_t i = 0; i < d->nr_vcpus; i++) {
        struct vcpu *const v = &d->vcpus[i];

        if (v->cpu == cpu_this())
            vcpu_stop(v);
        else
            smp_request_stop(v);
    }
}

void domain_crash(struct domain *d, const char *why)
{
    if (d->state != DOMAIN_RUNNING)
        return;
    PROBE("irq.out");
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
