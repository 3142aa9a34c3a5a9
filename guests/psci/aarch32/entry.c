/* SPDX-License-Identifier: Apache-2.0 */
/* The first instructions of a vCPU, in A32 and in T32. */
#include "../entry.h"

/* r0: struct entry_state *. Writes it and switches the vCPU off. */
#define ENTRY_CODE                             \
    "mrs r1, cpsr\n\t"                         \
    "mrc p15, 0, r2, c1, c0, 0\n\t"            \
    "mrc p15, 0, r3, c0, c0, 5\n\t"            \
    "str r0, [r0]\n\t"                         \
    "str r1, [r0, #4]\n\t"                     \
    "str r2, [r0, #8]\n\t"                     \
    "str r3, [r0, #12]\n\t"                    \
    "dmb\n\t"                                  \
    "mov r1, #1\n\t"                           \
    "str r1, [r0, #16]\n\t"                    \
    "ldr r0, 1f\n\t"                           \
    "hvc #0\n"                                 \
    "0: b 0b\n\t"                              \
    ".balign 4\n"                              \
    "1: .word 0x84000002\n"

__attribute__((naked)) static void arm_entry(void)
{
    __asm__ volatile(ENTRY_CODE);
}

__attribute__((naked, target("thumb"))) static void thumb_entry(void)
{
    __asm__ volatile(ENTRY_CODE);
}

const struct entry_way entry_ways[] = {
    {(uint32_t)PSCI_CPU_ON, arm_entry, 0},
    {(uint32_t)PSCI_CPU_ON, thumb_entry, 1},
    {PSCI_0_1_CPU_ON, arm_entry, 0},
    {0, NULL, 0},
};
