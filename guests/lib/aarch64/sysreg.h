/* SPDX-License-Identifier: Apache-2.0 */
/* System registers by what they do, for the library and for tests of the GIC and of time. AArch64: MRS and MSR. */
#ifndef GUEST_SYSREG_H
#define GUEST_SYSREG_H

#include <stdint.h>

static inline uint32_t sysreg_affinity(void)
{
    uint64_t mpidr;

    __asm__ volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
    return (uint32_t)mpidr & 0xffu;
}

/* ---- the GIC's CPU interface ---- */

static inline void icc_enable_system_registers(void)
{
    uint64_t sre;

    __asm__ volatile("mrs %0, icc_sre_el1" : "=r"(sre));
    __asm__ volatile("msr icc_sre_el1, %0\n\tisb" ::"r"(sre | 1) : "memory");
}

static inline void icc_write_pmr(uint64_t mask)
{
    __asm__ volatile("msr icc_pmr_el1, %0" ::"r"(mask) : "memory");
}

static inline void icc_write_igrpen1(uint64_t enable)
{
    __asm__ volatile("msr icc_igrpen1_el1, %0\n\tisb" ::"r"(enable) : "memory");
}

static inline uint32_t icc_read_iar1(void)
{
    uint64_t intid;

    __asm__ volatile("mrs %0, icc_iar1_el1" : "=r"(intid)::"memory");
    return (uint32_t)intid;
}

static inline uint32_t icc_read_hppir1(void)
{
    uint64_t intid;

    __asm__ volatile("mrs %0, icc_hppir1_el1" : "=r"(intid)::"memory");
    return (uint32_t)intid;
}

static inline void icc_write_eoir1(uint64_t intid)
{
    __asm__ volatile("dsb sy\n\tmsr icc_eoir1_el1, %0\n\tisb" ::"r"(intid) : "memory");
}

static inline void icc_write_sgi1r(uint64_t value)
{
    __asm__ volatile("dsb sy\n\tmsr icc_sgi1r_el1, %0\n\tisb" ::"r"(value) : "memory");
}

static inline void icc_write_ctlr(uint64_t control)
{
    __asm__ volatile("msr icc_ctlr_el1, %0\n\tisb" ::"r"(control) : "memory");
}

static inline void icc_write_dir(uint64_t intid)
{
    __asm__ volatile("msr icc_dir_el1, %0\n\tisb" ::"r"(intid) : "memory");
}

/* Active priorities of group 0, in which no interrupt of a guest is. */
static inline void icc_write_ap0r0(uint64_t priorities)
{
    __asm__ volatile("msr icc_ap0r0_el1, %0\n\tisb" ::"r"(priorities) : "memory");
}

static inline void vbar_write(uintptr_t address)
{
    __asm__ volatile("msr vbar_el1, %0\n\tisb" ::"r"(address));
}

/* ---- time ---- */

static inline uint32_t cntv_ctl_read(void)
{
    uint64_t control;

    __asm__ volatile("mrs %0, cntv_ctl_el0" : "=r"(control));
    return (uint32_t)control;
}

static inline uint64_t cntvct_read(void)
{
    uint64_t ticks;

    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks)::"memory");
    return ticks;
}

static inline uint32_t cntfrq_read(void)
{
    uint64_t hz;

    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
    return (uint32_t)hz;
}

static inline void cntv_cval_write(uint64_t at)
{
    __asm__ volatile("msr cntv_cval_el0, %0" ::"r"(at));
}

static inline void cntv_ctl_write(uint64_t control)
{
    __asm__ volatile("msr cntv_ctl_el0, %0\n\tisb" ::"r"(control) : "memory");
}

#endif
