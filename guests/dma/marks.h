/* SPDX-License-Identifier: Apache-2.0 */
/* What tests with a bus master have in common: memory that is marked so that a stray write shows, and how two domains meet. */
#ifndef GUESTS_MARKS_H
#define GUESTS_MARKS_H

#include "pages.h"

enum {
    EVENTS_1 = RAM(0x28000000),
    EVENTS_2 = RAM(0x28004000),
};

/* Every word of [base, base + bytes) becomes its address mixed with `seed`; and is it so? */
static inline void mark(uintptr_t base, uint32_t bytes, uint32_t seed)
{
    for (uintptr_t at = base; at < base + bytes; at += 4)
        *word_at(at) = (uint32_t)at ^ seed;
}

static inline bool is_marked(uintptr_t base, uint32_t bytes, uint32_t seed)
{
    for (uintptr_t at = base; at < base + bytes; at += 4) {
        if (*word_at(at) != ((uint32_t)at ^ seed))
            return false;
    }
    return true;
}

static inline bool is_filled(uintptr_t base, uint32_t bytes, uint32_t word)
{
    for (uintptr_t at = base; at < base + bytes; at += 4) {
        if (*word_at(at) != word)
            return false;
    }
    return true;
}

/* peers_meet(), with the event page where it always is: the last bank of the tree is the shared memory. */
static inline void meet(void)
{
    if (shared_info() == NULL)
        require_eq(events_register_shared_info((void *)(uintptr_t)(machine.domain == 1 ? EVENTS_1 : EVENTS_2)), 0);
    peers_meet();
}

/* Lets the other domain do its next step. */
static inline void hand_over(void)
{
    peer_signal(0);
    peer_wait(0);
}

#endif
