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
    struct config_region *to = list->at + list->nr;

    list->nr++;
    for (; to != at; to--)
        *to = to[-1];
}

/* Drops `nr` regions from `at` on. */
always_inline void close_gap(struct region_list *list, struct config_region *at, uint32_t nr)
{
    const struct config_region *from = at + nr, *const end = list->at + list->nr;

    list->nr -= nr;
    for (; from != end; from++)
        *at++ = *from;
}

/* The first region that ends at or behind an address is the one whose register is not below the address's granule. */
hot struct config_region *regions_find(struct region_list *list, uint32_t base, uint32_t last)
{
    const struct config_region *const end = list->at + list->nr;
    const uint32_t granule = base & ~REGION_ATTRIBUTES;

    for (struct config_region *region = list->at; region != end; region++) {
        if (region->rlar >= granule)
            return region_base(region) <= base && last <= region_last(region) ? region : NULL;
    }
    return NULL;
}

/* Takes [base, last] out of the one region that may hold it. */
always_inline enum view_result cut(struct region_list *list, struct config_region *region, uint32_t base, uint32_t last)
{
    if (region_base(region) == base && region_last(region) == last) {
        close_gap(list, region, 1);
        return VIEW_OK;
    }
    if (unlikely(region_base(region) > base || region_last(region) < last))
        return VIEW_ABSENT;
    if (region_base(region) == base) {
        set_base(region, last + 1);
        return VIEW_OK;
    }
    if (region_last(region) > last) {
        if (unlikely(list->nr >= list->max))
            return VIEW_FULL;
        open_gap(list, region + 1);
        region[1].rbar = (last + 1) | (region->rbar & REGION_ATTRIBUTES);
        region[1].rlar = region->rlar;
    }
    set_last(region, base - 1);
    return VIEW_OK;
}

hot enum view_result regions_remove(struct region_list *list, uint32_t base, uint32_t last)
{
    const struct config_region *const end = list->at + list->nr;
    const uint32_t granule = base & ~REGION_ATTRIBUTES;

    for (struct config_region *region = list->at; region != end; region++) {
        if (region->rlar >= granule)
            return cut(list, region, base, last);
    }
    return VIEW_ABSENT;
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

/* The usual case by itself: a piece comes back between its two halves, or to the end of the lower one. `below` as above. */
always_inline enum view_result join(struct region_list *list, struct config_region *below, uint32_t rbar, uint32_t rlar)
{
    const uint32_t base = rbar & ~REGION_ATTRIBUTES, last = rlar | REGION_ATTRIBUTES;
    const struct config_region *const end = list->at + list->nr;
    struct config_region *const above = below + 1;

    if (unlikely(region_last(below) + 1 != base || !has_attributes(below, rbar, rlar)))
        return add_anywhere(list, below, rbar, rlar);
    if (above != end && unlikely(region_base(above) <= last))
        return add_anywhere(list, below, rbar, rlar);
    if (above != end && region_base(above) == last + 1 && likely(has_attributes(above, rbar, rlar))) {
        below->rlar = above->rlar;
        close_gap(list, above, 1);
    } else {
        set_last(below, last);
    }
    return VIEW_OK;
}

hot enum view_result regions_add(struct region_list *list, uint32_t rbar, uint32_t rlar)
{
    const uint32_t base = rbar & ~REGION_ATTRIBUTES, before = base - REGION_GRANULE;
    struct config_region *const end = list->at + list->nr;

    if (unlikely(base == 0)) /* no region ends before it */
        return add_anywhere(list, list->at, rbar, rlar);
    for (struct config_region *region = list->at; region != end; region++) {
        if (region->rlar >= before)
            return join(list, region, rbar, rlar);
    }
    return add_anywhere(list, end, rbar, rlar);
}

/* A neighbour touches the new region when the register on that side is less than a granule away, attributes and all. */
hot enum view_result regions_insert(struct region_list *list, uint32_t rbar, uint32_t rlar)
{
    const uint32_t base = rbar & ~REGION_ATTRIBUTES, last = rlar | REGION_ATTRIBUTES;
    const struct config_region *const end = list->at + list->nr;
    struct config_region *at = list->at;
    bool above = false;

    for (; at != end; at++) {
        if (at->rlar < base)
            continue;
        if (unlikely(at->rbar <= last))
            return VIEW_BUSY;
        above = unlikely(at->rbar - last <= REGION_GRANULE) && has_attributes(at, rbar, rlar);
        break;
    }
    if (at != list->at && base - at[-1].rlar <= REGION_GRANULE && has_attributes(at - 1, rbar, rlar)) {
        at[-1].rlar = above ? at->rlar : rlar;
        if (above)
            close_gap(list, at, 1);
        return VIEW_OK;
    }
    if (above) {
        at->rbar = rbar;
        return VIEW_OK;
    }
    if (unlikely(list->nr >= list->max))
        return VIEW_FULL;
    open_gap(list, at);
    at->rbar = rbar;
    at->rlar = rlar;
    return VIEW_OK;
}
