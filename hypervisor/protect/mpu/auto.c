/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strategy `auto`, the combination: windows while at most W pages are live, then the hypervisor's view, with
 * the windows closed first (loading a view switches every slot but the fixed ones off).
 */
#include "hv/cpu.h"
#include "hv/strategy.h"
#include "hv/view.h"
#include "mpu_regs.h"

#define STRATEGY auto

enum { SWITCHED = ~0u };

always_inline void peer_begin(struct peer_access *access, struct cpu *cpu, uint32_t viewer)
{
    access->cpu = cpu;
    access->viewer = viewer;
    access->live = 0; /* windows open, or SWITCHED */
    access->open[0] = 0;
}

always_inline void peer_end(struct peer_access *access)
{
    if (access->live == 0)
        return;
    if (unlikely(access->live == SWITCHED)) {
        PROBE("exposed.end");
        view_load(access->cpu->protect.guest_image);
        return;
    }
    while (unlikely(access->live > 1))
        mpu_disable_slot(MPU_FIXED_SLOTS + --access->live);
    mpu_window_close();
}

/* A second window over a page would be an overlap. */
always_inline bool is_open(const struct peer_access *access, uint32_t rbar)
{
    for (uint32_t i = 0; i < access->live; i++) {
        if (access->open[i] == rbar)
            return true;
    }
    return false;
}

always_inline void peer_reach(struct peer_access *access, const struct peer_page *page)
{
    if (page->held_by & access->viewer || access->live == SWITCHED)
        return;
    if (access->live && is_open(access, page->rbar))
        return;
    if (unlikely(access->live == access->cpu->protect.nr_windows)) {
        view_load(access->cpu->protect.hyp_image);
        PROBE("exposed");
        access->live = SWITCHED;
        return;
    }
    if (likely(access->live == 0))
        mpu_window_open(page->rbar, page->rlar);
    else
        mpu_write_slot(MPU_FIXED_SLOTS + access->live, page->rbar, page->rlar);
    access->open[access->live++] = page->rbar;
}

#include "core/evtchn_send.h"
