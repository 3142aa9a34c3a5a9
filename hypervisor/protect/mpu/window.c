/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strategy `window` (method 1): one region, reserved for it, is put over the page that is touched. With
 * several pages the region moves; only the page reached last is sure to be there.
 */
#include "hv/cpu.h"
#include "hv/strategy.h"
#include "mpu_regs.h"

#define STRATEGY window

always_inline void peer_begin(struct peer_access *access, struct cpu *cpu, uint32_t viewer)
{
    access->cpu = cpu;
    access->viewer = viewer;
    access->live = 0;
}

always_inline void peer_end(struct peer_access *access)
{
    if (access->live)
        mpu_window_close();
}

always_inline void peer_reach(struct peer_access *access, const struct peer_page *page)
{
    const uint32_t rbar = page->rbar;

    assume(rbar != 0); /* it says execute-never */
    if (access->live) {
        if (likely(access->live == rbar))
            return;
        mpu_window_off();
        access->live = 0;
    }
    /* In the loaded view already: a second region over it would be an overlap. */
    if (page->held_by & access->viewer)
        return;
    mpu_window_open(rbar, page->rlar);
    access->live = rbar;
}

#include "core/evtchn_send.h"
