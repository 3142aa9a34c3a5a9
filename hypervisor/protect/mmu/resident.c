/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one access strategy of a board with translation: EL2 has all RAM mapped, so every page is reachable already.
 */
#include "hv/cpu.h"
#include "hv/panic.h"
#include "hv/strategy.h"

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

const struct strategy *strategy;

void strategy_bind(const struct config_header *config)
{
    if (config->access != ACCESS_RESIDENT)
        panic("configuration: access strategy %u is none of a board with translation", (unsigned)config->access);
    strategy = &strategy_resident;
}
