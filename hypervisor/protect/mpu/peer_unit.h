/* SPDX-License-Identifier: Apache-2.0 */
/* hv/peer.h for an MPU: a region over the page, and what the strategies do with it. */
#ifndef PROTECT_MPU_PEER_UNIT_H
#define PROTECT_MPU_PEER_UNIT_H

#include "hv/config.h"
#include "hv/types.h"

struct peer_page {
    uint32_t rbar;       /* HPRBAR of an EL2-only region over the page, with the bank's attributes */
    uint32_t rlar;       /* HPRLAR, EN = 1 */
    uint32_t held_by;
    struct domain *owner;
};

struct peer_access {
    struct cpu *cpu;
    uint32_t viewer;
    uint32_t live;   /* window: HPRBAR of the open window, 0: none; auto: windows open; switch: 1 when switched */
    uint32_t extra;  /* window_domain: what the windows are over */
    uint32_t open[CONFIG_MAX_WINDOWS]; /* auto: HPRBAR of each open window */
};

#endif
