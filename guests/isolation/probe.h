/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An attempt that must fail, and the places where it must. A denied access comes back as an abort at the
 * guest's own vector with the address of the attempt; anything else is a hole.
 */
#ifndef ISOLATION_PROBE_H
#define ISOLATION_PROBE_H

#include "fencepost.h"

enum attempt {
    READ,
    WRITE,
    EXECUTE,
    READ_EL0,
    WRITE_EL0,
    EXECUTE_EL0,
};

struct place {
    const char *what;
    uintptr_t base, limit; /* half-open; the last 64 bytes of the address space are nobody's */
};

/* Reports and returns false when the attempt is not denied as it should be. */
bool probe(const char *file, int line, enum attempt attempt, uintptr_t address, const char *what);

/* Word by word at that distance; the first and the last word always. Ends at the first hole. */
bool probe_place(const char *file, int line, enum attempt attempt, const struct place *place, uint32_t stride);

#define expect_denied(attempt, address, what) probe(__FILE__, __LINE__, attempt, address, what)
#define expect_place_denied(attempt, place, stride) probe_place(__FILE__, __LINE__, attempt, place, stride)

/* Reads and writes what the guest owns: must work, and keeps the content. */
void expect_own_word(uintptr_t address);

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
