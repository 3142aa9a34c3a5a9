/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An MPU does not translate: every domain is direct-mapped, and a foreign page lies at its own number.
 */
#ifndef PROTECT_MPU_DIRECT_MAP_UNIT_H
#define PROTECT_MPU_DIRECT_MAP_UNIT_H

#include "hv/domain.h"

static inline bool direct_map_frame(uint64_t gfn, gpaddr_t *out)
{
    if (gfn > UINTPTR_MAX >> PAGE_SHIFT)
        return false;
    out->addr = (uintptr_t)gfn << PAGE_SHIFT;
    return true;
}

static inline uintptr_t direct_map_device(const struct domain *d, uintptr_t address)
{
    (void)d;
    return address;
}

static inline paddr_t page_address(const struct config_range *range, uintptr_t base)
{
    (void)range;
    return (paddr_t){base};
}

static inline uintptr_t page_base(const struct config_range *range, paddr_t address)
{
    (void)range;
    return address.addr;
}

static inline uint64_t page_limit(const struct config_range *range, uintptr_t base, paddr_t address)
{
    (void)base;
    (void)address;
    return range->limit;
}

static inline const struct config_range *page_range_of(const struct domain *d, paddr_t address, uint32_t bytes)
{
    return page_range(d, address.addr, bytes);
}

static inline void *page_pointer(const struct domain *d, gpaddr_t base)
{
    (void)d;
    return (void *)base.addr;
}

static inline bool direct_map_may_appear(const struct domain *d, uint64_t idx, uint64_t gpfn)
{
    (void)d;
    return idx == gpfn;
}

static inline uint32_t direct_map_equals(const struct domain *d)
{
    (void)d;
    return ~0u;
}

static inline uint32_t direct_map_reservation(const struct domain *d)
{
    return d->config->nr_pages;
}

static inline bool direct_map_takes_order(const struct domain *d, uint32_t order)
{
    (void)d;
    (void)order;
    return true;
}

static inline gpaddr_t direct_map_place(gpaddr_t idx, uint64_t gpfn)
{
    (void)gpfn;
    return idx;
}

#endif
