/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inline half of hv/arch.h for AArch32 (Armv8-R, PL2).
 */
#ifndef ARCH_AARCH32_ARCH_INLINE_H
#define ARCH_AARCH32_ARCH_INLINE_H

#include "abi/xen.h"
#include "hv/types.h"
#include "sysregs.h"

/* Maintenance interrupts that virt/ asks for. */
enum { ICH_HCR_EN = 1 << 0, ICH_HCR_UIE = 1 << 1, ICH_HCR_LRENPIE = 1 << 2, ICH_HCR_NPIE = 1 << 3 };

#define SYSREG_TIMER_ENABLE 1u
#define ARCH_MPIDR_AFFINITY 0xffffffu /* Aff2 ... Aff0 */

/* What r0 ... r2 of a domain's first vCPU hold: as Linux wants it. */
#define ARCH_BOOT_ARGUMENTS(tree) 0, UINT32_MAX, (tree)
#define ARCH_DEADLINE_NONE UINT64_MAX

static inline bool arch_is_address(uint64_t number)
{
    return !(number >> 32);
}

static inline struct cpu *arch_cpu(void)
{
    struct cpu *cpu;

    /* Not volatile: the register never changes after start, the compiler may keep the value. */
    __asm__("mrc p15, 4, %0, c13, c0, 2" : "=r"(cpu));
    return cpu;
}

/* One word more of a CRC-32 (IEEE, reflected), without the final inversion. */
static inline uint32_t arch_crc32(uint32_t crc, uint32_t word)
{
    __asm__("crc32w %0, %0, %1" : "+r"(crc) : "r"(word));
    return crc;
}

static inline unsigned arch_cpu_id(void)
{
    return READ_SYSREG(MPIDR) & 0xff;
}

/* A word of Normal memory, on any address: the compiler is not allowed that (-mno-unaligned-access). */
static inline uint32_t arch_load_word(const void *from)
{
    uint32_t word;

    __asm__ volatile("ldr %0, [%1]" : "=r"(word) : "r"(from) : "memory");
    return word;
}

