/* SPDX-License-Identifier: Apache-2.0 */
/* All the state that a vCPU can have besides its core registers: floating point. There is no EL1 MPU to fill. */
#ifndef BENCH_GUESTS_STATE_H
#define BENCH_GUESTS_STATE_H

#include "fencepost.h"

static void mpu_fill(void)
{
}

static void fp_enable(void)
{
    uint64_t cpacr;

    __asm__ volatile("mrs %0, cpacr_el1" : "=r"(cpacr));
    __asm__ volatile("msr cpacr_el1, %0\n\tisb" ::"r"(cpacr | 3u << 20) : "memory");
}

/* Makes FP state live on this side of a switch. */
static inline void fp_use(void)
{
    __asm__ volatile(".arch_extension fp\n\tfadd d0, d0, d0\n\t.arch_extension nofp" ::: "memory");
}

#endif
