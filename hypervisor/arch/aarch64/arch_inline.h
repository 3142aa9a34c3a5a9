/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inline half of hv/arch.h for AArch64 (EL2).
 */
#ifndef ARCH_AARCH64_ARCH_INLINE_H
#define ARCH_AARCH64_ARCH_INLINE_H

#include "abi/psci.h"
#include "abi/xen.h"
#include "hv/types.h"
#include "sysregs.h"

/* Maintenance interrupts that virt/ asks for. */
enum { ICH_HCR_EN = 1 << 0, ICH_HCR_UIE = 1 << 1, ICH_HCR_LRENPIE = 1 << 2, ICH_HCR_NPIE = 1 << 3 };

#define ARCH_DEADLINE_NONE UINT64_MAX
#define ARCH_MPIDR_AFFINITY 0xff00ffffffull /* Aff3, Aff2 ... Aff0 */

/* What x0 ... x2 of a domain's first vCPU hold: as Linux wants it. */
#define ARCH_BOOT_ARGUMENTS(tree) (tree), 0, 0

static inline bool arch_is_address(uint64_t number)
{
    (void)number;
    return true;
}

static inline struct cpu *arch_cpu(void)
{
    struct cpu *cpu;

    /* Not volatile: the register never changes after start, the compiler may keep the value. */
    __asm__("mrs %0, tpidr_el2" : "=r"(cpu));
    return cpu;
}

/* One word more of a CRC-32 (IEEE, reflected), without the final inversion. */
static inline uint32_t arch_crc32(uint32_t crc, uint32_t word)
{
    __asm__(".arch_extension crc\n\tcrc32w %w0, %w0, %w1" : "+r"(crc) : "r"(word));
    return crc;
}

static inline unsigned arch_cpu_id(void)
{
    return READ_SYSREG(mpidr_el1) & 0xff;
}

/* A word of Normal memory, on any address: the compiler is not allowed that (-mstrict-align). */
static inline uint32_t arch_load_word(const void *from)
{
    uint32_t word;

    __asm__ volatile("ldr %w0, [%1]" : "=r"(word) : "r"(from) : "memory");
    return word;
}

/* The same for many; returns where it stopped reading. At least one. */
static inline const char *arch_copy_unaligned(char *to, const char *from, uint32_t words)
{
    uint32_t word;

    __asm__ volatile("1: ldr %w3, [%1], #4\n\t"
                     "subs %w2, %w2, #1\n\t"
                     "str %w3, [%0], #4\n\t"
                     "b.ne 1b"
                     : "+r"(to), "+r"(from), "+r"(words), "=&r"(word)
                     :
                     : "memory", "cc");
    return from;
}

static inline void arch_dsb(void)
{
    __asm__ volatile("dsb sy" ::: "memory");
}

static inline void arch_isb(void)
{
    __asm__ volatile("isb" ::: "memory");
}

static inline void arch_dmb(void)
{
    __asm__ volatile("dmb sy" ::: "memory");
}

static inline void arch_wfi(void)
{
    __asm__ volatile("dsb sy\n\twfi" ::: "memory");
}

/* Turns the other CPU on by PSCI if it has something to do. */
void arch_wake_secondary(void);

static inline void arch_relax(void)
{
    __asm__ volatile("yield" ::: "memory");
}

static inline uint64_t arch_counter(void)
{
    return READ_SYSREG(cntpct_el0);
}

static inline bool arch_guest_irq_masked(void)
{
    return READ_SYSREG(spsr_el2) & 1u << 7;
}

static inline uint32_t arch_counter_hz(void)
{
    return (uint32_t)READ_SYSREG(cntfrq_el0);
}

static inline void arch_timer_set(uint64_t ticks)
{
    if (ticks == ARCH_DEADLINE_NONE) {
        WRITE_SYSREG(cnthp_ctl_el2, 0);
        return;
    }
    WRITE_SYSREG(cnthp_cval_el2, ticks);
    WRITE_SYSREG(cnthp_ctl_el2, 1);
}

