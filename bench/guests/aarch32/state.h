/* SPDX-License-Identifier: Apache-2.0 */
/* All the state that a vCPU can have besides its core registers: EL1 MPU and floating point. */
#ifndef BENCH_GUESTS_STATE_H
#define BENCH_GUESTS_STATE_H

#include "fencepost.h"

enum { EL1_REGIONS = 16, ONE_MIB = 0x100000 };

/* As many small regions as the EL1 MPU has, away from everything the guest uses; the rest by the default map. */
static void mpu_fill(void)
{
    require_true(mpu_region_count() >= EL1_REGIONS);
    for (uint32_t region = 0; region < EL1_REGIONS; region++) {
        uintptr_t base = 0x70000000u + region * ONE_MIB;
        mpu_set_region(region, base, base + ONE_MIB, MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    }
    mpu_enable();
}

static void fp_enable(void)
{
    __asm__ volatile(".fpu fpv5-d16\n\t"
                     "mrc p15, 0, r0, c1, c0, 2\n\t"
                     "orr r0, r0, #0xf00000\n\t"
                     "mcr p15, 0, r0, c1, c0, 2\n\t"
                     "isb\n\t"
                     "mov r0, #0x40000000\n\t"
                     "vmsr fpexc, r0" ::: "r0", "memory");
}

/* Makes FP state live on this side of a switch. */
static inline void fp_use(void)
{
    __asm__ volatile(".fpu fpv5-d16\n\tvadd.f64 d0, d0, d0" ::: "memory");
}

#endif
