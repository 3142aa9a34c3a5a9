// SPDX-License-Identifier: Apache-2.0
/*
 * The page tables (hv/page.h): which page has which index, and where the tables lie. They are not part of the
 * configuration but next to it: right behind it in the board's configuration area, or in xen,static-heap.
 */
#include "writers.h"

#include "diag.h"

enum { TABLE_ALIGN = 64 };

static uint64_t round_up(uint64_t number)
{
    return (number + TABLE_ALIGN - 1) & ~(uint64_t)(TABLE_ALIGN - 1);
}

static uint32_t number_ranges(struct view *view, uint32_t next)
{
    for (unsigned i = 0; i < view->nr_ranges; i++) {
        struct config_range *range = &view->ranges[i];

        range->first_page = UINT32_MAX;
        if (range->kind != RANGE_RAM && range->kind != RANGE_SHM_OWNER)
            continue;
        range->first_page = next;
        next += (uint32_t)((range->limit - range->base) / PAGE_SIZE);
    }
    return next;
}

static struct span place(const struct system *system, uint64_t bytes)
{
    uint64_t base = round_up(system->board.config.base + config_bytes(system));

    if (system->static_heap.limit != 0)
        base = system->static_heap.base;
    return (struct span){base, base + bytes};
}

/* Always in the configuration area, behind what is there, on a page. */
static void place_tables(struct system *system)
{
    const uint64_t config = system->board.config.base + config_bytes(system);
    const uint64_t used = system->static_heap.limit != 0 ? config : system->page_tables.limit;
    const uint64_t base = (used + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);

    system->translation_tables = (struct span){base, base + translation_count(system) * (uint64_t)PAGE_SIZE};
}

static void check_fit(const struct system *system)
{
    struct span tables = system->page_tables, config = system->board.config, heap = system->static_heap;
    const struct span translation = system->translation_tables;
    unsigned long long bytes = tables.limit - tables.base;

    if (translation.limit > config.limit)
        diag_error("/chosen", NULL, "%llu translation tables of 4 KiB end at 0x%llx: the board has room for them in " SPAN_FORMAT,
                   (unsigned long long)(translation.limit - translation.base) / PAGE_SIZE,
                   (unsigned long long)translation.limit, SPAN_VALUES(config));
    if (heap.limit != 0 && tables.limit > heap.limit)
        diag_error("/chosen", "xen,static-heap",
                   SPAN_FORMAT ": has 0x%llx bytes, the page tables need 0x%llx: two for each of %u pages",
                   SPAN_VALUES(heap), (unsigned long long)(heap.limit - heap.base), bytes, system->nr_pages);
    else if (!tree_has(system->fdt, system->chosen, "xen,static-heap") && tables.limit > config.limit)
        diag_error("/chosen", "xen,static-heap",
                   "missing: the page tables need 0x%llx bytes, two for each of %u pages, and behind the "
                   "configuration " SPAN_FORMAT " has 0x%llx: name a range for them, multiples of 64 KiB",
                   bytes, system->nr_pages, SPAN_VALUES(config),
                   (unsigned long long)(tables.base < config.limit ? config.limit - tables.base : 0));
}

void pages_compute(struct system *system)
{
    struct span config = system->board.config;
    uint32_t nr = 0;

    for (unsigned i = 0; i < system->nr_domains; i++)
        nr = number_ranges(&system->domains[i].view, nr);
    system->nr_pages = (uint32_t)round_up(nr);
    system->page_tables = place(system, 2 * (uint64_t)system->nr_pages);
    if (system->board.translates)
        place_tables(system);
    if (config.limit == 0)
        return;
    if (config_bytes(system) > config.limit - config.base)
        diag_error("/chosen", NULL, "the configuration has %u bytes: the board has room for 0x%llx in " SPAN_FORMAT,
                   config_bytes(system), (unsigned long long)(config.limit - config.base), SPAN_VALUES(config));
    check_fit(system);
}