/*
 * Read-modify-write of a word that a guest may write at any time. The loop is bounded in practice because the guest
 * cannot run while EL2 does on this CPU; only a vCPU on the other CPU can make it repeat.
 */
static inline bool arch_test_and_set_bit(uint32_t *word, uint32_t mask)
{
    uint32_t old, failed;

    do {
        __asm__ volatile("ldxr %w0, %1" : "=r"(old) : "Q"(*word) : "memory");
        if (old & mask) {
            __asm__ volatile("clrex" ::: "memory");
            return true;
        }
        __asm__ volatile("stxr %w0, %w2, %1" : "=&r"(failed), "=Q"(*word) : "r"(old | mask) : "memory");
    } while (unlikely(failed));
    return false;
}

static inline bool arch_test_and_clear_bit(uint32_t *word, uint32_t mask)
{
    uint32_t old, failed;

    do {
        __asm__ volatile("ldxr %w0, %1" : "=r"(old) : "Q"(*word) : "memory");
        if (!(old & mask)) {
            __asm__ volatile("clrex" ::: "memory");
            return false;
        }
        __asm__ volatile("stxr %w0, %w2, %1" : "=&r"(failed), "=Q"(*word) : "r"(old & ~mask) : "memory");
    } while (unlikely(failed));
    return true;
}

static inline uint32_t arch_exchange(uint32_t *word, uint32_t value)
{
    uint32_t old, failed;

    do {
        __asm__ volatile("ldxr %w0, %2\n\tstxr %w1, %w3, %2"
                         : "=&r"(old), "=&r"(failed), "+Q"(*word)
                         : "r"(value)
                         : "memory");
    } while (unlikely(failed));
    return old;
}

/* 64-bit calls differ from 32-bit ones in bit 30 of the id and in the width of their arguments. */
enum { ARCH_SMCCC_64 = 1 << 30 };

static inline uint32_t arch_psci_function(uint32_t id)
{
    const uint32_t narrow = id & ~(uint32_t)ARCH_SMCCC_64;

    return narrow == (uint32_t)PSCI_CPU_SUSPEND || narrow == (uint32_t)PSCI_CPU_ON || narrow == (uint32_t)PSCI_AFFINITY_INFO
               ? narrow
               : id;
}

static inline reg_t arch_psci_argument(uint32_t id, reg_t argument)
{
    return id & ARCH_SMCCC_64 ? argument : (uint32_t)argument;
}

/* List register 0 is the event upcall's; the rest of hv/arch.h's list registers are halves of ICH_LR<n>_EL2. */
static inline uint32_t arch_upcall_lr_read(void)
{
    return (uint32_t)(READ_SYSREG_NAMED(ICH_LR0_EL2) >> 32);
}

static inline void arch_upcall_lr_write(uint32_t lrc)
{
    WRITE_SYSREG_NAMED(ICH_LR0_EL2, (uint64_t)lrc << 32 | INTID_EVENT_UPCALL);
}

static inline void arch_upcall_lr_or(uint32_t lrc)
{
    WRITE_SYSREG_NAMED(ICH_LR0_EL2, READ_SYSREG_NAMED(ICH_LR0_EL2) | (uint64_t)lrc << 32);
}

static inline uint64_t arch_ich_lr(unsigned n)
{
    return n == 1 ? READ_SYSREG_NAMED(ICH_LR1_EL2) : n == 2 ? READ_SYSREG_NAMED(ICH_LR2_EL2) : READ_SYSREG_NAMED(ICH_LR3_EL2);
}

static inline uint32_t arch_lr_read(unsigned n)
{
    return (uint32_t)arch_ich_lr(n);
}

static inline uint32_t arch_lrc_read(unsigned n)
{
    return (uint32_t)(arch_ich_lr(n) >> 32);
}

