/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The start of a domain's next life, with the same pages (founding document 001; restart_steps.h): from the wait for
 * pages that others map to the first instruction of vCPU 0.
 */
#include "hv/restart.h"

#include "abi/sched.h"
#include "hv/arch.h"
#include "hv/console.h"
#include "hv/content.h"
#include "hv/cpu.h"
#include "hv/direct_map.h"
#include "hv/evtchn.h"
#include "hv/main.h"
#include "hv/master.h"
#include "hv/memory.h"
#include "hv/page.h"
#include "hv/probe.h"
#include "hv/protect.h"
#include "hv/sched.h"
#include "hv/time.h"
#include "hv/vgic.h"
#include "hv/vuart.h"
#include "restart_steps.h"

enum { PINS_NS = 1000 * 1000 };

static bool is_module_page(const struct config_module *module, uintptr_t base)
{
    return module->size && base + PAGE_SIZE > (uintptr_t)module->target && base < (uintptr_t)module->target + module->size;
}

static bool is_needed(const struct config_domain *c, uintptr_t base)
{
    return is_module_page(&c->kernel, base) || is_module_page(&c->device_tree, base) || is_module_page(&c->ramdisk, base);
}

bool restart_is_due(const struct domain *d, uint32_t reason)
{
    return d->config->restart == RESTART_ALWAYS || (d->config->restart == RESTART_ON_REBOOT && reason == SHUTDOWN_reboot);
}

void restart_begin(struct vcpu *v)
{
    go_to(v->domain, SETTLE);
    v->cpu->ready |= v->bit;
    v->cpu->attention |= ATTENTION_RESCHED;
}

void restart_sleep(struct vcpu *v, uint64_t ns)
{
    v->deadline = arch_counter() + time_ticks_of_ns(ns);
    v->wake_bit = v->bit;
    v->cpu->ready &= ~v->bit;
    sched_program_timer(v->cpu);
}

void restart_stay_down(struct vcpu *v)
{
    v->domain->state = DOMAIN_STOPPED;
    v->wake_bit = 0;
    v->cpu->ready &= ~v->bit;
    domain_ended(v->domain);
}

uint32_t restart_next_pages(struct domain *d, uint32_t most, const struct config_range **range, uintptr_t *base)
{
    struct restart *const r = &d->restart;

    for (; r->range < d->config->nr_ranges; r->range++, r->offset = 0) {
        const struct config_range *const at = &d->ranges[r->range];
        const uint32_t left = (uint32_t)(at->limit - at->base) - r->offset;

        if (at->kind != RANGE_RAM || left == 0)
            continue;
        *range = at;
        *base = (uintptr_t)at->base + r->offset;
        most = left < most ? left : most;
        r->offset += most;
        return most;
    }
    return 0;
}

/* The first page at or after `base` that somebody else maps and that the restart cannot go without. */
static bool find_pinned(const struct domain *d, const struct config_range *range, uintptr_t base, uint32_t bytes,
                        uintptr_t *found)
{
    if (!page_any_pinned(page_index(range, base), bytes >> PAGE_SHIFT))
        return false;
    for (uintptr_t at = base; at < base + bytes; at += PAGE_SIZE) {
        if (!(page_pins[page_index(range, at)] & PAGE_PIN_COUNT))
            continue;
        if (d->config->flags & DOMAIN_RESERVE_PINNED && !is_needed(d->config, at))
            continue;
        *found = at;
        return true;
    }
    return false;
}

static void wait_for_pins(struct vcpu *v)
{
    struct domain *const d = v->domain;
    const struct config_range *range;
    uintptr_t base, pinned;
    const uint32_t bytes = restart_next_pages(d, STEP_PAGES / 4 * PAGE_SIZE, &range, &base);

    if (bytes == 0) {
        PROBE("restart.bulk"); /* what grows with its RAM and its image, steps included */
        go_to(d, SCRUB);
        return;
    }
    if (!find_pinned(d, range, base, bytes, &pinned))
        return;
    if (!d->restart.told)
        console_log("d%u restart waits: page 0x%lx is mapped by another domain", (unsigned)d->domid,
                    (unsigned long)pinned);
    d->restart.told = true;
    d->restart.offset -= bytes;
    restart_sleep(v, PINS_NS);
}

/* A page that somebody else still maps stays as it is, and is marked: the new life starts without it. */
static void scrub(struct vcpu *v)
{
    const struct config_range *range;
    uintptr_t base;
    const uint32_t bytes = restart_next_pages(v->domain, STEP_BYTES, &range, &base);

    if (bytes == 0) {
        go_to(v->domain, COPY);
        return;
    }
    const uint32_t index = page_index(range, base);
    if (page_any_pinned(index, 1)) {
        page_states[index] = PAGE_BALLOONED;
        return;
    }
    protect_enter_hypervisor_view();
    content_scrub(page_address(range, base).addr, bytes);
    protect_leave_view(v->cpu);
}

