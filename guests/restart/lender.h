/* SPDX-License-Identifier: Apache-2.0 */
/* A domain 2 whose spare pages domain 1 maps before it lets it restart. */
#ifndef RESTART_LENDER_H
#define RESTART_LENDER_H

#include "restart.h"

enum { FIRST = 1, SECOND = 2, OLD = 0x01d, LATE = 0x1a7e };

/* Domain 2: marks its spare pages, goes down when told. */
static inline uint32_t live_and_reboot(void)
{
    const uint32_t life = begin_life();

    if (life == FIRST) {
        for (uint32_t n = 0; n < SPARE_2_PAGES; n++)
            *word_at(spare(n)) = OLD + n;
        end_part();
        wait_for_go(FIRST);
        reboot();
    }
    return life;
}

static inline void let_it_reboot(void)
{
    board->go = FIRST;
}

#endif
