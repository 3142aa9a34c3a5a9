// SPDX-License-Identifier: Apache-2.0
/* What each view holds: the ranges a domain reaches, and those the hypervisor reaches when it looks at everything. */
#include "model.h"

#include <stdlib.h>

enum { BANK_ATTR = RANGE_EL1 | RANGE_WRITE | RANGE_EXEC, DATA_ATTR = RANGE_EL1 | RANGE_WRITE,
       POOL_ATTR = RANGE_WRITE | RANGE_SHAREABLE };

/* A physical range that the domain sees at `guest`. */
static void add_at(struct view *view, uint64_t guest, struct span span, uint32_t attr, enum range_kind kind)
{
    if (span.base < span.limit && view->nr_ranges < MAX_RANGES)
        view->ranges[view->nr_ranges++] =
            (struct config_range){.base = guest, .limit = guest + (span.limit - span.base), .attr = attr, .kind = kind,
                                  .first_page = UINT32_MAX, .frame = (uint32_t)(span.base >> PAGE_SHIFT)};
}

static void add(struct view *view, struct span span, uint32_t attr, enum range_kind kind)
{
    add_at(view, span.base, span, attr, kind);
}

static int by_base(const void *left, const void *right)
{
    const struct config_range *a = left, *b = right;

    return a->base < b->base ? -1 : a->base > b->base;
}

static void sort(struct view *view)
{
    qsort(view->ranges, view->nr_ranges, sizeof(view->ranges[0]), by_base);
}

/* Touching ranges of one kind become one, as the hypervisor wants to see a bank. */
static void merge_kinds(struct view *view)
{
    unsigned nr = 0;

    for (unsigned i = 0; i < view->nr_ranges; i++) {
        struct config_range *last = nr > 0 ? &view->ranges[nr - 1] : NULL;
        const struct config_range *range = &view->ranges[i];

        if (last && last->limit == range->base && last->attr == range->attr && last->kind == range->kind &&
            range->frame - last->frame == (range->base - last->base) >> PAGE_SHIFT)
            last->limit = range->limit;
        else
            view->ranges[nr++] = *range;
    }
    view->nr_ranges = nr;
}

static void finish(struct view *view)
{
    sort(view);
    merge_kinds(view);
}

static uint32_t shared_attr(const struct system *system, const struct shm *shm)
{
    uint32_t cpus = 0;

    for (unsigned d = 0; d < system->nr_domains; d++)
        for (unsigned i = 0; i < system->domains[d].nr_shm; i++)
            if (system->domains[d].shm[i].span.base == shm->span.base)
                cpus |= domain_cpus(&system->domains[d]);
    return cpus & (cpus - 1) ? RANGE_SHAREABLE : 0;
}

/*
 * `shared`: the whole range is one region for everybody. The domain's own banks in it stay RAM of its own, and
 * have the same attributes as the rest, so that the planner makes one region of all.
 */
static void add_event_pages(const struct system *system, struct view *view,
                            uint32_t attr)
{
    struct span events = system->strategy.event_pages;
    uint64_t at = events.base;

    sort(view);
    for (unsigned i = 0, nr = view->nr_ranges; i < nr; i++) {
        struct span own = {view->ranges[i].base, view->ranges[i].limit};

        if (!span_overlaps(events, own))
            continue;
        add(view, (struct span){at, own.base}, attr, RANGE_EVENT_PAGES);
        at = own.limit;
    }
    add(view, (struct span){at, events.limit}, attr, RANGE_EVENT_PAGES);
}

static bool any_shareable(const struct system *system)
{
    for (unsigned i = 0; i < system->nr_domains; i++)
        if (system->domains[i].flags & DOMAIN_SHAREABLE)
            return true;
    return false;
}

void ranges_collect(const struct system *system, struct domain *domain)
{
    struct view *view = &domain->view;
    uint32_t bank = domain->flags & DOMAIN_SHAREABLE ? RANGE_SHAREABLE : 0;
    uint32_t event = DATA_ATTR | (any_shareable(system) ? RANGE_SHAREABLE : 0);

    for (unsigned i = 0; i < domain->nr_banks; i++)
        add_at(view, domain->guest_banks[i].base, domain->banks[i], domain_is_event_bank(system, domain->banks[i]) ? event : BANK_ATTR | bank,
            RANGE_RAM);
    if (system->strategy.event_pages.limit != 0)
        add_event_pages(system, view, event);
    for (unsigned i = 0; i < domain->nr_shm; i++)
        add_at(view, domain->shm[i].guest, domain->shm[i].span, DATA_ATTR | shared_attr(system, &domain->shm[i]),
            domain->shm[i].role == SHM_OWNER ? RANGE_SHM_OWNER : RANGE_SHM_BORROWER);
    for (unsigned i = 0; i < domain->nr_devices; i++)
        add(view, domain->devices[i].span, DATA_ATTR | RANGE_IS_DEVICE, RANGE_DEVICE);
    add(view, system->static_heap, POOL_ATTR, RANGE_POOL);
    finish(view);
}

