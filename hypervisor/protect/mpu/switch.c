/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strategy `switch` (method 2): the hypervisor's own view replaces the guest's for the access. No slot is
 * reserved; the cost is the slots of both views. A page in the guest's view needs no switch.
 */
#include "hv/cpu.h"
#include "hv/strategy.h"
#include "hv/view.h"
#include "mpu_regs.h"

#define STRATEGY switch

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
        view_load(access->cpu->protect.guest_image);
    }
}

always_inline void peer_reach(struct peer_access *access, const struct peer_page *page)
{
    if (access->live || page->held_by & access->viewer)
        return;
    view_load(access->cpu->protect.hyp_image);
    PROBE("exposed");
    access->live = 1;
}

#include "core/evtchn_send.h"
