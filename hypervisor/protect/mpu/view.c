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

/* Entry points of view_load (arch/<isa>/view_load.S) and HPRENR by number of regions, from none on: by first slot. */
#define SLOT_ENTRIES(X) X(16) X(15) X(14) X(13) X(12) X(11) X(10) X(9) X(8) X(7) X(6) X(5)
#define DECLARE(n) extern const char view_slot_##n[];
SLOT_ENTRIES(DECLARE)
#define ENTRY(n) {view_slot_##n, (BIT(MPU_MAX_SLOTS) - BIT(n)) | (BIT(MPU_FIXED_SLOTS) - 1)},
static const struct entry {
    const char *code;
    uint32_t enable;
} entries[] = {SLOT_ENTRIES(ENTRY)};

struct loadable {
    uint32_t *image;
    uint32_t enable;
};

always_inline struct loadable make_image(struct view *view)
{
    const uint32_t nr = view->list.nr;
    const uint32_t first = nr > VIEW_GROUP_SLOTS ? nr - VIEW_GROUP_SLOTS : nr; /* regions in the first group */
    uint32_t *const image = view->list.lead + (REGIONS_LEAD - 2 * VIEW_GROUP_SLOTS) + 2 * first;
    const struct entry entry = entries[nr];

    image[-1] = (uint32_t)(uintptr_t)entry.code;
    view->image = image;
    view->first_slot = MPU_MAX_SLOTS - nr;
    view->enable = entry.enable;
    return (struct loadable){image, entry.enable};
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
        const struct domain *const owner = page_owner((paddr_t){(uintptr_t)d->ranges[i].base}, &range);

        if (owner)
            owners |= owner->bit;
    }
    return owners;
}

/* The regions as configured. */
static void configure(struct domain *d)
{
    const struct config_region *const regions = configured_regions(d);
    struct view *const view = &d->view;

    view->list.nr = d->config->nr_regions;
    for (uint32_t i = 0; i < view->list.nr; i++)
        view->list.at[i] = regions[i];
}

void protect_build_view(struct domain *d)
{
    struct view *const view = &d->view;

    configure(d);
    view->owners = configured_owners(d); /* what comes is added, nothing is ever taken away */
    build_ram_images(d);
    view->ram_attr = d->ranges[0].attr;
    view->ram_bits = planner_region(0, 0, view->ram_attr);
    view->foreign_page = planner_region(0, PAGE_SIZE - 1, RANGE_EL1 | RANGE_WRITE | (view->ram_attr & RANGE_SHAREABLE));
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

hot enum view_result protect_view_insert_page(struct domain *d, const struct domain *owner, uintptr_t base)
{
    return regions_insert(&d->view.list, base + owner->view.foreign_page.rbar, base + owner->view.foreign_page.rlar);
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

void protect_refresh(struct cpu *cpu)
{
    const struct view *const view = &cpu->current->domain->view;

    if (view->enable == 0) /* nobody's: no guest's view is loaded yet */
        return;
    cpu->protect.guest_image = view->image;
    cpu->protect.guest_mask = view->enable;
    if (mpu_entry_switches)
        return;
    if (view->image)
        view_load(view->image);
    else
        mpu_enable(view->enable);
}

/* `mask`: slots of its own are not enough for a view that changes, so from now on views share the highest ones. */
static __attribute__((noinline)) void leave_residence(void)
{
    for (uint32_t i = 0; i < nr_domains; i++)
        view_make_image(&domains[i].view);
    protect_refresh(cpu_this());
}

/* An image depends on the number of regions alone: what is in them lies in the list. */
hot void protect_view_commit_loaded(struct domain *d)
{
    struct view *const view = &d->view;
    struct loadable now = {view->image, view->enable};

    if (unlikely(now.image == NULL)) {
        leave_residence();
        return;
    }
    if (view->first_slot + view->list.nr != MPU_MAX_SLOTS)
        now = make_image(view);

    struct cpu *const cpu = cpu_this();
    cpu->protect.guest_image = now.image;
    cpu->protect.guest_mask = now.enable;
    if (likely(!cpu->protect.switches_on_entry))
        view_load(now.image);
}

void protect_view_commit(struct domain *d)
{
    if (d->view.image == NULL || cpu_this()->current->domain == d)
        protect_view_commit_loaded(d);
    else
        view_make_image(&d->view);
}

uint32_t protect_view_users(const struct domain *d)
{
    return d->view.image == NULL ? UINT32_MAX : d->cpus;
}