static inline void arch_lr_write(unsigned n, uint32_t lr, uint32_t lrc)
{
    const uint64_t value = (uint64_t)lrc << 32 | lr;

    switch (n) {
    case 1:
        WRITE_SYSREG_NAMED(ICH_LR1_EL2, value);
        break;
    case 2:
        WRITE_SYSREG_NAMED(ICH_LR2_EL2, value);
        break;
    default:
        WRITE_SYSREG_NAMED(ICH_LR3_EL2, value);
        break;
    }
}

static inline uint32_t arch_gic_acknowledge(void)
{
    const uint32_t intid = (uint32_t)READ_SYSREG_NAMED(ICC_IAR1_EL1);

    arch_dsb(); /* before the device is touched because of it */
    return intid;
}

static inline void arch_gic_drop(uint32_t intid)
{
    WRITE_SYSREG_NAMED(ICC_EOIR1_EL1, intid);
}

static inline void arch_gic_deactivate(uint32_t intid)
{
    WRITE_SYSREG_NAMED(ICC_DIR_EL1, intid);
}

static inline void arch_gic_send_sgi(uint64_t sgi1r)
{
    arch_dsb();
    WRITE_SYSREG_NAMED(ICC_SGI1R_EL1, sgi1r);
    arch_isb();
}

static inline void arch_gic_cpu_init(void)
{
    WRITE_SYSREG_NAMED(ICC_SRE_EL2, 0xf);
    arch_isb();
    WRITE_SYSREG_NAMED(ICC_SRE_EL1, 0x7);
    arch_isb();
    WRITE_SYSREG_NAMED(ICC_PMR_EL1, 0xff);
    WRITE_SYSREG_NAMED(ICC_BPR1_EL1, 0);
    WRITE_SYSREG_NAMED(ICC_CTLR_EL1, 1u << 1); /* EOImode: drop and deactivate apart */
    WRITE_SYSREG_NAMED(ICC_IGRPEN1_EL1, 1);
    WRITE_SYSREG_NAMED(ICH_AP0R0_EL2, 0);
    WRITE_SYSREG_NAMED(ICH_AP1R0_EL2, 0);
    WRITE_SYSREG_NAMED(ICH_VMCR_EL2, 0);
    arch_upcall_lr_write(0);
    arch_lr_write(1, 0, 0);
    arch_lr_write(2, 0, 0);
    arch_lr_write(3, 0, 0);
    WRITE_SYSREG_NAMED(ICH_HCR_EL2, ICH_HCR_EN);
    arch_isb();
}

static inline uint32_t arch_ich_elrsr(void)
{
    return (uint32_t)READ_SYSREG_NAMED(ICH_ELRSR_EL2);
}

static inline uint32_t arch_ich_eisr(void)
{
    return (uint32_t)READ_SYSREG_NAMED(ICH_EISR_EL2);
}

static inline uint32_t arch_ich_misr(void)
{
    return (uint32_t)READ_SYSREG_NAMED(ICH_MISR_EL2);
}

static inline uint32_t arch_ich_hcr_read(void)
{
    return (uint32_t)READ_SYSREG_NAMED(ICH_HCR_EL2);
}

static inline void arch_ich_hcr_write(uint32_t value)
{
    WRITE_SYSREG_NAMED(ICH_HCR_EL2, value);
}

static inline uint32_t arch_ich_vmcr_read(void)
{
    return (uint32_t)READ_SYSREG_NAMED(ICH_VMCR_EL2);
}

static inline uint32_t arch_vtimer_ctl_read(void)
{
    return (uint32_t)READ_SYSREG(cntv_ctl_el0);
}

static inline void arch_vtimer_ctl_write(uint32_t value)
{
    WRITE_SYSREG(cntv_ctl_el0, value);
}

static inline uint64_t arch_vtimer_cval_read(void)
{
    return READ_SYSREG(cntv_cval_el0);
}

#endif
