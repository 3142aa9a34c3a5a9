/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a domain's life (restart_steps.h), up to the point where its pages are its own again and nobody's view
 * holds them. Static shared memory keeps its content: it is not only the domain's own.
 */
#include "hv/arch.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/evtchn.h"
#include "hv/main.h"
#include "hv/master.h"
#include "hv/memory.h"
#include "hv/page.h"
#include "hv/protect.h"
#include "hv/shared_info.h"
#include "hv/smp.h"
#include "restart_steps.h"

/* Requests to its vCPUs have been served, and the handler that did has ended. */
static void settle(struct domain *d)
{
    for (uint32_t id = 0; id < d->nr_vcpus; id++) {
        if (!smp_requests_served(&d->vcpus[id]))
            return;
    }
    smp_quiesce(d->cpus);
    go_to(d, PORTS);
}

static void close_ports(struct domain *d)
{
    if (!evtchn_stop_some(d))
        return;
    lock_acquire(&memory_lock);
    shared_info_reset(d);
    lock_release(&memory_lock);
    go_to(d, MASTERS);
}

/* The registers of its devices, as they are when the power comes on. */
static void reset_devices(const struct domain *d)
{
    const struct config_reset *const list =
        (const struct config_reset *)((const char *)config_verified + config_verified->resets);

    for (uint32_t i = 0; i < config_verified->nr_resets; i++) {
        if (&domains[list[i].domain] == d)
            *(uint32_t volatile *)(uintptr_t)list[i].address = list[i].value;
    }
    arch_dsb();
}

static void stop_masters(struct vcpu *v)
{
    struct domain *const d = v->domain;
    const char *name = NULL;
    bool quiet;

    lock_acquire(&memory_lock);
    master_close(d);
    lock_release(&memory_lock);
    protect_enter_view(d);
    if (d->restart.tries == 0) /* once: the word that stops a device may be the one that tells when it has */
        reset_devices(d);
    quiet = master_is_quiet(d, &name);
    protect_leave_view(v->cpu);
    if (quiet) {
        go_to(d, FOREIGN);
    } else if (++d->restart.tries == MASTER_LOOKS) {
        console_log("d%u stays down: its bus master %s does not stop", (unsigned)d->domid, name);
        restart_stay_down(v);
    } else {
        restart_sleep(v, master_look_ns(d));
    }
}

static void drop_foreign(struct domain *d)
{
    bool done;

    memory_change_begin(d);
    done = foreign_drop_some(d);
    memory_change_commit(d, true);
    memory_change_end();
    if (done)
        go_to(d, RESERVE);
}

static void reserve_pages(struct domain *d)
{
    const struct config_range *range;
    uintptr_t base;
    const uint32_t bytes = restart_next_pages(d, STEP_PAGES * PAGE_SIZE, &range, &base);

    if (bytes == 0) {
        go_to(d, PINS);
        return;
    }
    lock_acquire(&memory_lock);
    page_set_states(page_index(range, base), bytes >> PAGE_SHIFT, PAGE_RESERVED);
    lock_release(&memory_lock);
}

static void reserve(struct vcpu *v)
{
    reserve_pages(v->domain);
    if (v->domain->restart.phase == PINS && v->domain->state == DOMAIN_STOPPING)
        restart_stay_down(v);
}

void teardown_step(struct vcpu *v)
{
    struct domain *const d = v->domain;

    switch (d->restart.phase) {
    case SETTLE:
        settle(d);
        break;
    case PORTS:
        close_ports(d);
        break;
    case MASTERS:
        stop_masters(v);
        break;
    case FOREIGN:
        drop_foreign(d);
        break;
    default:
        reserve(v);
        break;
    }
}
