/* SPDX-License-Identifier: Apache-2.0 */
/* The two stamps of a round. Both ways have the number of instructions that bench.h says. */
#ifndef BENCH_GUESTS_STAMP_H
#define BENCH_GUESTS_STAMP_H

#include "fencepost.h"

static inline void stamp_and_start(uint32_t *sum)
{
    uint64_t stamp;
    uint32_t scratch;

    __asm__ volatile("mrs %0, cntpct_el0\n\t"
                     "ldr %w1, [%2]\n\t"
                     "add %w1, %w1, %w0\n\t"
                     "str %w1, [%2]\n\t" FP_MARK_START
                     : "=&r"(stamp), "=&r"(scratch) : "r"(sum) : "memory");
}

static inline uint32_t stop_and_stamp(void)
{
    uint64_t stamp;

    __asm__ volatile(FP_MARK_STOP "\n\tmrs %0, cntpct_el0" : "=r"(stamp)::"memory");
    return (uint32_t)stamp;
}

#endif
