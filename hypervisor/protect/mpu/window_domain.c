/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strategy `window` with window-granule = "domain": every bank of the page's owner is mapped, one window
 * each, as the first attempt that founding document 004 reports did. A page outside the owner's banks, or an
 * owner with more banks than windows, gets a window of its own. Not inlined: it is here to be compared.
 */
#include "hv/cpu.h"
#include "hv/domain.h"
#include "hv/strategy.h"
#include "mpu_regs.h"

#define STRATEGY window_domain

always_inline void peer_begin(struct peer_access *access, struct cpu *cpu, uint32_t viewer)
{
    access->cpu = cpu;
    access->viewer = viewer;
    access->live = 0;
    access->extra = 0;
}

/* live: windows open; extra: what they are over, a domain (its address) or a page (its HPRBAR). */
static __attribute__((noinline)) void peer_end(struct peer_access *access)
{
    while (access->live > 1)
        mpu_disable_slot(MPU_FIXED_SLOTS + --access->live);
    if (access->live)
        mpu_window_close();
    access->live = 0;
}

static __attribute__((noinline)) void peer_reach(struct peer_access *access, const struct peer_page *page)
{
    const struct view *view;

    if (page->held_by & access->viewer)
        return;
    view = &page->owner->view;
    /* Over the whole domain only when the loaded view holds nothing of it: regions must not overlap. */
    const bool whole = view->nr_ram && !(access->cpu->current->domain->view.owners & page->owner->bit);
    const uint32_t over = whole ? (uint32_t)(uintptr_t)page->owner : page->rbar;
    if (access->live && access->extra == over)
        return;
    peer_end(access);
    access->extra = over;
    if (!whole) {
        mpu_window_open(page->rbar, page->rlar);
        access->live = 1;
        return;
    }
    mpu_window_open(view->ram[0].rbar, view->ram[0].rlar);
    for (access->live = 1; access->live < view->nr_ram; access->live++)
        mpu_write_slot(MPU_FIXED_SLOTS + access->live, view->ram[access->live].rbar, view->ram[access->live].rlar);
}

#include "core/evtchn_send.h"
