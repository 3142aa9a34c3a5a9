/* SPDX-License-Identifier: Apache-2.0 */
/* hv/peer.h for a board with translation: every page is reachable already. */
#ifndef PROTECT_MMU_PEER_UNIT_H
#define PROTECT_MMU_PEER_UNIT_H

#include "hv/types.h"

struct peer_page {
    uint32_t held_by;
    struct domain *owner;
};

struct peer_access {
    struct cpu *cpu;
    uint32_t viewer;
};

#endif
