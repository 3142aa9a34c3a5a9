/* SPDX-License-Identifier: Apache-2.0 */
/* System registers by what they do, for the library and for tests of the GIC and of time. AArch32: coprocessor 15. */
#ifndef GUEST_SYSREG_H
#define GUEST_SYSREG_H

#include <stdint.h>

static inline uint32_t sysreg_affinity(void)
{
    uint32_t mpidr;

    __asm__ volatile("mrc p15, 0, %0, c0, c0, 5" : "=r"(mpidr));
    return mpidr & 0xffu;
}

/* ---- the GIC's CPU interface ---- */

static inline void icc_enable_system_registers(void)
{
    uint32_t sre;

    __asm__ volatile("mrc p15, 0, %0, c12, c12, 5" : "=r"(sre));
    __asm__ volatile("mcr p15, 0, %0, c12, c12, 5\n\tisb" ::"r"(sre | 1) : "memory");
}

static inline void icc_write_pmr(uint32_t mask)
{
    __asm__ volatile("mcr p15, 0, %0, c4, c6, 0" ::"r"(mask) : "memory");
}

static inline void icc_write_igrpen1(uint32_t enable)
{
    __asm__ volatile("mcr p15, 0, %0, c12, c12, 7\n\tisb" ::"r"(enable) : "memory");
}

static inline uint32_t icc_read_iar1(void)
{
    uint32_t intid;

    __asm__ volatile("mrc p15, 0, %0, c12, c12, 0" : "=r"(intid)::"memory");
    return intid;
}

static inline uint32_t icc_read_hppir1(void)
{
    uint32_t intid;

    __asm__ volatile("mrc p15, 0, %0, c12, c12, 2" : "=r"(intid)::"memory");
    return intid;
}

static inline void icc_write_eoir1(uint32_t intid)
{
    __asm__ volatile("dsb\n\tmcr p15, 0, %0, c12, c12, 1\n\tisb" ::"r"(intid) : "memory");
}

static inline void icc_write_sgi1r(uint64_t value)
{
    __asm__ volatile("dsb\n\tmcrr p15, 0, %0, %1, c12\n\tisb"
                     ::"r"((uint32_t)value), "r"((uint32_t)(value >> 32)) : "memory");
}

static inline void icc_write_ctlr(uint32_t control)
{
    __asm__ volatile("mcr p15, 0, %0, c12, c12, 4\n\tisb" ::"r"(control) : "memory");
}

/* Active priorities of group 0, in which no interrupt of a guest is. */
static inline void icc_write_ap0r0(uint32_t priorities)
{
    __asm__ volatile("mcr p15, 0, %0, c12, c8, 4\n\tisb" ::"r"(priorities) : "memory");
}

static inline void icc_write_dir(uint32_t intid)
{
    __asm__ volatile("mcr p15, 0, %0, c12, c11, 1\n\tisb" ::"r"(intid) : "memory");
}

static inline void vbar_write(uintptr_t address)
{
    __asm__ volatile("mcr p15, 0, %0, c12, c0, 0\n\tisb" ::"r"(address));
}

/* ---- time ---- */

static inline uint32_t cntv_ctl_read(void)
{
    uint32_t control;

    __asm__ volatile("mrc p15, 0, %0, c14, c3, 1" : "=r"(control));
    return control;
}

static inline uint64_t cntvct_read(void)
{
    uint32_t low, high;

    __asm__ volatile("isb\n\tmrrc p15, 1, %0, %1, c14" : "=r"(low), "=r"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

static inline uint32_t cntfrq_read(void)
{
    uint32_t hz;

    __asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
    return hz;
}

static inline void cntv_cval_write(uint64_t at)
{
    __asm__ volatile("mcrr p15, 3, %0, %1, c14" ::"r"((uint32_t)at), "r"((uint32_t)(at >> 32)));
}

static inline void cntv_ctl_write(uint32_t control)
{
    __asm__ volatile("mcr p15, 0, %0, c14, c3, 1\n\tisb" ::"r"(control) : "memory");
}

#endif
