/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What EL1 says about an address: for pointers that hypercalls are given.
 */
#include "hv/arch.h"

enum { SCTLR_M = 1 << 0, PAR_F = 1 << 0 };

#define PAR_ADDRESS 0x0000fffffffff000ull

bool arch_el1_translates(void);
bool arch_el1_lookup(uintptr_t address, bool write, paddr_t *page);

bool arch_el1_translates(void)
{
    return READ_SYSREG(sctlr_el1) & SCTLR_M;
}

/* PAR_EL1 is the guest's, too. */
bool arch_el1_lookup(uintptr_t address, bool write, paddr_t *page)
{
    const uint64_t guests = READ_SYSREG(par_el1);
    uint64_t par;

    if (write)
        __asm__ volatile("at s12e1w, %0" ::"r"(address) : "memory");
    else
        __asm__ volatile("at s12e1r, %0" ::"r"(address) : "memory");
    arch_isb();
    par = READ_SYSREG(par_el1);
    WRITE_SYSREG(par_el1, guests);
    page->addr = par & PAR_ADDRESS;
    return !(par & PAR_F);
}
