/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The regions of one view as a list of register images, sorted by base, edited in place. Pure C: no
 * hardware in it, shared with the unit tests.
 *
 * Rules: regions never overlap; two that touch and have equal attributes are one; an edit that cannot be
 * done whole changes nothing. Bounds are [base, last], so that the end of the address space has a number.
 */
#ifndef PROTECT_MPU_REGIONS_H
#define PROTECT_MPU_REGIONS_H

#include "hv/config.h"
#include "hv/types.h"
#include "hv/view_result.h"

enum {
    REGIONS_MOST = MPU_MAX_SLOTS - MPU_FIXED_SLOTS,
    REGIONS_LEAD = 13, /* a group's twelve words and an address */
};

#define REGION_ATTRIBUTES 0x3fu
#define REGION_GRANULE (REGION_ATTRIBUTES + 1)

struct region_list {
    uint32_t lead[REGIONS_LEAD]; /* view_load reads in whole groups and finds where to jump to in here */
    struct config_region at[REGIONS_MOST];
    uint32_t nr;
    uint32_t max; /* slots the view may use */
};

static inline uint32_t region_base(const struct config_region *region)
{
    return region->rbar & ~REGION_ATTRIBUTES;
}

static inline uint32_t region_last(const struct config_region *region)
{
    return region->rlar | REGION_ATTRIBUTES;
}

/* The region that holds all of [base, last], or NULL. */
struct config_region *regions_find(struct region_list *list, uint32_t base, uint32_t last);

/* Takes [base, last] out: VIEW_ABSENT unless one region holds all of it, VIEW_FULL when a split does not fit. */
must_check enum view_result regions_remove(struct region_list *list, uint32_t base, uint32_t last);

/*
 * Puts the region {rbar, rlar} in, joined with what it overlaps or touches and has its attributes: VIEW_BUSY when it overlaps
 * a region with others, VIEW_FULL when it needs a slot more than there is.
 */
must_check enum view_result regions_add(struct region_list *list, uint32_t rbar, uint32_t rlar);

/* The same where nothing is: VIEW_BUSY also when what is there has the region's attributes. */
must_check enum view_result regions_insert(struct region_list *list, uint32_t rbar, uint32_t rlar);

#endif
