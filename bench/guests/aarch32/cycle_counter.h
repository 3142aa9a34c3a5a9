/* SPDX-License-Identifier: Apache-2.0 */
/* The cycle counter of the core and what its numbers depend on. */
#ifndef BENCH_GUESTS_CYCLE_COUNTER_H
#define BENCH_GUESTS_CYCLE_COUNTER_H

#include <stdint.h>

/* ID_DFR0.PerfMon */
static inline uint32_t pmu_version(void)
{
    uint32_t id;

    __asm__ volatile("mrc p15, 0, %0, c0, c1, 2" : "=r"(id));
    return id >> 24 & 0xf;
}

enum { PMU_LEAST_VERSION = 3 };

/* Nothing moves across the read: what came before is complete, what comes after has not begun. */
static inline uint32_t pmccntr(void)
{
    uint32_t cycles;

    __asm__ volatile("isb\n\tmrc p15, 0, %0, c9, c13, 0\n\tisb" : "=r"(cycles)::"memory");
    return cycles;
}

static inline uint32_t sctlr(void)
{
    uint32_t value;

    __asm__ volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(value));
    return value;
}

static inline uint32_t pmccfiltr(void)
{
    uint32_t value;

    __asm__ volatile("mrc p15, 0, %0, c14, c15, 7" : "=r"(value));
    return value;
}

static inline uint32_t pmcntenset(void)
{
    uint32_t value;

    __asm__ volatile("mrc p15, 0, %0, c9, c12, 1" : "=r"(value));
    return value;
}

#endif
