/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start of one AArch32 CPU, as far as C goes: where its block is, and what traps.
 */
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/panic.h"
#include "trap_controls.h"

extern char image_cpu_start[], image_cpu_size[];

enum { EMERGENCY_STACK_SIZE = 1024 }; /* as in offsets.c */

struct cpu *arch_cpu_block(unsigned cpu)
{
    const uintptr_t end = (uintptr_t)image_cpu_start + (cpu + 1) * (uintptr_t)image_cpu_size;

    return (struct cpu *)((end - EMERGENCY_STACK_SIZE - sizeof(struct cpu)) & ~(uintptr_t)7);
}

/* A region that is not switched would be one guest's window into another's life. */
static void check_el1_regions(void)
{
    const uint32_t regions = READ_SYSREG(MPUIR) >> 8 & 0xff;

    if (regions > MPU_MAX_SLOTS)
        panic("this CPU has %u EL1 MPU regions, %u are switched", (unsigned)regions, (unsigned)MPU_MAX_SLOTS);
}

void arch_init_traps(void)
{
    check_el1_regions();
    WRITE_SYSREG(HCR, TRAP_HCR);
    WRITE_SYSREG(HCR2, 0);
    WRITE_SYSREG(HCPTR, TRAP_HCPTR | HCPTR_TRAP_FP);
    WRITE_SYSREG(HSTR, TRAP_HSTR);
    WRITE_SYSREG(HDCR, (READ_SYSREG(HDCR) & HDCR_HPMN) | TRAP_HDCR);
    WRITE_SYSREG(HACTLR, TRAP_HACTLR);
    WRITE_SYSREG(CNTHCTL, TRAP_CNTHCTL);
    WRITE_SYSREG(CNTHP_CTL, 0);
    WRITE_SYSREG(CNTV_CTL, 0);
    WRITE_SYSREG(CNTP_CTL, 0);
    WRITE_SYSREG64(CNTVOFF, 0);
    WRITE_SYSREG(VPIDR, READ_SYSREG(MIDR));
    WRITE_SYSREG(VSCTLR, 0);
    WRITE_SYSREG(ICH_LR0, 31); /* the upcall, for ever; only its control word is switched */
    arch_isb();
}

hot void arch_zero_words(uint32_t *from, uint32_t *limit)
{
    __asm__ volatile("mov r2, #0\n\tmov r3, #0\n\tmov r4, #0\n\tmov r5, #0\n\t"
                     "mov r6, #0\n\tmov r8, #0\n\tmov r9, #0\n\tmov r10, #0\n"
                     "1:\tcmp %0, %1\n\t"
                     "stmialo %0!, {r2-r6, r8-r10}\n\t"
                     "blo 1b"
                     : "+r"(from)
                     : "r"(limit)
                     : "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "cc", "memory");
}

hot void arch_copy_words(uint32_t *to, const uint32_t *from, const uint32_t *limit)
{
    __asm__ volatile("1:\tcmp %1, %2\n\t"
                     "ldmialo %1!, {r3-r6, r8-r10, r12}\n\t"
                     "stmialo %0!, {r3-r6, r8-r10, r12}\n\t"
                     "blo 1b"
                     : "+r"(to), "+r"(from)
                     : "r"(limit)
                     : "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r12", "cc", "memory");
}

void arch_sync_instructions(void)
{
    arch_dsb();
    WRITE_SYSREG(ICIALLU, 0);
    WRITE_SYSREG(BPIALL, 0);
    arch_dsb();
    arch_isb();
}
