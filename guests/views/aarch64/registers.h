/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of a vCPU by name, in groups: read, written, and which bits a pattern may set without changing what the
 * running code depends on, which is EL1 with its MMU off.
 */
#ifndef VIEWS_REGISTERS_H
#define VIEWS_REGISTERS_H

#include "fencepost.h"

struct reg {
    const char *name;
    uint64_t (*read)(void);
    void (*write)(uint64_t);
    uint64_t bits; /* what a pattern may change; the rest keeps its value */
};

#define SYSREG(name)                                                      \
    static inline uint64_t read_##name(void)                              \
    {                                                                     \
        uint64_t value;                                                   \
        __asm__ volatile("mrs %0, " #name : "=r"(value)::"memory");       \
        return value;                                                     \
    }                                                                     \
    static inline void write_##name(uint64_t value)                       \
    {                                                                     \
        __asm__ volatile("msr " #name ", %0\n\tisb" ::"r"(value) : "memory"); \
    }

SYSREG(elr_el1) SYSREG(spsr_el1) SYSREG(sp_el0) SYSREG(tpidr_el0) SYSREG(tpidrro_el0) SYSREG(tpidr_el1)
SYSREG(contextidr_el1) SYSREG(cpacr_el1) SYSREG(vbar_el1) SYSREG(csselr_el1) SYSREG(cntkctl_el1) SYSREG(sctlr_el1)
SYSREG(ttbr0_el1) SYSREG(ttbr1_el1) SYSREG(tcr_el1) SYSREG(mair_el1) SYSREG(esr_el1) SYSREG(far_el1) SYSREG(par_el1)
SYSREG(icc_pmr_el1) SYSREG(icc_igrpen1_el1) SYSREG(icc_igrpen0_el1) SYSREG(icc_ctlr_el1) SYSREG(icc_bpr0_el1)
SYSREG(icc_bpr1_el1) SYSREG(icc_ap0r0_el1) SYSREG(icc_ap1r0_el1) SYSREG(cntv_cval_el0) SYSREG(cntv_ctl_el0) SYSREG(nzcv)

#define REG(name, bits) {#name, read_##name, write_##name, bits}
#define EVERY_BIT (~0ull)

static const struct reg exception_registers[] = {REG(elr_el1, EVERY_BIT), REG(spsr_el1, 0xf0000000), REG(sp_el0, EVERY_BIT)};

static const struct reg thread_registers[] = {REG(tpidr_el0, EVERY_BIT), REG(tpidrro_el0, EVERY_BIT), REG(tpidr_el1, EVERY_BIT),
                                              REG(contextidr_el1, 0xffffffff)};

static const struct reg control_registers[] = {
    REG(cpacr_el1, 0x00300000), REG(vbar_el1, 0x0000fffffffff800), REG(csselr_el1, 1), REG(cntkctl_el1, 0x000000f3),
    REG(sctlr_el1, 0x04088000), /* UCI, WXN, UCT: without effect here */
};

static const struct reg translation_registers[] = {REG(ttbr0_el1, 0xfffffffffffffffe), REG(ttbr1_el1, 0xfffffffffffffffe),
                                                   REG(tcr_el1, 0x000000ff3fbf3fbf), REG(mair_el1, EVERY_BIT)};

static const struct reg fault_registers[] = {REG(esr_el1, 0xffffffff), REG(far_el1, EVERY_BIT), REG(par_el1, 0x0000fffffffff001)};

/* The control first: CBPR is part of it, and with it BPR1 cannot be written. */
static const struct reg gic_registers[] = {REG(icc_ctlr_el1, 3), REG(icc_pmr_el1, 0xf8), REG(icc_igrpen1_el1, 1),
                                           REG(icc_igrpen0_el1, 1), REG(icc_bpr0_el1, 7), REG(icc_bpr1_el1, 7),
                                           REG(icc_ap1r0_el1, 0xffffffff)};

static const struct reg group_0_registers[] = {REG(icc_ap0r0_el1, 0xffffffff)}; /* no interrupt of a guest is ever in that group */

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A value of its own for each register and each domain. */
static inline uint64_t pattern_of(uint32_t index, uint32_t domain, uint32_t round)
{
    return (index + 1) * 0x0101010101010101ull ^ (domain == 1 ? 0x5a3c96690ff0c3a5ull : 0xa5c36996f00f3c5aull) ^
           round * 0x1111111111111111ull;
}

/* ---- floating point ---- */

enum { NR_Q_WORDS = 64 }; /* of 64 bits, in q0 ... q31 */

#define FP_ASM(text) ".arch_extension fp\n\t.arch_extension simd\n\t" text "\n\t.arch_extension nosimd\n\t.arch_extension nofp"

static inline void fp_enable(void)
{
    write_cpacr_el1(read_cpacr_el1() | 3u << 20);
}

static inline void fp_store(uint64_t q[NR_Q_WORDS])
{
    __asm__ volatile(FP_ASM("stp q0, q1, [%0]\n\tstp q2, q3, [%0, #32]\n\tstp q4, q5, [%0, #64]\n\tstp q6, q7, [%0, #96]\n\t"
                            "stp q8, q9, [%0, #128]\n\tstp q10, q11, [%0, #160]\n\tstp q12, q13, [%0, #192]\n\t"
                            "stp q14, q15, [%0, #224]\n\tstp q16, q17, [%0, #256]\n\tstp q18, q19, [%0, #288]\n\t"
                            "stp q20, q21, [%0, #320]\n\tstp q22, q23, [%0, #352]\n\tstp q24, q25, [%0, #384]\n\t"
                            "stp q26, q27, [%0, #416]\n\tstp q28, q29, [%0, #448]\n\tstp q30, q31, [%0, #480]") ::"r"(q) : "memory");
}

static inline void fp_load(const uint64_t q[NR_Q_WORDS])
{
    __asm__ volatile(FP_ASM("ldp q0, q1, [%0]\n\tldp q2, q3, [%0, #32]\n\tldp q4, q5, [%0, #64]\n\tldp q6, q7, [%0, #96]\n\t"
                            "ldp q8, q9, [%0, #128]\n\tldp q10, q11, [%0, #160]\n\tldp q12, q13, [%0, #192]\n\t"
                            "ldp q14, q15, [%0, #224]\n\tldp q16, q17, [%0, #256]\n\tldp q18, q19, [%0, #288]\n\t"
                            "ldp q20, q21, [%0, #320]\n\tldp q22, q23, [%0, #352]\n\tldp q24, q25, [%0, #384]\n\t"
                            "ldp q26, q27, [%0, #416]\n\tldp q28, q29, [%0, #448]\n\tldp q30, q31, [%0, #480]") ::"r"(q) : "memory");
}

SYSREG(fpcr) SYSREG(fpsr)

enum { FPCR_BITS = 0x07c00000, FPSR_BITS = 0x0800009f };

#endif
