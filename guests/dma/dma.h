/* SPDX-License-Identifier: Apache-2.0 */
/* Places of the systems `dma`, `dma-open` and `dma-reach`. */
#ifndef GUESTS_DMA_H
#define GUESTS_DMA_H

#include "fencepost.h"

enum {
    PLACE_BYTES = 0x40000,
    D1_PLACE = 0x21000000,        /* domU1's second bank; right below domU2's */
    D2_PLACE = D1_PLACE + PLACE_BYTES,
    NOWHERE = 0x18000000,         /* no memory answers */
    HYPERVISOR = 0x10000000,
    PATTERN = 0x5eaf00d5,
};

static inline uint32_t *words_at(uint32_t address)
{
    return (uint32_t *)address;
}

/* Every word of [base, base + bytes) gets its address mixed with `seed`; and is it so? */
static inline void mark(uint32_t base, uint32_t bytes, uint32_t seed)
{
    for (uint32_t at = base; at < base + bytes; at += 4)
        *(volatile uint32_t *)at = at ^ seed;
}

static inline bool is_marked(uint32_t base, uint32_t bytes, uint32_t seed)
{
    for (uint32_t at = base; at < base + bytes; at += 4) {
        if (*(volatile uint32_t *)at != (at ^ seed))
            return false;
    }
    return true;
}

static inline bool is_filled(uint32_t base, uint32_t bytes, uint32_t word)
{
    for (uint32_t at = base; at < base + bytes; at += 4) {
        if (*(volatile uint32_t *)at != word)
            return false;
    }
    return true;
}

#endif
