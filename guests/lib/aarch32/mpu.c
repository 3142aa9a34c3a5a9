/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The EL1 MPU (PMSAv8-32) of the calling vCPU, through the selector. A region is off while it is written,
 * so that it never collides with a neighbour half way.
 */
#include "internal.h"

enum { SCTLR_M = 1 << 0, SCTLR_BR = 1 << 17 };
enum { SHAREABLE_OUTER = 2 };

static void barrier(void)
{
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

static void select_region(uint32_t region)
{
    __asm__ volatile("mcr p15, 0, %0, c6, c2, 1\n\tisb" ::"r"(region) : "memory"); /* PRSELR */
}

uint32_t mpu_region_count(void)
{
    uint32_t mpuir;

    __asm__ volatile("mrc p15, 0, %0, c0, c0, 4" : "=r"(mpuir));
    return mpuir >> 8 & 0xffu;
}

void mpu_clear_region(uint32_t region)
{
    select_region(region);
    __asm__ volatile("mcr p15, 0, %0, c6, c3, 1" ::"r"(0) : "memory"); /* PRLAR */
    barrier();
}

void mpu_set_region(uint32_t region, uintptr_t base, uintptr_t limit, enum mpu_access access,
                    enum mpu_memory memory, enum mpu_execute execute)
{
    uint32_t rbar = base | SHAREABLE_OUTER << 3 | (uint32_t)access << 1 | (uint32_t)execute;
    uint32_t rlar = ((limit - 1) & ~63u) | (uint32_t)memory << 1 | 1u;

    mpu_clear_region(region);
    __asm__ volatile("mcr p15, 0, %0, c6, c3, 0" ::"r"(rbar) : "memory"); /* PRBAR */
    __asm__ volatile("mcr p15, 0, %0, c6, c3, 1" ::"r"(rlar) : "memory");
    barrier();
}

static void control(uint32_t set, uint32_t clear)
{
    uint32_t sctlr;

    __asm__ volatile("mrc p15, 0, %0, c1, c0, 0" : "=r"(sctlr));
    sctlr = (sctlr & ~clear) | set;
    barrier();
    __asm__ volatile("mcr p15, 0, %0, c1, c0, 0" ::"r"(sctlr) : "memory");
    barrier();
}

static void set_memory_types(void)
{
    __asm__ volatile("mcr p15, 0, %0, c10, c2, 0" ::"r"(0x000004ff) : "memory"); /* MAIR0: write-back, nGnRE */
}

void mpu_enable(void)
{
    set_memory_types();
    control(SCTLR_M | SCTLR_BR, 0);
}

void mpu_enable_strict(void)
{
    set_memory_types();
    control(SCTLR_M, SCTLR_BR);
}

void mpu_disable(void)
{
    control(0, SCTLR_M);
}
