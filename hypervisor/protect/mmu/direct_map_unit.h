/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage 2 translates: a range of a domain lies at the physical frame that the configuration names, and a foreign page
 * wherever its borrower wants it. In a direct-mapped domain the frame is the guest's own number.
 */
#ifndef PROTECT_MMU_DIRECT_MAP_UNIT_H
#define PROTECT_MMU_DIRECT_MAP_UNIT_H

#include "hv/domain.h"

/* mmu.c */
const struct config_range *page_range_of(const struct domain *d, paddr_t address, uint32_t bytes);
uintptr_t direct_map_translated_device(uintptr_t address);
uint32_t page_count_ballooned(const struct domain *d);
bool direct_map_may_appear(const struct domain *d, uint64_t idx, uint64_t gpfn);
uint32_t direct_map_equals(const struct domain *d);

static inline bool direct_map_frame(uint64_t gfn, gpaddr_t *out)
{
    if (gfn >> (VIEW_ADDRESS_BITS - PAGE_SHIFT))
        return false;
    out->addr = (uintptr_t)gfn << PAGE_SHIFT;
    return true;
}

static inline uintptr_t direct_map_device(const struct domain *d, uintptr_t address)
{
    return likely(d->config->flags & DOMAIN_DIRECT_MAP) ? address : direct_map_translated_device(address);
}

static inline paddr_t page_address(const struct config_range *range, uintptr_t base)
{
    return (paddr_t){((uintptr_t)range->frame << PAGE_SHIFT) + (base - (uintptr_t)range->base)};
}

static inline uintptr_t page_base(const struct config_range *range, paddr_t address)
{
    return (uintptr_t)range->base + (address.addr - ((uintptr_t)range->frame << PAGE_SHIFT));
}

static inline uint64_t page_limit(const struct config_range *range, uintptr_t base, paddr_t address)
{
    return base + (range->limit - page_base(range, address));
}

static inline void *page_pointer(const struct domain *d, gpaddr_t base)
{
    const struct config_range *const range = page_range(d, base.addr, 1);

    return range ? (void *)page_address(range, base.addr).addr : NULL;
}

/* What a domain gives back is its own in a direct-mapped domain only (Xen's rule). */
static inline uint32_t direct_map_reservation(const struct domain *d)
{
    return d->config->nr_pages - (d->config->flags & DOMAIN_DIRECT_MAP ? 0 : page_count_ballooned(d));
}

static inline bool direct_map_takes_order(const struct domain *d, uint32_t order)
{
    return order == 0 || d->config->flags & DOMAIN_DIRECT_MAP;
}

static inline gpaddr_t direct_map_place(gpaddr_t idx, uint64_t gpfn)
{
    (void)idx;
    return (gpaddr_t){(uintptr_t)gpfn << PAGE_SHIFT};
}

#endif
