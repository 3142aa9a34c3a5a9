/* SPDX-License-Identifier: Apache-2.0 */
/* The first instructions of a vCPU. */
#include "../entry.h"

_Static_assert(offsetof(struct entry_state, mode) == 8 && offsetof(struct entry_state, done) == 20, "psci_entry");

/* Writes entry_state, which it finds without x0, and switches the vCPU off. */
void psci_entry(void);
__asm__(".text\n.global psci_entry\npsci_entry:\n\t"
        "mrs x1, daif\n\t"
        "mrs x2, currentel\n\t"
        "orr x1, x1, x2\n\t"
        "mrs x2, spsel\n\t"
        "orr x1, x1, x2\n\t"
        "mrs x2, sctlr_el1\n\t"
        "mrs x3, mpidr_el1\n\t"
        "adrp x4, entry_state\n\t"
        "add x4, x4, :lo12:entry_state\n\t"
        "str x0, [x4]\n\t"
        "str w1, [x4, #8]\n\t"
        "str w2, [x4, #12]\n\t"
        "str w3, [x4, #16]\n\t"
        "dmb sy\n\t"
        "mov w1, #1\n\t"
        "str w1, [x4, #20]\n\t"
        "mov w0, #0x84000000\n\t"
        "add w0, w0, #2\n\t"
        "hvc #0\n\t"
        "b .\n");

enum { SMC64 = 1 << 30 };

const struct entry_way entry_ways[] = {
    {(uint32_t)PSCI_CPU_ON | SMC64, psci_entry, 0},
    {(uint32_t)PSCI_CPU_ON, psci_entry, 0},
    {PSCI_0_1_CPU_ON, psci_entry, 0},
    {0, NULL, 0},
};
