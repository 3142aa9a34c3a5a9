/* SPDX-License-Identifier: Apache-2.0 */
#include "regions.h"

always_inline bool has_attributes(const struct config_region *region, uint32_t rbar, uint32_t rlar)
{
    return !(((region->rbar ^ rbar) | (region->rlar ^ rlar)) & REGION_ATTRIBUTES);
}

always_inline void set_base(struct config_region *region, uint32_t base)
{
    region->rbar = base | (region->rbar & REGION_ATTRIBUTES);
}

always_inline void set_last(struct config_region *region, uint32_t last)
{
    region->rlar = (last & ~REGION_ATTRIBUTES) | (region->rlar & REGION_ATTRIBUTES);
}

/* Room for one more before `at`. */
always_inline void open_gap(struct region_list *list, struct config_region *at)
{
    for (struct config_region *to = &list->at[list->nr++]; to > at; to--)
        *to = to[-1];
}

/* Drops `nr` regions from `at` on. */
always_inline void close_gap(struct region_list *list, struct config_region *at, uint32_t nr)
{
    struct config_region *const end = &list->at[list->nr -= nr];

    for (; at < end; at++)
        *at = at[nr];
}

/* The first region that ends at or behind `address`; the end of the list if none does. */
always_inline struct config_region *first_behind(struct region_list *list, uint32_t address)
{
    struct config_region *region = list->at, *const end = region + list->nr;

    while (region < end && region_last(region) < address)
        region++;
    return region;
}

hot struct config_region *regions_find(struct region_list *list, uint32_t base, uint32_t last)
{
    struct config_region *const region = first_behind(list, base);

    if (region == &list->at[list->nr] || region_base(region) > base || region_last(region) < last)
        return NULL;
    return region;
}

hot enum view_result regions_remove(struct region_list *list, uint32_t base, uint32_t last)
{
    struct config_region *const region = first_behind(list, base);

    if (region == &list->at[list->nr] || region_base(region) > base || region_last(region) < last)
        return VIEW_ABSENT;
    const bool below = region_base(region) < base, above = region_last(region) > last;
    if (above && !below) {
        set_base(region, last + 1);
    } else if (below) {
        if (above) {
            if (unlikely(list->nr >= list->max))
                return VIEW_FULL;
            open_gap(list, region + 1);
            region[1].rbar = (last + 1) | (region->rbar & REGION_ATTRIBUTES);
            region[1].rlar = region->rlar;
        }
        set_last(region, base - 1);
    } else {
        close_gap(list, region, 1);
    }
    return VIEW_OK;
}

/* `first` is the first region that ends right before or behind the new one's base. */
hot static __attribute__((noinline)) enum view_result add_anywhere(struct region_list *list, struct config_region *first,
                                                               uint32_t rbar, uint32_t rlar)
{
    const uint32_t base = rbar & ~REGION_ATTRIBUTES, last = rlar | REGION_ATTRIBUTES;
    const uint32_t after = last + 1 ? last + 1 : last;
    struct config_region *const end = &list->at[list->nr], *beyond;

    if (first < end && region_last(first) < base && !has_attributes(first, rbar, rlar))
        first++; /* a neighbour of another kind */
    for (beyond = first; beyond < end && region_base(beyond) <= after; beyond++) {
        if (has_attributes(beyond, rbar, rlar))
            continue;
        if (region_base(beyond) <= last)
            return VIEW_BUSY;
        break;
    }
    if (beyond == first) {
        if (list->nr >= list->max)
            return VIEW_FULL;
        open_gap(list, first);
        *first = (struct config_region){rbar, rlar};
        return VIEW_OK;
    }
    if (base < region_base(first))
        set_base(first, base);
    set_last(first, last > region_last(beyond - 1) ? last : region_last(beyond - 1));
    if (beyond - first > 1)
        close_gap(list, first + 1, (uint32_t)(beyond - first) - 1);
    return VIEW_OK;
}

/* The usual case by itself: a piece comes back between its two halves, or to the end of the lower one. */
hot enum view_result regions_add(struct region_list *list, uint32_t rbar, uint32_t rlar)
{
    const uint32_t base = rbar & ~REGION_ATTRIBUTES, last = rlar | REGION_ATTRIBUTES, before = base ? base - 1 : 0;
    struct config_region *const end = &list->at[list->nr], *const below = first_behind(list, before);
    struct config_region *const above = below + 1;

    if (unlikely(below >= end || region_last(below) != before || !has_attributes(below, rbar, rlar)))
        return add_anywhere(list, below, rbar, rlar);
    if (above == end || (region_base(above) > last && region_base(above) != last + 1)) {
        set_last(below, last);
        return VIEW_OK;
    }
    if (unlikely(region_base(above) != last + 1 || !has_attributes(above, rbar, rlar)))
        return add_anywhere(list, below, rbar, rlar);
    below->rlar = above->rlar;
    close_gap(list, above, 1);
    return VIEW_OK;
}

hot enum view_result regions_insert(struct region_list *list, uint32_t rbar, uint32_t rlar)
{
    const uint32_t base = rbar & ~REGION_ATTRIBUTES, before = base ? base - 1 : 0;
    struct config_region *const end = &list->at[list->nr], *const first = first_behind(list, before);
    const struct config_region *const at = first < end && region_last(first) < base ? first + 1 : first;

    if (unlikely(at < end && region_base(at) <= (rlar | REGION_ATTRIBUTES)))
        return VIEW_BUSY;
    return add_anywhere(list, first, rbar, rlar);
}
