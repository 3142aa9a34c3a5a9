/* SPDX-License-Identifier: Apache-2.0 */
/* A field of the longest length that a call fills, with bytes around it that must stay. */
#ifndef GUESTS_ABI_LONG_H
#define GUESTS_ABI_LONG_H

#include "places.h"

enum { FIELD = 1024 /* what XENVER_capabilities fills */, GUARD = 0x5a };

static char area[2 * FIELD] __attribute__((aligned(FIELD)));

static inline void expect_field(const char *field)
{
    size_t text = strlen(field);

    expect_true(text > 0 && text < 64);
    for (size_t i = text; i < FIELD; i++)
        require_eq(field[i], 0);
    expect_eq(field[-1], GUARD);
    expect_eq(field[FIELD], GUARD);
}

#endif
