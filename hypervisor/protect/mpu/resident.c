/* SPDX-License-Identifier: Apache-2.0 */
/*
 * No work at the access, because every page is reachable already: `switch` with switch-when = "entry" (the
 * entry path has loaded the hypervisor's view) and `background` with background-when = "always".
 */
#include "hv/cpu.h"
#include "hv/strategy.h"
#include "hv/probe.h"

#define STRATEGY resident

always_inline void peer_begin(struct peer_access *access, struct cpu *cpu, uint32_t viewer)
{
    access->cpu = cpu;
    access->viewer = viewer;
}

always_inline void peer_end(struct peer_access *access)
{
    (void)access;
}

always_inline void peer_reach(struct peer_access *access, const struct peer_page *page)
{
    (void)access;
    (void)page;
}

#include "core/evtchn_send.h"
