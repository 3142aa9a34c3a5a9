/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view on a board with translation: stage 2 tables of one domain, 4 KiB granule, 39 bits of guest physical address, so
 * one table of level 1. The tables come from a pool that syscfg sized for the domain: what its own memory can ever need,
 * split to pages throughout, and some more for what it maps of others.
 *
 * An edit changes descriptors at once; what was taken away is out of the TLBs after the commit. Whoever edits has held
 * the CPUs that may be running the domain.
 */
#ifndef PROTECT_MMU_VIEW_UNIT_H
#define PROTECT_MMU_VIEW_UNIT_H

#include "hv/config.h"
#include "hv/types.h"

enum { VIEW_ADDRESS_BITS = 39 };

struct view {
    uint64_t vttbr;       /* VMID and `root` */
    uint64_t *root;       /* level 1 */
    uintptr_t limit;      /* nothing is mapped from here on */
    uint64_t *free;       /* tables that were given back, empty but for the address of the next in each */
    uint32_t first, used, nr_tables; /* its part of the pool; tables from `used` on were never used */
    uint32_t nr_free;
    uint32_t nr_foreign;  /* pages of others, */
    uint32_t foreign_edits; /* and how often they changed */
    uint32_t cpus;        /* bit per CPU that ever loads it */
    uint32_t owners;      /* bit per domain that owns something the view ever held */
    bool stale;           /* the TLBs may hold what was taken away since the last commit */
};

struct view_span {
    uintptr_t base, last; /* both inside */
    paddr_t address;      /* what lies at base; all of it in one piece */
};

#endif
