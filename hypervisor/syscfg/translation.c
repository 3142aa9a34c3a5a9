// SPDX-License-Identifier: Apache-2.0
/*
 * Boards with stage 2 tables: where a domain that is not direct-mapped sees its RAM, and how many tables each domain gets:
 * what its own memory can ever need, split to pages throughout, and some for what it maps of others.
 */
#include "model.h"

#include "diag.h"

enum { LEVEL1_SHIFT = 30, LEVEL2_SHIFT = 21 };

static const uint64_t guest_ram_limit = UINT64_C(1) << 32; /* of Xen's first RAM bank */

/* One behind the other from where Xen puts them. */
void translation_place_banks(const struct system *system, struct domain *domain)
{
    uint64_t at = GUEST_RAM_BASE;

    for (unsigned i = 0; i < domain->nr_banks; i++) {
        const uint64_t bytes = domain->banks[i].limit - domain->banks[i].base;

        domain->guest_banks[i] = (struct span){at, at + bytes};
        if (domain->flags & DOMAIN_DIRECT_MAP || !system->board.translates)
            domain->guest_banks[i] = domain->banks[i];
        at += bytes;
    }
    if (at > guest_ram_limit && !(domain->flags & DOMAIN_DIRECT_MAP) && system->board.translates)
        diag_error(domain->path, "xen,static-mem", "0x%llx bytes: at most 3 GiB without direct-map",
                   (unsigned long long)(at - GUEST_RAM_BASE));
}

/* Pieces of 1 << shift bytes that the sorted ranges touch. */
static uint64_t count_pieces(const struct view *view, unsigned shift)
{
    uint64_t count = 0, next = 0;

    for (unsigned i = 0; i < view->nr_ranges; i++) {
        const struct config_range *range = &view->ranges[i];
        uint64_t first = range->base >> shift, last = (range->limit - 1) >> shift;

        if (!(range->attr & RANGE_EL1))
            continue;
        if (first < next)
            first = next;
        if (first <= last) {
            count += last - first + 1;
            next = last + 1;
        }
    }
    return count;
}

uint32_t translation_count(struct system *system)
{
    uint32_t count = 0;

    for (unsigned i = 0; i < system->nr_domains; i++) {
        struct domain *domain = &system->domains[i];

        domain->first_table = count;
        domain->nr_tables = 1 + (uint32_t)count_pieces(&domain->view, LEVEL1_SHIFT) +
                            (uint32_t)count_pieces(&domain->view, LEVEL2_SHIFT) +
                            (domain->may_map ? domain->spare_tables : 0);
        count += domain->nr_tables;
    }
    return count;
}