/* Takes [hole) out of the view's ranges. */
static void subtract(struct view *view, struct span hole)
{
    for (unsigned i = 0, nr = view->nr_ranges; i < nr; i++) {
        struct config_range range = view->ranges[i];

        if (!span_overlaps((struct span){range.base, range.limit}, hole))
            continue;
        view->ranges[i].limit = hole.base > range.base ? hole.base : range.base;
        if (hole.limit < range.limit)
            add(view, (struct span){hole.limit, range.limit}, range.attr, RANGE_RAM);
    }
}

static void drop_empty(struct view *view)
{
    unsigned nr = 0;

    for (unsigned i = 0; i < view->nr_ranges; i++)
        if (view->ranges[i].base < view->ranges[i].limit)
            view->ranges[nr++] = view->ranges[i];
    view->nr_ranges = nr;
}

/* The program of another CPU, and the registers it keeps in RAM: neither is memory to look at. */
static void subtract_engine(struct system *system)
{
    if (!system->strategy.cpu1_is_dma)
        return;
    subtract(&system->hyp, system->board.engine);
    for (unsigned i = 0; i < system->board.nr_channels; i++)
        subtract(&system->hyp, system->board.channels[i].span);
}

/* In the hypervisor's view as a whole, and neither a domain's nor a module's. */
static bool is_unused(const struct system *system, struct span gap)
{
    bool unused = !span_overlaps(gap, system->board.modules), in_view = false;

    for (unsigned i = 0; i < system->hyp.nr_ranges; i++)
        in_view = in_view || span_holds((struct span){system->hyp.ranges[i].base, system->hyp.ranges[i].limit}, gap);
    for (unsigned d = 0; d < system->nr_domains; d++) {
        const struct view *guest = &system->domains[d].view;

        for (unsigned i = 0; i < guest->nr_ranges; i++)
            unused = unused && !span_overlaps(gap, (struct span){guest->ranges[i].base, guest->ranges[i].limit});
    }
    return unused && in_view;
}

/* What lies unused between two Shareable ranges may be Shareable too: one region instead of three. */
static void join_shareable(struct system *system)
{
    struct view *view = &system->hyp;
    struct span gaps[MAX_RANGES], gap = {0, 0};
    unsigned nr = 0;

    sort(view);
    for (unsigned i = 0; i < view->nr_ranges; i++) {
        const struct config_range *range = &view->ranges[i];

        if (!(range->attr & RANGE_SHAREABLE))
            continue;
        gap.limit = range->base;
        if (gap.base != 0 && gap.base < gap.limit && is_unused(system, gap))
            gaps[nr++] = gap;
        gap.base = range->limit;
    }
    for (unsigned i = 0; i < nr; i++) {
        subtract(view, gaps[i]);
        add(view, gaps[i], POOL_ATTR, RANGE_RAM);
    }
}

/* All RAM that is not the hypervisor's own, for EL2 only; a guest's Shareable ranges keep their attribute. */
void ranges_collect_hyp(struct system *system)
{
    struct view *view = &system->hyp;

    for (unsigned i = 0; i < system->board.nr_memory; i++)
        add(view, system->board.memory[i], RANGE_WRITE, RANGE_RAM);
    subtract(view, system->board.hypervisor);
    subtract(view, system->static_heap);
    subtract_engine(system);
    add(view, system->static_heap, POOL_ATTR, RANGE_POOL);
    for (unsigned d = 0; d < system->nr_domains; d++) {
        const struct view *guest = &system->domains[d].view;

        for (unsigned i = 0; i < guest->nr_ranges; i++) {
            struct span span = {guest->ranges[i].base, guest->ranges[i].limit};

            if (!(guest->ranges[i].attr & RANGE_SHAREABLE) || guest->ranges[i].kind == RANGE_POOL)
                continue;
            subtract(view, span);
            add(view, span, RANGE_WRITE | RANGE_SHAREABLE, RANGE_RAM);
        }
    }
    drop_empty(view);
    join_shareable(system);
    drop_empty(view);
    finish(view);
}
