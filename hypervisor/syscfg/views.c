// SPDX-License-Identifier: Apache-2.0
/*
 * The views: which ranges each domain reaches, which the hypervisor reaches when it looks at everything, and
 * which MPU slots they take. Slots from below: the hypervisor's fixed ones, then windows, or with `mask` the
 * hypervisor's own view. A view that is loaded ends at the highest slot, because one piece of code loads them
 * all; resident views (`mask`) are packed above the hypervisor's.
 */
#include "model.h"

#include "diag.h"
#include "protect/mpu/planner.h"

#include <stdlib.h>
#include <string.h>

enum { BANK_ATTR = RANGE_EL1 | RANGE_WRITE | RANGE_EXEC, DATA_ATTR = RANGE_EL1 | RANGE_WRITE,
       POOL_ATTR = RANGE_WRITE | RANGE_SHAREABLE };

static void add(struct view *view, struct span span, uint32_t attr, enum range_kind kind)
{
    if (span.base < span.limit && view->nr_ranges < MAX_RANGES)
        view->ranges[view->nr_ranges++] =
            (struct config_range){.base = span.base, .limit = span.limit, .attr = attr, .kind = kind,
                                    .first_page = UINT32_MAX};
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

        if (last && last->limit == range->base && last->attr == range->attr && last->kind == range->kind)
            last->limit = range->limit;
        else
            view->ranges[nr++] = *range;
    }
    view->nr_ranges = nr;
}

static void plan(struct view *view, const char *path)
{
    struct config_range scratch[MAX_RANGES];
    unsigned bad = 0;
    int needed;

    sort(view);
    merge_kinds(view);
    memcpy(scratch, view->ranges, sizeof(scratch));
    needed = planner_plan(scratch, view->nr_ranges, view->regions, MAX_RANGES, &bad);
    if (needed >= 0)
        view->nr_regions = (unsigned)needed;
    else if (diag_errors() == 0)
        diag_error(path, "view", "[0x%llx, 0x%llx): overlaps its neighbour or is not made of 64-byte granules",
                   (unsigned long long)scratch[bad].base, (unsigned long long)scratch[bad].limit);
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

static void collect(const struct system *system, struct domain *domain)
{
    struct view *view = &domain->view;
    uint32_t bank = domain->flags & DOMAIN_SHAREABLE ? RANGE_SHAREABLE : 0;
    uint32_t event = DATA_ATTR | (any_shareable(system) ? RANGE_SHAREABLE : 0);

    for (unsigned i = 0; i < domain->nr_banks; i++)
        add(view, domain->banks[i], domain_is_event_bank(system, domain->banks[i]) ? event : BANK_ATTR | bank,
            RANGE_RAM);
    if (system->strategy.event_pages.limit != 0)
        add_event_pages(system, view, event);
    for (unsigned i = 0; i < domain->nr_shm; i++)
        add(view, domain->shm[i].span, DATA_ATTR | shared_attr(system, &domain->shm[i]),
            domain->shm[i].role == SHM_OWNER ? RANGE_SHM_OWNER : RANGE_SHM_BORROWER);
    for (unsigned i = 0; i < domain->nr_devices; i++)
        add(view, domain->devices[i].span, DATA_ATTR | RANGE_IS_DEVICE, RANGE_DEVICE);
    add(view, system->static_heap, POOL_ATTR, RANGE_POOL);
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

/* All RAM that is not the hypervisor's own, for EL2 only; a guest's Shareable ranges keep their attribute. */
static void collect_hyp(struct system *system)
{
    struct view *view = &system->hyp;

    for (unsigned i = 0; i < system->board.nr_memory; i++)
        add(view, system->board.memory[i], RANGE_WRITE, RANGE_RAM);
    subtract(view, system->board.hypervisor);
    subtract(view, system->static_heap);
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
}

static void check_budget(const struct system *system, const struct view *view, const char *path)
{
    if (view->nr_regions <= view->available)
        return;
    diag_error(path, "regions",
               "needs %u, has %u: %u slots - %d of the hypervisor - %u windows - %u of the resident hypervisor view",
               view->nr_regions, view->available, system->board.slots, MPU_FIXED_SLOTS, system->strategy.windows,
               view == &system->hyp ? 0 : system->hyp_resident);
}

/* `mask`: slots of their own for all guest views if all fit together, else one place for whichever runs. */
static void place_resident(struct system *system, unsigned available)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < system->nr_domains; i++)
        sum += system->domains[i].view.nr_regions;
    system->all_resident = sum <= available;
    if (!system->all_resident)
        return;
    sum = MPU_FIXED_SLOTS + system->hyp_resident;
    for (unsigned i = 0; i < system->nr_domains; i++) {
        system->domains[i].view.first_slot = sum;
        system->domains[i].flags |= DOMAIN_SLOTS_RESIDENT;
        sum += system->domains[i].view.nr_regions;
    }
}

static void place_at_top(const struct system *system, struct view *view)
{
    view->first_slot = view->nr_regions <= view->available ? system->board.slots - view->nr_regions : 0;
}

static void place_hyp(struct system *system, unsigned available)
{
    struct view *view = &system->hyp;

    plan(view, "hypervisor view");
    view->available = available;
    place_at_top(system, view);
    if (system->strategy.access == ACCESS_MASK && view->nr_regions <= available) {
        system->hyp_resident = view->nr_regions;
        view->first_slot = MPU_FIXED_SLOTS;
    }
    check_budget(system, view, "hypervisor view");
}

/* EL2 reaches a bank through the default map then: its attributes must be the ones the guest uses. */
static void check_background(const struct system *system, const struct domain *domain)
{
    for (unsigned i = 0; i < domain->nr_banks; i++) {
        struct span bank = domain->banks[i];

        if (domain->flags & DOMAIN_SHAREABLE)
            diag_error(domain->path, "fencepost,access",
                       "`background` and bank " SPAN_FORMAT
                       ", Shareable because its vCPUs run on two CPUs: the default map is Non-shareable",
                       SPAN_VALUES(bank));
        if (!span_holds(system->board.background_normal, bank))
            diag_error(domain->path, "fencepost,access",
                       "`background` and bank " SPAN_FORMAT ": outside " SPAN_FORMAT
                       " the default map is not Normal write-back memory, as the bank is",
                       SPAN_VALUES(bank), SPAN_VALUES(system->board.background_normal));
    }
}

void views_compute(struct system *system)
{
    unsigned taken = MPU_FIXED_SLOTS + system->strategy.windows;
    unsigned available = system->board.slots > taken ? system->board.slots - taken : 0;

    for (unsigned i = 0; i < system->nr_domains; i++) {
        struct domain *domain = &system->domains[i];

        collect(system, domain);
        plan(&domain->view, domain->path);
        if (system->strategy.access == ACCESS_BACKGROUND)
            check_background(system, domain);
    }
    collect_hyp(system);
    place_hyp(system, available);

    for (unsigned i = 0; i < system->nr_domains; i++) {
        struct view *view = &system->domains[i].view;

        view->available = available - system->hyp_resident;
        place_at_top(system, view);
        check_budget(system, view, system->domains[i].path);
    }
    if (system->strategy.access == ACCESS_MASK)
        place_resident(system, available - system->hyp_resident);
}
