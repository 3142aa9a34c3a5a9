/* SPDX-License-Identifier: Apache-2.0 */
/* What the first life of domain 2 finds is noted, and must be what the second one finds. Domain 1 waits for both. */
#ifndef RESTART_FRESH_H
#define RESTART_FRESH_H

#include "restart.h"

#define ALL NEEDS "system=restart strategies=window,switch,mask"
#define ONE NEEDS "system=restart"

enum { FIRST = 1, SECOND = 2 };

static inline void wait_for_the_second_life(void)
{
    expect_soon(board->done == SECOND);
    expect_never(board->lives != SECOND);
}

/* In the first life the values are noted, in the second they must be equal; in the same order. */
static inline void note_word(const char *name, uint64_t value)
{
    static uint32_t noted;
    volatile uint32_t *const word = &board->word[2 * noted];

    if (2 * ++noted > sizeof(board->word) / sizeof(board->word[0])) {
        fail_("no room to note %s", name);
    } else if (board->lives == FIRST) {
        word[0] = (uint32_t)value;
        word[1] = (uint32_t)(value >> 32);
    } else if (value != ((uint64_t)word[1] << 32 | word[0])) {
        fail_("%s is 0x%llx, was 0x%x%08x", name, (unsigned long long)value, word[1], word[0]);
    }
}

/* Groups of registers: registers.h of the architecture. */
#define NOTE(group)                                       \
    do {                                                  \
        for (uint32_t i_ = 0; i_ < COUNT_OF(group); i_++) \
            note_word((group)[i_].name, (group)[i_].read()); \
    } while (0)
#define SPOIL(group)                                                                                                \
    do {                                                                                                            \
        for (uint32_t i_ = 0; i_ < COUNT_OF(group); i_++)                                                           \
            (group)[i_].write(((group)[i_].read() & ~(group)[i_].bits) | (0xa5a5a5a5a5a5a5a5ull & (group)[i_].bits)); \
    } while (0)

#endif
