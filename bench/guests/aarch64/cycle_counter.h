/* SPDX-License-Identifier: Apache-2.0 */
/* The cycle counter of the core and what its numbers depend on. */
#ifndef BENCH_GUESTS_CYCLE_COUNTER_H
#define BENCH_GUESTS_CYCLE_COUNTER_H

#include <stdint.h>

#define PMU_READ_(name)                                              \
    ({                                                               \
        uint64_t value_;                                             \
        __asm__ volatile("mrs %0, " #name : "=r"(value_)::"memory"); \
        (uint32_t)value_;                                            \
    })

/* ID_AA64DFR0_EL1.PMUVer */
static inline uint32_t pmu_version(void) { return PMU_READ_(id_aa64dfr0_el1) >> 8 & 0xf; }

enum { PMU_LEAST_VERSION = 1 };

/* Nothing moves across the read: what came before is complete, what comes after has not begun. */
static inline uint32_t pmccntr(void)
{
    uint64_t cycles;

    __asm__ volatile("isb\n\tmrs %0, pmccntr_el0\n\tisb" : "=r"(cycles)::"memory");
    return (uint32_t)cycles;
}

static inline uint32_t sctlr(void) { return PMU_READ_(sctlr_el1); }
static inline uint32_t pmccfiltr(void) { return PMU_READ_(pmccfiltr_el0); }
static inline uint32_t pmcntenset(void) { return PMU_READ_(pmcntenset_el0); }

#endif
