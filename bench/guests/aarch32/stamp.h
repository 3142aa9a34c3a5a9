/* SPDX-License-Identifier: Apache-2.0 */
/* The two stamps of a round. Both ways have the number of instructions that bench.h says. */
#ifndef BENCH_GUESTS_STAMP_H
#define BENCH_GUESTS_STAMP_H

#include "fencepost.h"

static inline void stamp_and_start(uint32_t *sum)
{
    uint32_t stamp, scratch;

    __asm__ volatile("mrrc p15, 0, %0, %1, c14\n\t" /* CNTPCT */
                     "ldr %1, [%2]\n\t"
                     "add %1, %1, %0\n\t"
                     "str %1, [%2]\n\t" FP_MARK_START
                     : "=&r"(stamp), "=&r"(scratch) : "r"(sum) : "memory");
}

static inline uint32_t stop_and_stamp(void)
{
    uint32_t low, high;

    __asm__ volatile(FP_MARK_STOP "\n\tmrrc p15, 0, %0, %1, c14" : "=r"(low), "=r"(high)::"memory");
    return low;
}

#endif
