/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Views: what the configuration says at first, edited by memory operations, loaded where they are in use.
 */
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/main.h"
#include "hv/page.h"
#include "hv/panic.h"
#include "hv/protect.h"
#include "hv/smp.h"
#include "mpu_regs.h"
#include "mpu_unit.h"
#include "planner.h"

/* Entry points of view_load (arch/<isa>/view_load.S) by first slot, from MPU_FIXED_SLOTS to "none". */
#define SLOT_ENTRIES(X) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16)
#define DECLARE(n) extern const char view_slot_##n[];
SLOT_ENTRIES(DECLARE)
#define ENTRY(n) view_slot_##n,
static const char *const entries[] = {SLOT_ENTRIES(ENTRY)};

always_inline void make_image(struct view *view)
{
    const uint32_t nr = view->list.nr, slot = MPU_MAX_SLOTS - nr;
    const uint32_t first = nr > VIEW_GROUP_SLOTS ? nr - VIEW_GROUP_SLOTS : nr; /* regions in the first group */
    uint32_t *const image = (uint32_t *)view->list.at - 2 * (VIEW_GROUP_SLOTS - first);

    image[-1] = (uint32_t)(uintptr_t)entries[slot - MPU_FIXED_SLOTS];
    view->image = image;
    view->first_slot = slot;
    view->enable = (BIT(MPU_MAX_SLOTS) - BIT(slot)) | (BIT(MPU_FIXED_SLOTS) - 1);
}

void view_make_image(struct view *view)
{
    make_image(view);
}

/* EL2-only images of the domain's RAM, for the window that covers a whole domain. */
static void build_ram_images(struct domain *d)
{
    struct view *const view = &d->view;

    view->nr_ram = 0;
    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        struct config_range range = d->ranges[i];

        if (range.kind != RANGE_RAM)
            continue;
        if (view->nr_ram == config_verified->windows) {
            view->nr_ram = 0; /* does not fit: pages get windows of their own */
            return;
        }
        range.attr &= ~(uint32_t)(RANGE_EL1 | RANGE_EXEC);
        view->ram[view->nr_ram++] = planner_encode(&range);
    }
}

static const struct config_region *configured_regions(const struct domain *d)
{
    return (const struct config_region *)((const char *)config_verified + config_verified->regions) +
           d->config->first_region;
}

/* Bit of each domain that owns something in the configured view. */
static uint32_t configured_owners(const struct domain *d)
{
    uint32_t owners = d->bit;

    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *range;
        const struct domain *const owner = page_owner((uintptr_t)d->ranges[i].base, &range);

        if (owner)
            owners |= owner->bit;
    }
    return owners;
}

void protect_view_add_owner(struct domain *d, domid_t owner)
{
    d->view.owners |= BIT(owner - 1);
}

/* The regions as configured, and whose pages they are. */
static void configure(struct domain *d)
{
    const struct config_region *const regions = configured_regions(d);
    struct view *const view = &d->view;

    view->list.nr = d->config->nr_regions;
    for (uint32_t i = 0; i < view->list.nr; i++)
        view->list.at[i] = regions[i];
    view->owners = configured_owners(d);
}

void protect_build_view(struct domain *d)
{
    struct view *const view = &d->view;

    configure(d);
    build_ram_images(d);
    view->ram_attr = d->ranges[0].attr;
    view->ram_bits = planner_region(0, 0, view->ram_attr);
    view->list.max = REGIONS_MOST - config_verified->windows;
    if (config_verified->access == ACCESS_MASK)
        view->list.max -= config_verified->hyp_nr_regions;
    view_make_image(view);
    if (!(d->config->flags & DOMAIN_SLOTS_RESIDENT))
        return;
    view->image = NULL;
    view->first_slot = d->config->first_slot;
    view->enable = (BIT(view->list.nr) - 1) << view->first_slot | (BIT(MPU_FIXED_SLOTS) - 1);
}

uint32_t protect_view_slots(const struct domain *d, uint32_t *max)
{
    *max = d->view.list.max;
    return d->view.list.nr;
}

bool protect_view_holds(struct domain *d, uintptr_t base, uint32_t bytes)
{
    return regions_find(&d->view.list, base, base + bytes - 1) != NULL;
}

bool protect_view_region(struct domain *d, uint32_t n, struct view_span *span)
{
    const struct config_region *const region = &d->view.list.at[n];

    if (n >= d->view.list.nr)
        return false;
    span->base = region_base(region);
    span->last = region_last(region);
    return true;
}

bool protect_view_find(struct domain *d, uintptr_t address, struct view_span *span)
{
    const struct config_region *const region = regions_find(&d->view.list, address, address);

    if (region == NULL)
        return false;
    span->base = region_base(region);
    span->last = region_last(region);
    return true;
}

hot enum view_result protect_view_remove(struct domain *d, uintptr_t base, uint32_t bytes)
{
    return regions_remove(&d->view.list, base, base + bytes - 1);
}

hot enum view_result protect_view_insert(struct domain *d, uintptr_t base, uint32_t bytes, uint32_t attr)
{
    const struct config_region region = planner_region(base, base + bytes - 1, attr);

    return regions_insert(&d->view.list, region.rbar, region.rlar);
}

hot enum view_result protect_view_add(struct domain *d, uintptr_t base, uint32_t bytes, uint32_t attr)
{
    struct view *const view = &d->view;
    struct config_region bits = view->ram_bits;

    if (unlikely(attr != view->ram_attr))
        bits = planner_region(0, 0, attr);
    return regions_add(&view->list, base | bits.rbar, ((base + bytes - 1) & ~REGION_ATTRIBUTES) | bits.rlar);
}

void protect_view_reset(struct domain *d)
{
    configure(d);
}

/* `mask`: slots of its own are not enough for a view that changes, so from now on views share the highest ones. */
static void leave_residence(void)
{
    for (uint32_t i = 0; i < nr_domains; i++)
        view_make_image(&domains[i].view);
}

always_inline void refresh(struct cpu *cpu, const struct view *view)
{
    cpu->guest_image = view->image;
    cpu->guest_mask = view->enable;
    if (unlikely(mpu_entry_switches))
        return;
    if (likely(view->image))
        view_load(view->image);
    else
        mpu_enable(view->enable);
}

void protect_refresh(struct cpu *cpu)
{
    const struct view *const view = &cpu->current->domain->view;

    if (view->enable != 0) /* else nobody's: no guest's view is loaded yet */
        refresh(cpu, view);
}

hot void protect_view_commit(struct domain *d)
{
    struct cpu *const cpu = cpu_this();

    if (unlikely(d->view.image == NULL)) {
        leave_residence();
        protect_refresh(cpu);
        return;
    }
    make_image(&d->view);
    if (likely(cpu->current->domain == d))
        refresh(cpu, &d->view);
}

uint32_t protect_view_users(const struct domain *d)
{
    return d->view.image == NULL ? UINT32_MAX : d->cpus;
}
