/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inline half of hv/protect.h for stage 2 tables.
 */
#ifndef PROTECT_MMU_PROTECT_UNIT_H
#define PROTECT_MMU_PROTECT_UNIT_H

must_check enum view_result protect_view_map(struct domain *d, gpaddr_t at, paddr_t page, uint32_t attr);
bool protect_view_behind(struct domain *d, uintptr_t base, paddr_t *page);
uint32_t protect_view_maps(struct domain *d, paddr_t page);

must_check enum view_result protect_view_take_page(struct domain *d, uintptr_t base);

must_check bool protect_view_drop_own(struct domain *d);

static inline bool protect_reaches_ram(void)
{
    return true;
}

static inline paddr_t protect_span_address(const struct view_span *span)
{
    return span->address;
}

#endif
