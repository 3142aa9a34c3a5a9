/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Views: what the configuration says at first, edited by memory operations. A change is in the tables at once; a commit
 * makes the TLBs of all CPUs follow.
 */
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/direct_map.h"
#include "hv/main.h"
#include "hv/page.h"
#include "hv/panic.h"
#include "hv/protect.h"
#include "mmu_unit.h"

static bool is_foreign(const struct config_range *range)
{
    return range->kind == RANGE_SHM_BORROWER;
}

/* The tables suffice for it: syscfg has counted. */
static void configure(struct domain *d)
{
    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *const range = &d->ranges[i];

        if (!(range->attr & RANGE_EL1))
            continue;
        if (stage2_map(&d->view, (uintptr_t)range->base, page_address(range, (uintptr_t)range->base),
                       range->limit - range->base, range->attr, is_foreign(range) ? STAGE2_FOREIGN : STAGE2_OWN) != VIEW_OK)
            panic("configuration: d%u has %u translation tables, too few for its own memory", (unsigned)d->domid,
                  (unsigned)d->view.nr_tables);
    }
}

/* Bit of each domain that owns something in the configured view. */
static uint32_t configured_owners(const struct domain *d)
{
    uint32_t owners = d->bit;

    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *range;
        const struct domain *const owner = page_owner(page_address(&d->ranges[i], (uintptr_t)d->ranges[i].base), &range);

        if (owner)
            owners |= owner->bit;
    }
    return owners;
}

void protect_build_view(struct domain *d)
{
    uint64_t *const pool = (uint64_t *)((uintptr_t)config_verified->translation_tables +
                                        (uintptr_t)d->config->first_table * PAGE_SIZE);

    if (!stage2_init(&d->view, pool, d->config->nr_tables, d->domid, d->cpus))
        panic("configuration: d%u has no translation tables", (unsigned)d->domid);
    configure(d);
    d->view.owners = configured_owners(d); /* what comes is added, nothing is ever taken away */
}

/* Tables in use, and how many it may have. */
uint32_t protect_view_slots(const struct domain *d, uint32_t *max)
{
    *max = d->view.nr_tables;
    return d->view.used - d->view.nr_free;
}

bool protect_view_holds(struct domain *d, uintptr_t base, uint32_t bytes)
{
    struct stage2_leaf leaf;

    for (uint64_t at = base; at < (uint64_t)base + bytes; at = leaf.base + leaf.bytes) {
        if (!stage2_find(&d->view, at, &leaf))
            return false;
    }
    return true;
}

bool protect_view_behind(struct domain *d, uintptr_t base, paddr_t *page)
{
    struct stage2_leaf leaf;

    if (!stage2_find(&d->view, base, &leaf))
        return false;
    page->addr = leaf.address.addr + (base - leaf.base);
    return true;
}

/* One piece goes on as long as guest and bus address do, and for so many descriptors at most. */
enum { PIECE_LEAVES = 64 };

bool protect_view_region(struct domain *d, uint32_t n, struct view_span *span)
{
    struct stage2_leaf leaf;
    uintptr_t at = 0;

    do {
        uint32_t leaves = 0;

        if (!stage2_next(&d->view, at, &leaf))
            return false;
        span->base = leaf.base;
        span->address = leaf.address;
        do {
            at = leaf.base + leaf.bytes;
        } while (++leaves < PIECE_LEAVES && stage2_find(&d->view, at, &leaf) && leaf.address.addr - span->address.addr == at - span->base);
    } while (n-- > 0);
    span->last = at - 1;
    return true;
}

hot enum view_result protect_view_remove(struct domain *d, uintptr_t base, uint32_t bytes)
{
    return stage2_unmap(&d->view, base, bytes);
}

/* Of the domain's own. In a domain that is not direct-mapped what is in use stays alone. */
hot enum view_result protect_view_add(struct domain *d, uintptr_t base, uint32_t bytes, uint32_t attr)
{
    const struct config_range *const range = page_range(d, base, bytes);

    if (!(d->config->flags & DOMAIN_DIRECT_MAP)) {
        struct stage2_leaf leaf;

        if (stage2_next(&d->view, base, &leaf) && leaf.base < base + bytes)
            return VIEW_BUSY;
    }
    return stage2_map(&d->view, base, page_address(range, base), bytes, attr, STAGE2_OWN);
}

hot enum view_result protect_view_insert_page(struct domain *d, const struct domain *owner, uintptr_t base)
{
    (void)owner;
    return stage2_insert_equal(&d->view, base);
}

hot enum view_result protect_view_take_page(struct domain *d, uintptr_t base)
{
    return stage2_take_equal(&d->view, base);
}

enum view_result protect_view_map(struct domain *d, gpaddr_t at, paddr_t page, uint32_t attr)
{
    struct stage2_leaf leaf;

    if (stage2_find(&d->view, at.addr, &leaf))
        return VIEW_BUSY;
    return stage2_map(&d->view, at.addr, page, PAGE_SIZE, attr, STAGE2_FOREIGN);
}

bool protect_view_drop_own(struct domain *d)
{
    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *const range = &d->ranges[i];

        if (range->first_page != PAGE_NONE && !stage2_drop(&d->view, (uintptr_t)range->base, range->limit - range->base))
            return false;
    }
    return true;
}

void protect_view_reset(struct domain *d)
{
    stage2_clear(&d->view);
    configure(d);
}

/* A table walk of this CPU, or of another that was held, sees the new descriptors after the DSB. */
always_inline void commit(struct view *view)
{
    if (view->stale)
        stage2_flush(view);
    else
        arch_tables_written();
}

hot void protect_view_commit_loaded(struct domain *d)
{
    commit(&d->view);
}

void protect_view_commit(struct domain *d)
{
    commit(&d->view);
}

uint32_t protect_view_users(const struct domain *d)
{
    return d->cpus;
}
