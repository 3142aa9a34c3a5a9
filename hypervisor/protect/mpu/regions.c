/* SPDX-License-Identifier: Apache-2.0 */
#include "regions.h"

static bool same_attributes(const struct config_region *a, const struct config_region *b)
{
    return !(((a->rbar ^ b->rbar) | (a->rlar ^ b->rlar)) & REGION_ATTRIBUTES);
}

static void set_base(struct config_region *region, uint32_t base)
{
    region->rbar = base | (region->rbar & REGION_ATTRIBUTES);
}

static void set_last(struct config_region *region, uint32_t last)
{
    region->rlar = (last & ~REGION_ATTRIBUTES) | (region->rlar & REGION_ATTRIBUTES);
}

/* Room for one more before `at`. */
static void open_gap(struct region_list *list, struct config_region *at)
{
    for (struct config_region *to = &list->at[list->nr++]; to > at; to--)
        *to = to[-1];
}

/* Drops `nr` regions from `at` on. */
static void close_gap(struct region_list *list, struct config_region *at, uint32_t nr)
{
    struct config_region *const end = &list->at[list->nr -= nr];

    for (; at < end; at++)
        *at = at[nr];
}

hot struct config_region *regions_find(struct region_list *list, uint32_t base, uint32_t last)
{
    struct config_region *const end = &list->at[list->nr];

    for (struct config_region *region = list->at; region < end; region++) {
        if (region_last(region) >= base)
            return region_base(region) <= base && last <= region_last(region) ? region : NULL;
    }
    return NULL;
}

hot enum view_result regions_remove(struct region_list *list, uint32_t base, uint32_t last)
{
    struct config_region *const region = regions_find(list, base, last);

    if (region == NULL)
        return VIEW_ABSENT;
    const bool below = region_base(region) < base, above = region_last(region) > last;
    if (below && above) {
        if (list->nr >= list->max)
            return VIEW_FULL;
        open_gap(list, region);
        set_last(&region[0], base - 1);
        set_base(&region[1], last + 1);
    } else if (below) {
        set_last(region, base - 1);
    } else if (above) {
        set_base(region, last + 1);
    } else {
        close_gap(list, region, 1);
    }
    return VIEW_OK;
}

/* The end of one lies right before the start of the other. */
static bool touches(uint32_t last, uint32_t base)
{
    return last + 1 == base && base != 0;
}

hot enum view_result regions_add(struct region_list *list, struct config_region region)
{
    const uint32_t base = region_base(&region), last = region_last(&region);
    struct config_region *first = list->at, *end = &list->at[list->nr], *beyond;

    while (first < end && region_last(first) < base &&
           !(touches(region_last(first), base) && same_attributes(first, &region)))
        first++;
    for (beyond = first; beyond < end && region_base(beyond) <= last; beyond++) {
        if (!same_attributes(beyond, &region))
            return VIEW_BUSY;
    }
    if (beyond < end && touches(last, region_base(beyond)) && same_attributes(beyond, &region))
        beyond++;
    if (beyond == first) {
        if (list->nr >= list->max)
            return VIEW_FULL;
        open_gap(list, first);
        *first = region;
        return VIEW_OK;
    }
    if (base < region_base(first))
        set_base(first, base);
    set_last(first, last > region_last(beyond - 1) ? last : region_last(beyond - 1));
    if (beyond - first > 1)
        close_gap(list, first + 1, (uint32_t)(beyond - first) - 1);
    return VIEW_OK;
}
