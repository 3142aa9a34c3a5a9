/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the compiler may call on its own in a freestanding program.
 */
#include "hv/types.h"

void *memset(void *to, int value, size_t bytes);
void *memcpy(void *restrict to, const void *restrict from, size_t bytes);

void *memset(void *to, int value, size_t bytes)
{
    char *out = to;

    while (bytes--)
        *out++ = (char)value;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
    char *out = to;
    const char *in = from;

    while (bytes--)
        *out++ = *in++;
    return to;
}
