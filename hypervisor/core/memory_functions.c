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

    if (value == 0 && (uintptr_t)to % sizeof(uint32_t) == 0) { /* structures, nearly always */
        for (; bytes >= sizeof(uint32_t); bytes -= sizeof(uint32_t), out += sizeof(uint32_t))
            *(uint32_t *)(uintptr_t)out = 0;
    }
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