/* False: nothing of the module is left. */
static bool copy_some(struct vcpu *v, const struct config_module *module)
{
    struct restart *const r = &v->domain->restart;
    const uint32_t left = module->size - r->offset, bytes = left < STEP_BYTES ? left : STEP_BYTES;

    if (left == 0)
        return false;
    protect_enter_hypervisor_view();
    content_copy(v->domain, module, r->offset, bytes);
    protect_leave_view(v->cpu);
    r->offset += bytes;
    return true;
}

static void copy(struct vcpu *v)
{
    const struct config_domain *const c = v->domain->config;
    const struct config_module *const modules[] = {&c->kernel, &c->device_tree, &c->ramdisk};
    struct restart *const r = &v->domain->restart;

    if (r->range == ARRAY_SIZE(modules)) {
        go_to(v->domain, MAP);
        PROBE("restart.bulk.end");
    } else if (!copy_some(v, modules[r->range])) {
        r->range++;
        r->offset = 0;
    }
}

/* All but what was not scrubbed, whoever maps that by now. False: the view's slots do not suffice for the holes. */
static bool use_pages(struct domain *d, const struct config_range *range, uintptr_t base, uint32_t bytes)
{
    if (!(d->config->flags & DOMAIN_RESERVE_PINNED)) {
        page_set_states(page_index(range, base), bytes >> PAGE_SHIFT, PAGE_MAPPED);
        return true;
    }
    for (; bytes; base += PAGE_SIZE, bytes -= PAGE_SIZE) {
        uint8_t *const state = &page_states[page_index(range, base)];

        if (*state != PAGE_BALLOONED) {
            *state = PAGE_MAPPED;
            continue;
        }
        if (protect_view_remove(d, base, PAGE_SIZE) != VIEW_OK)
            return false;
        *state = PAGE_RESERVED;
        console_log("d%u restarts without page 0x%lx, mapped by another domain", (unsigned)d->domid, (unsigned long)base);
    }
    return true;
}

/* The view as configured, static shared memory with it, whatever its pages were in the life before. */
static void reset_view(struct domain *d)
{
    memory_change_begin(d);
    protect_view_reset(d);
    page_pin_borrowed(d);
    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *const range = &d->ranges[i];

        if (range->kind == RANGE_SHM_OWNER)
            page_set_states(range->first_page, (uint32_t)((range->limit - range->base) >> PAGE_SHIFT), PAGE_MAPPED);
    }
    memory_change_commit(d, true);
    memory_change_end();
}

static void map(struct vcpu *v)
{
    struct domain *const d = v->domain;
    const struct config_range *range;
    uintptr_t base;
    uint32_t bytes;
    bool fits;

    if (d->restart.range == 0 && d->restart.offset == 0)
        reset_view(d);
    bytes = restart_next_pages(d, STEP_PAGES / 4 * PAGE_SIZE, &range, &base);
    if (bytes == 0) {
        go_to(d, CHANNELS);
        return;
    }
    memory_change_begin(d);
    fits = use_pages(d, range, base, bytes);
    if (d->config->flags & DOMAIN_RESERVE_PINNED) /* else the view is as it was */
        memory_change_commit(d, true);
    memory_change_end();
    if (!fits) {
        console_log("d%u stays down: no slots for its view around the pages that others map", (unsigned)d->domid);
        d->state = DOMAIN_STOPPING;
        go_to(d, FOREIGN);
    }
}

/* What it sees of devices is as at power-on, and its own masters reach its memory again. */
static void start_devices(struct domain *d)
{
    memory_change_begin(d);
    master_open(d);
    memory_change_end();
    vgic_init_domain(d);
    vuart_reset(d);
    for (uint32_t id = 0; id < d->nr_vcpus; id++) {
        vgic_init_vcpu(&d->vcpus[id]);
        d->vcpus[id].power = VCPU_OFF;
    }
    console_log("d%u %s restart %u entry=0x%x", (unsigned)d->domid, d->config->name, (unsigned)++d->restart.count,
                (unsigned)d->config->entry);
    go_to(d, START);
}

static void start(struct vcpu *v)
{
    struct domain *const d = v->domain;
    const struct config_domain *const c = d->config;

    d->shutdown_code = SHUTDOWN_CODE_NONE;
    d->watchdog_in_use = 0;
    d->crash_why = NULL;
    d->state = DOMAIN_RUNNING;
    vcpu_begin(v, (reg_t)c->entry, ARCH_BOOT_ARGUMENTS((reg_t)c->device_tree.target));
}

void restart_step(struct vcpu *v)
{
    struct domain *const d = v->domain;

    switch (d->restart.phase) {
    case PINS:
        wait_for_pins(v);
        break;
    case SCRUB:
        scrub(v);
        break;
    case COPY:
        copy(v);
        break;
    case MAP:
        map(v);
        break;
    case CHANNELS:
        if (evtchn_remake_static(d))
            go_to(d, DEVICES);
        break;
    case DEVICES:
        start_devices(d);
        break;
    case START:
        start(v);
        break;
    default:
        teardown_step(v);
        break;
    }
}
