/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strategy `mask`: the hypervisor's RAM ranges stay in the MPU, switched off while a guest runs. One write of
 * HPRENR exchanges the two views.
 */
#include "hv/cpu.h"
#include "hv/strategy.h"
#include "mpu_regs.h"

#define STRATEGY mask

always_inline void peer_begin(struct peer_access *access, struct cpu *cpu, uint32_t viewer)
{
    access->cpu = cpu;
    access->viewer = viewer;
    access->live = 0;
}

always_inline void peer_end(struct peer_access *access)
{
    if (access->live) {
        PROBE("exposed.end");
        mpu_enable(access->cpu->protect.guest_mask);
    }
}

always_inline void peer_reach(struct peer_access *access, const struct peer_page *page)
{
    if (access->live || page->held_by & access->viewer)
        return;
    mpu_enable(access->cpu->protect.hyp_mask);
    PROBE("exposed");
    access->live = 1;
}

#include "core/evtchn_send.h"
