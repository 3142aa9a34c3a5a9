// SPDX-License-Identifier: Apache-2.0
/*
 * Which MPU slots the views take. Slots from below: the hypervisor's fixed ones, then windows, or with `mask` the
 * hypervisor's own view. A view that is loaded ends at the highest slot, because one piece of code loads them
 * all; resident views (`mask`) are packed above the hypervisor's.
 */
#include "model.h"

#include "diag.h"
#include "protect/mpu/planner.h"

#include <string.h>

static void plan(struct view *view, const char *path)
{
    struct config_range scratch[MAX_RANGES];
    unsigned bad = 0;
    int needed;

    memcpy(scratch, view->ranges, sizeof(scratch));
    needed = planner_plan(scratch, view->nr_ranges, view->regions, MAX_RANGES, &bad);
    if (needed >= 0)
        view->nr_regions = (unsigned)needed;
    else if (diag_errors() == 0)
        diag_error(path, "view", "[0x%llx, 0x%llx): overlaps its neighbour or is not made of 64-byte granules",
                   (unsigned long long)scratch[bad].base, (unsigned long long)scratch[bad].limit);
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
                       ", Shareable because it is used on two CPUs: the default map is Non-shareable",
                       SPAN_VALUES(bank));
        if (!span_holds(system->board.background_normal, bank))
            diag_error(domain->path, "fencepost,access",
                       "`background` and bank " SPAN_FORMAT ": outside " SPAN_FORMAT
                       " the default map is not Normal write-back memory, as the bank is",
                       SPAN_VALUES(bank), SPAN_VALUES(system->board.background_normal));
    }
}

/* No slots: ranges are all there is, and two that overlap for the guest are an error here as well. */
static void check_ranges(const struct domain *domain)
{
    const struct view *view = &domain->view;

    for (unsigned i = 0; i + 1 < view->nr_ranges; i++)
        if (view->ranges[i].limit > view->ranges[i + 1].base)
            diag_error(domain->path, "view", "[0x%llx, 0x%llx): overlaps its neighbour",
                       (unsigned long long)view->ranges[i + 1].base, (unsigned long long)view->ranges[i + 1].limit);
}

static void compute_translated(struct system *system)
{
    for (unsigned i = 0; i < system->nr_domains; i++) {
        ranges_collect(system, &system->domains[i]);
        check_ranges(&system->domains[i]);
    }
    ranges_collect_hyp(system);
}

void views_compute(struct system *system)
{
    if (system->board.translates) {
        compute_translated(system);
        return;
    }

    unsigned taken = MPU_FIXED_SLOTS + system->strategy.windows;
    unsigned available = system->board.slots > taken ? system->board.slots - taken : 0;

    for (unsigned i = 0; i < system->nr_domains; i++) {
        struct domain *domain = &system->domains[i];

        ranges_collect(system, domain);
        plan(&domain->view, domain->path);
        if (system->strategy.access == ACCESS_BACKGROUND)
            check_background(system, domain);
    }
    ranges_collect_hyp(system);
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