/* The same for many, in four instructions each; returns where it stopped reading. At least one. */
static inline const char *arch_copy_unaligned(char *to, const char *from, uint32_t words)
{
    uint32_t word;

    __asm__ volatile("1: ldr %3, [%1], #4\n\t"
                     "subs %2, %2, #1\n\t"
                     "str %3, [%0], #4\n\t"
                     "bne 1b"
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

static inline void arch_wake_secondary(void)
{
    __asm__ volatile("dsb sy\n\tsev" ::: "memory");
}

static inline void arch_relax(void)
{
    __asm__ volatile("yield" ::: "memory");
}

static inline uint64_t arch_counter(void)
{
    return READ_SYSREG64(CNTPCT);
}

static inline bool arch_guest_irq_masked(void)
{
    uint32_t cpsr;

    __asm__ volatile("mrs %0, spsr" : "=r"(cpsr));
    return cpsr & 1u << 7;
}

static inline uint32_t arch_counter_hz(void)
{
    return READ_SYSREG(CNTFRQ);
}

static inline void arch_timer_set(uint64_t ticks)
{
    if (ticks == ARCH_DEADLINE_NONE) {
        WRITE_SYSREG(CNTHP_CTL, 0);
        return;
    }
    WRITE_SYSREG64(CNTHP_CVAL, ticks);
    WRITE_SYSREG(CNTHP_CTL, SYSREG_TIMER_ENABLE);
}

/*
 * Read-modify-write of a word that a guest of this CPU may write at any time. The loop is bounded in practice
 * because the guest cannot run while EL2 does on this CPU; only a vCPU on the other CPU can make it repeat.
 */
static inline bool arch_test_and_set_bit(uint32_t *word, uint32_t mask)
{
    uint32_t old, value, failed;

    do {
        __asm__ volatile("ldrex %0, [%1]" : "=r"(old) : "r"(word) : "memory");
        if (old & mask) {
            __asm__ volatile("clrex" ::: "memory");
            return true;
        }
        value = old | mask;
        __asm__ volatile("strex %0, %2, [%1]" : "=&r"(failed) : "r"(word), "r"(value) : "memory");
    } while (unlikely(failed));
    return false;
}

static inline bool arch_test_and_clear_bit(uint32_t *word, uint32_t mask)
{
    uint32_t old, value, failed;

    do {
        __asm__ volatile("ldrex %0, [%1]" : "=r"(old) : "r"(word) : "memory");
        if (!(old & mask)) {
            __asm__ volatile("clrex" ::: "memory");
            return false;
        }
        value = old & ~mask;
        __asm__ volatile("strex %0, %2, [%1]" : "=&r"(failed) : "r"(word), "r"(value) : "memory");
    } while (unlikely(failed));
    return true;
}

static inline uint32_t arch_exchange(uint32_t *word, uint32_t value)
{
    uint32_t old, failed;

    do {
        __asm__ volatile("ldrex %0, [%2]\n\tstrex %1, %3, [%2]"
                         : "=&r"(old), "=&r"(failed)
                         : "r"(word), "r"(value)
                         : "memory");
    } while (unlikely(failed));
    return old;
}

/* The calling convention of 64-bit firmware calls does not exist here. */
static inline uint32_t arch_psci_function(uint32_t id)
{
    return id;
}

static inline reg_t arch_psci_argument(uint32_t id, reg_t argument)
{
    (void)id;
    return argument;
}

static inline uint32_t arch_upcall_lr_read(void)
{
    return READ_SYSREG(ICH_LRC0);
}

static inline void arch_upcall_lr_write(uint32_t lrc)
{
    WRITE_SYSREG(ICH_LRC0, lrc);
}

static inline void arch_upcall_lr_or(uint32_t lrc)
{
    arch_upcall_lr_write(arch_upcall_lr_read() | lrc);
}

static inline uint32_t arch_lr_read(unsigned n)
{
    return n == 1 ? READ_SYSREG(ICH_LR1) : n == 2 ? READ_SYSREG(ICH_LR2) : READ_SYSREG(ICH_LR3);
}

static inline uint32_t arch_lrc_read(unsigned n)
{
    return n == 1 ? READ_SYSREG(ICH_LRC1) : n == 2 ? READ_SYSREG(ICH_LRC2) : READ_SYSREG(ICH_LRC3);
}

static inline void arch_lr_write(unsigned n, uint32_t lr, uint32_t lrc)
{
    switch (n) {
    case 1:
        WRITE_SYSREG(ICH_LR1, lr);
        WRITE_SYSREG(ICH_LRC1, lrc);
        break;
    case 2:
        WRITE_SYSREG(ICH_LR2, lr);
        WRITE_SYSREG(ICH_LRC2, lrc);
        break;
    default:
        WRITE_SYSREG(ICH_LR3, lr);
        WRITE_SYSREG(ICH_LRC3, lrc);
        break;
    }
}

static inline uint32_t arch_gic_acknowledge(void)
{
    return READ_SYSREG(ICC_IAR1);
}

static inline void arch_gic_drop(uint32_t intid)
{
    WRITE_SYSREG(ICC_EOIR1, intid);
}

static inline void arch_gic_deactivate(uint32_t intid)
{
    WRITE_SYSREG(ICC_DIR, intid);
}

static inline void arch_gic_send_sgi(uint64_t sgi1r)
{
    arch_dsb();
    WRITE_SYSREG64(ICC_SGI1R, sgi1r);
    arch_isb();
}

static inline void arch_gic_cpu_init(void)
{
    WRITE_SYSREG(ICC_HSRE, 0xf);
    arch_isb();
    WRITE_SYSREG(ICC_SRE, 0x7);
    arch_isb();
    WRITE_SYSREG(ICC_PMR, 0xff);
    WRITE_SYSREG(ICC_BPR1, 0);
    WRITE_SYSREG(ICC_CTLR, 1u << 1); /* EOImode: drop and deactivate apart */
    WRITE_SYSREG(ICC_IGRPEN1, 1);
    WRITE_SYSREG(ICH_AP0R0, 0);
    WRITE_SYSREG(ICH_AP1R0, 0);
    WRITE_SYSREG(ICH_LR0, INTID_EVENT_UPCALL);
    WRITE_SYSREG(ICH_LRC0, 0);
    WRITE_SYSREG(ICH_LRC1, 0);
    WRITE_SYSREG(ICH_LRC2, 0);
    WRITE_SYSREG(ICH_LRC3, 0);
    WRITE_SYSREG(ICH_HCR, ICH_HCR_EN);
    arch_isb();
}

static inline uint32_t arch_ich_elrsr(void)
{
    return READ_SYSREG(ICH_ELRSR);
}

static inline uint32_t arch_ich_eisr(void)
{
    return READ_SYSREG(ICH_EISR);
}

static inline uint32_t arch_ich_misr(void)
{
    return READ_SYSREG(ICH_MISR);
}

static inline uint32_t arch_ich_hcr_read(void)
{
    return READ_SYSREG(ICH_HCR);
}

static inline void arch_ich_hcr_write(uint32_t value)
{
    WRITE_SYSREG(ICH_HCR, value);
}

static inline uint32_t arch_ich_vmcr_read(void)
{
    return READ_SYSREG(ICH_VMCR);
}

static inline uint32_t arch_vtimer_ctl_read(void)
{
    return READ_SYSREG(CNTV_CTL);
}

static inline void arch_vtimer_ctl_write(uint32_t value)
{
    WRITE_SYSREG(CNTV_CTL, value);
}

static inline uint64_t arch_vtimer_cval_read(void)
{
    return READ_SYSREG64(CNTV_CVAL);
}

#endif
