/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inline half of hv/protect.h for an MPU: addresses in a view are physical ones.
 */
#ifndef PROTECT_MPU_PROTECT_UNIT_H
#define PROTECT_MPU_PROTECT_UNIT_H

/* The piece that holds the address. False: there is none. */
bool protect_view_find(struct domain *d, uintptr_t address, struct view_span *span);

must_check enum view_result protect_view_insert(struct domain *d, uintptr_t base, uint32_t bytes, uint32_t attr);

static inline must_check enum view_result protect_view_map(struct domain *d, gpaddr_t at, paddr_t page, uint32_t attr)
{
    (void)page;
    return protect_view_insert(d, at.addr, PAGE_SIZE, attr);
}

static inline must_check enum view_result protect_view_take_page(struct domain *d, uintptr_t base)
{
    return protect_view_remove(d, base, PAGE_SIZE);
}

static inline bool protect_view_behind(struct domain *d, uintptr_t base, paddr_t *page)
{
    (void)d;
    page->addr = base;
    return true;
}

static inline must_check bool protect_view_drop_own(struct domain *d)
{
    (void)d; /* piece by piece: each is one region, whatever it holds */
    return true;
}

static inline bool protect_reaches_ram(void)
{
    return false;
}

static inline paddr_t protect_span_address(const struct view_span *span)
{
    return (paddr_t){span->base};
}

static inline uint32_t protect_view_maps(struct domain *d, paddr_t page)
{
    return protect_view_holds(d, page.addr, PAGE_SIZE) ? 1 : 0;
}

#endif
