/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each view holds of others, as at the last look: whoever compares the books asks for every page of every domain. A view
 * that holds more pieces than fit is searched.
 */
#include "hv/domain.h"
#include "hv/protect.h"
#include "mmu_unit.h"

enum { LISTED = 64 };

static struct {
    uint32_t edits, nr;
    struct {
        uintptr_t address;
        uint64_t bytes;
    } at[LISTED];
} foreign_pieces[CONFIG_MAX_DOMAINS];

static uint32_t count_maps(const struct view *view, paddr_t page)
{
    struct stage2_leaf leaf;
    uint32_t maps = 0;

    for (uintptr_t at = 0; stage2_next(view, at, &leaf); at = leaf.base + leaf.bytes) {
        if (leaf.foreign && page.addr - leaf.address.addr < leaf.bytes)
            maps++;
    }
    return maps;
}

static void list_foreign(const struct view *view, uint32_t index)
{
    struct stage2_leaf leaf;
    uint32_t nr = 0;

    for (uintptr_t at = 0; nr <= LISTED && stage2_next(view, at, &leaf); at = leaf.base + leaf.bytes) {
        if (!leaf.foreign)
            continue;
        if (nr < LISTED) {
            foreign_pieces[index].at[nr].address = leaf.address.addr;
            foreign_pieces[index].at[nr].bytes = leaf.bytes;
        }
        nr++;
    }
    foreign_pieces[index].nr = nr;
    foreign_pieces[index].edits = view->foreign_edits;
}

uint32_t protect_view_maps(struct domain *d, paddr_t page)
{
    const uint32_t index = (uint32_t)(d - domains);
    uint32_t maps = 0;

    if (d->view.nr_foreign == 0)
        return 0;
    if (foreign_pieces[index].edits != d->view.foreign_edits)
        list_foreign(&d->view, index);
    if (foreign_pieces[index].nr > LISTED)
        return count_maps(&d->view, page);
    for (uint32_t i = 0; i < foreign_pieces[index].nr; i++)
        maps += page.addr - foreign_pieces[index].at[i].address < foreign_pieces[index].at[i].bytes;
    return maps;
}
