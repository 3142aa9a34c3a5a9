/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start of one AArch64 CPU, as far as C goes: where its block is, what traps, and how the other CPU is turned on.
 */
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/main.h"
#include "hv/panic.h"
#include "trap_controls.h"

extern char image_cpu_start[], image_cpu_size[], image_entry_secondary[];

enum {
    EMERGENCY_STACK_SIZE = 2048, /* as in offsets.c */
    CACHE_LINE = 64,
};

struct cpu *arch_cpu_block(unsigned cpu)
{
    const uintptr_t end = (uintptr_t)image_cpu_start + (cpu + 1) * (uintptr_t)image_cpu_size;

    return (struct cpu *)((end - EMERGENCY_STACK_SIZE - sizeof(struct cpu)) & ~(uintptr_t)15);
}

/* vgic_state.h counts on four list registers, switch.S on one word of active priorities. */
static void check_gic(void)
{
    const uint32_t vtr = (uint32_t)READ_SYSREG_NAMED(ICH_VTR_EL2);

    if ((vtr & 0x1f) + 1 < 4 || (vtr >> 29) + 1 > 5)
        panic("this GIC has %u list registers and %u priority bits", (unsigned)(vtr & 0x1f) + 1, (unsigned)(vtr >> 29) + 1);
}

void arch_init_traps(void)
{
    check_gic();
    WRITE_SYSREG(hcr_el2, TRAP_HCR);
    WRITE_SYSREG(cptr_el2, TRAP_CPTR | CPTR_TFP);
    WRITE_SYSREG(hstr_el2, TRAP_HSTR);
    WRITE_SYSREG(mdcr_el2, (READ_SYSREG(mdcr_el2) & MDCR_HPMN) | TRAP_MDCR);
    WRITE_SYSREG(cnthctl_el2, TRAP_CNTHCTL);
    WRITE_SYSREG(cnthp_ctl_el2, 0);
    WRITE_SYSREG(cntv_ctl_el0, 0);
    WRITE_SYSREG(cntp_ctl_el0, 0);
    WRITE_SYSREG(cntvoff_el2, 0);
    WRITE_SYSREG(vpidr_el2, READ_SYSREG(midr_el1));
    arch_isb();
}

/* A guest starts with its caches off, so what EL2 put there must have left them: by lines, to the point of coherency. */
static void clean(uintptr_t from, uintptr_t limit)
{
    for (from &= ~(uintptr_t)(CACHE_LINE - 1); from < limit; from += CACHE_LINE)
        __asm__ volatile("dc civac, %0" ::"r"(from) : "memory");
    arch_dsb();
}

hot void arch_zero_words(uint32_t *from, uint32_t *limit)
{
    uint32_t *const first = from;

    __asm__ volatile("1:\tcmp %0, %1\n\t"
                     "b.hs 2f\n\t"
                     "stp xzr, xzr, [%0], #16\n\t"
                     "stp xzr, xzr, [%0], #16\n\t"
                     "b 1b\n"
                     "2:"
                     : "+r"(from)
                     : "r"(limit)
                     : "cc", "memory");
    clean((uintptr_t)first, (uintptr_t)limit);
}

hot void arch_copy_words(uint32_t *to, const uint32_t *from, const uint32_t *limit)
{
    const uintptr_t first = (uintptr_t)to;

    __asm__ volatile("1:\tcmp %1, %2\n\t"
                     "b.hs 2f\n\t"
                     "ldp x3, x4, [%1], #16\n\t"
                     "ldp x5, x6, [%1], #16\n\t"
                     "stp x3, x4, [%0], #16\n\t"
                     "stp x5, x6, [%0], #16\n\t"
                     "b 1b\n"
                     "2:"
                     : "+r"(to), "+r"(from)
                     : "r"(limit)
                     : "x3", "x4", "x5", "x6", "cc", "memory");
    clean(first, (uintptr_t)to);
}

void arch_sync_instructions(void)
{
    __asm__ volatile("dsb ish\n\t"
                     "ic ialluis\n\t"
                     "dsb ish\n\t"
                     "isb" ::: "memory");
}

static int64_t firmware_call(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    register uint64_t x0 __asm__("x0") = function, x1 __asm__("x1") = a1, x2 __asm__("x2") = a2, x3 __asm__("x3") = a3;

    __asm__ volatile("smc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
                     :
                     : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
    return (int64_t)x0;
}

void arch_wake_secondary(void)
{
    enum { CPU_ON_64 = (int)0xc4000003 };

    if (secondary_start.go != SECONDARY_RUNS_US)
        return;
    arch_dsb();
    const int64_t result = firmware_call((uint32_t)CPU_ON_64, 1, (uintptr_t)image_entry_secondary, 1);
    if (result != 0)
        panic("PSCI CPU_ON of CPU 1: 0x%lx", (unsigned long)result);
}
