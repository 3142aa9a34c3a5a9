/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order between translation tables, TLBs and accesses, for protect/mmu. Source: Arm DDI 0487, TLB maintenance and
 * its completion. "Guest": the EL1&0 regime, both stages, of the VMID in VTTBR_EL2.
 */
#ifndef ARCH_AARCH64_TRANSLATION_H
#define ARCH_AARCH64_TRANSLATION_H

#include <stdint.h>

/* Table walks from now on see the descriptors that were written. */
static inline void arch_tables_written(void)
{
    __asm__ volatile("dsb ishst\n\tisb" ::: "memory");
}

/* This CPU, the only one that ever ran the guest, forgets its translations. */
static inline void arch_forget_guest_here(void)
{
    __asm__ volatile("dsb nshst\n\ttlbi vmalls12e1\n\tdsb nsh\n\tisb" ::: "memory");
}

/* All CPUs do. */
static inline void arch_forget_guest_everywhere(void)
{
    __asm__ volatile("dsb ishst\n\ttlbi vmalls12e1is\n\tdsb ish\n\tisb" ::: "memory");
}

/* This CPU forgets those of all guests. */
static inline void arch_forget_guests(void)
{
    __asm__ volatile("dsb sy\n\tisb\n\ttlbi alle1\n\tdsb sy\n\tisb" ::: "memory");
}

/* Whatever was before EL2's own translation: this CPU's TLBs and instruction cache. */
static inline void arch_forget_all(void)
{
    __asm__ volatile("dsb sy\n\tisb\n\ttlbi alle2\n\ttlbi alle1\n\tic iallu\n\tdsb sy\n\tisb" ::: "memory");
}

/* A table of 4 KiB without a valid entry. Walks are cacheable, so nothing has to leave the caches. */
static inline void arch_empty_table(uint64_t *table)
{
    const uint64_t *const end = table + 512;

    __asm__ volatile("1:\tstp xzr, xzr, [%0], #16\n\t"
                     "stp xzr, xzr, [%0], #16\n\t"
                     "stp xzr, xzr, [%0], #16\n\t"
                     "stp xzr, xzr, [%0], #16\n\t"
                     "cmp %0, %1\n\t"
                     "b.ne 1b"
                     : "+r"(table)
                     : "r"(end)
                     : "cc", "memory");
}

#endif
