/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of a vCPU by name, in groups: read, written, and which bits a pattern may set without changing
 * what the running code depends on. A group is saved by hand before a test fills it.
 */
#ifndef VIEWS_REGISTERS_H
#define VIEWS_REGISTERS_H

#include "fencepost.h"

struct reg {
    const char *name;
    uint32_t (*read)(void);
    void (*write)(uint32_t);
    uint32_t bits; /* what a pattern may change; the rest keeps its value */
};

#define BANKED(name)                                                  \
    static inline uint32_t read_##name(void)                          \
    {                                                                 \
        uint32_t value;                                               \
        __asm__ volatile("mrs %0, " #name : "=r"(value));             \
        return value;                                                 \
    }                                                                 \
    static inline void write_##name(uint32_t value)                   \
    {                                                                 \
        __asm__ volatile("msr " #name ", %0" ::"r"(value));           \
    }

#define CP15(name, opc1, crn, crm, opc2)                                                                   \
    static inline uint32_t read_##name(void)                                                               \
    {                                                                                                      \
        uint32_t value;                                                                                    \
        __asm__ volatile("mrc p15, " #opc1 ", %0, c" #crn ", c" #crm ", " #opc2 : "=r"(value));            \
        return value;                                                                                      \
    }                                                                                                      \
    static inline void write_##name(uint32_t value)                                                        \
    {                                                                                                      \
        __asm__ volatile("mcr p15, " #opc1 ", %0, c" #crn ", c" #crm ", " #opc2 "\n\tisb" ::"r"(value));   \
    }

BANKED(lr_abt) BANKED(spsr_abt) BANKED(lr_und) BANKED(spsr_und) BANKED(lr_irq) BANKED(spsr_irq)
BANKED(sp_irq) BANKED(r8_fiq) BANKED(r9_fiq) BANKED(r10_fiq) BANKED(r11_fiq) BANKED(r12_fiq)
BANKED(sp_fiq) BANKED(lr_fiq) BANKED(spsr_fiq) BANKED(sp_abt) BANKED(sp_und) BANKED(sp_usr) BANKED(lr_usr)

static inline uint32_t read_spsr_svc(void)
{
    uint32_t value;

    __asm__ volatile("mrs %0, spsr" : "=r"(value));
    return value;
}

static inline void write_spsr_svc(uint32_t value)
{
    __asm__ volatile("msr spsr_cxsf, %0" ::"r"(value));
}

CP15(cpacr, 0, 1, 0, 2) CP15(vbar, 0, 12, 0, 0) CP15(contextidr, 0, 13, 0, 1) CP15(tpidrurw, 0, 13, 0, 2)
CP15(tpidruro, 0, 13, 0, 3) CP15(tpidrprw, 0, 13, 0, 4) CP15(csselr, 2, 0, 0, 0) CP15(dfsr, 0, 5, 0, 0)
CP15(ifsr, 0, 5, 0, 1) CP15(dfar, 0, 6, 0, 0) CP15(ifar, 0, 6, 0, 2) CP15(par, 0, 7, 4, 0)
CP15(cntkctl, 0, 14, 1, 0) CP15(mair0, 0, 10, 2, 0) CP15(mair1, 0, 10, 2, 1) CP15(prselr, 0, 6, 2, 1)
CP15(prbar, 0, 6, 3, 0) CP15(prlar, 0, 6, 3, 1) CP15(icc_pmr, 0, 4, 6, 0) CP15(icc_bpr1, 0, 12, 12, 3)
CP15(icc_igrpen1, 0, 12, 12, 7) CP15(icc_ctlr, 0, 12, 12, 4) CP15(icc_bpr0, 0, 12, 8, 3)
CP15(icc_igrpen0, 0, 12, 12, 6) CP15(icc_ap0r0, 0, 12, 8, 4) CP15(icc_ap1r0, 0, 12, 9, 0) CP15(cntv_ctl, 0, 14, 3, 1) CP15(sctlr, 0, 1, 0, 0)

#define REG(name, bits) {#name, read_##name, write_##name, bits}

enum { ONE = 1 };

static const struct reg exception_registers[] = {
    REG(lr_abt, 0xffffffff), REG(spsr_abt, 0xf8000000), REG(sp_abt, 0xffffffff), REG(lr_und, 0xffffffff),
    REG(spsr_und, 0xf8000000), REG(sp_und, 0xffffffff), REG(lr_irq, 0xffffffff), REG(spsr_irq, 0xf8000000),
    REG(sp_irq, 0xffffffff), REG(spsr_svc, 0xf8000000),
};

static const struct reg fiq_registers[] = {
    REG(r8_fiq, 0xffffffff), REG(r9_fiq, 0xffffffff), REG(r10_fiq, 0xffffffff), REG(r11_fiq, 0xffffffff),
    REG(r12_fiq, 0xffffffff), REG(sp_fiq, 0xffffffff), REG(lr_fiq, 0xffffffff), REG(spsr_fiq, 0xf8000000),
};

static const struct reg user_registers[] = {REG(sp_usr, 0xffffffff), REG(lr_usr, 0xffffffff)};

static const struct reg thread_registers[] = {
    REG(tpidrurw, 0xffffffff), REG(tpidruro, 0xffffffff), REG(tpidrprw, 0xffffffff), REG(contextidr, 0xffffffff),
};

static const struct reg control_registers[] = {
    REG(cpacr, 0x00f00000), REG(vbar, 0xffffffe0), REG(csselr, ONE), REG(cntkctl, 0x000000f3),
    REG(sctlr, 0x02080000), /* EE and WXN: without effect while the MPU is off and nothing is taken */
};

static const struct reg fault_registers[] = {
    REG(dfsr, 0x00000c3f), REG(ifsr, 0x0000003f), REG(dfar, 0xffffffff), REG(ifar, 0xffffffff), REG(par, 0xfffff001),
};

/* The control first: CBPR is part of it, and with it BPR1 cannot be written. */
static const struct reg gic_registers[] = {REG(icc_ctlr, 3), REG(icc_pmr, 0xf8), REG(icc_igrpen1, ONE), REG(icc_igrpen0, ONE),
                                           REG(icc_bpr0, 7), REG(icc_bpr1, 7), REG(icc_ap1r0, 0xffffffff)};

static const struct reg group_0_registers[] = {REG(icc_ap0r0, 0xffffffff)}; /* no interrupt of a guest is ever in that group */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A value of its own for each register and each domain. */
static inline uint32_t pattern_of(uint32_t index, uint32_t domain, uint32_t round)
{
    return (index + 1) * 0x01010101u ^ (domain == 1 ? 0x5a3c9669u : 0xa5c36996u) ^ round * 0x11111111u;
}

/* ---- floating point ---- */

static inline void fp_enable(void)
{
    write_cpacr(read_cpacr() | 0x00f00000u);
    __asm__ volatile("isb\n\t.fpu neon-fp-armv8\n\tvmsr fpexc, %0" ::"r"(1u << 30));
}

static inline void fp_store(uint64_t d[32])
{
    __asm__ volatile(".fpu neon-fp-armv8\n\tvstmia %0!, {d0-d15}\n\tvstmia %0, {d16-d31}" : "+r"(d) : : "memory");
}

static inline void fp_load(const uint64_t d[32])
{
    __asm__ volatile(".fpu neon-fp-armv8\n\tvldmia %0!, {d0-d15}\n\tvldmia %0, {d16-d31}" : "+r"(d) : : "memory");
}

static inline uint32_t read_fpscr(void)
{
    uint32_t value;

    __asm__ volatile(".fpu neon-fp-armv8\n\tvmrs %0, fpscr" : "=r"(value));
    return value;
}

static inline void write_fpscr(uint32_t value)
{
    __asm__ volatile(".fpu neon-fp-armv8\n\tvmsr fpscr, %0" ::"r"(value));
}

static inline uint32_t read_fpexc(void)
{
    uint32_t value;

    __asm__ volatile(".fpu neon-fp-armv8\n\tvmrs %0, fpexc" : "=r"(value));
    return value;
}

#endif
