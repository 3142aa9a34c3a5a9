/* SPDX-License-Identifier: Apache-2.0 */
/* The cycle counter as this CPU has it. */
#ifndef ISOLATION_COUNTER_H
#define ISOLATION_COUNTER_H

#include "fencepost.h"

static inline void expect_counter_as_id_says(void)
{
    uint64_t features, before, after;

    __asm__ volatile("mrs %0, id_aa64dfr0_el1" : "=r"(features));
    __asm__ volatile("isb\n\tmrs %0, pmccntr_el0" : "=r"(before)::"memory");
    delay_ns(1000);
    __asm__ volatile("isb\n\tmrs %0, pmccntr_el0" : "=r"(after)::"memory");
    const uint32_t perfmon = features >> 8 & 0xf;

    if (perfmon == 0 || perfmon == 0xf)
        expect_eq(after, 0);
    else
        expect_true(after > before);
}

#endif
