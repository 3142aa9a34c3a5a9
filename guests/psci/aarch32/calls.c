/* SPDX-License-Identifier: Apache-2.0 */
/* SMC on a core without EL3, and what a call does to the registers of an AArch32 guest. */
#include "fencepost.h"

TEST(psci, an_smc_is_undefined, IDS "S1-20", WHY "a core without EL3 has none, and nothing that EL2 could trap",
     NEEDS "system=solo")
{
    for (uint32_t immediate = 0; immediate < 2; immediate++) {
        uintptr_t registers[4] = {(uint32_t)PSCI_VERSION, 0, 0, 0};

        expect_eq(try_instruction(INSTRUCTION_SMC(immediate), registers).kind, FAULT_UNDEFINED);
    }
}

TEST(psci, a_call_leaves_the_other_registers_alone, IDS "S1-20", WHY "SMCCC: r4 and up are the caller's",
     NEEDS "system=solo")
{
    uint32_t before[8], after[8];

    for (uint32_t n = 0; n < 8; n++)
        before[n] = 0x11111111u * (n + 1);
    __asm__ volatile("push {r4-r11}\n\t"
                     "push {%1}\n\t"
                     "ldm %0, {r4-r11}\n\t"
                     "ldr r0, =0x84000000\n\t"
                     "hvc #0\n\t"
                     "pop {r0}\n\t"
                     "stm r0, {r4-r11}\n\t"
                     "pop {r4-r11}"
                     :
                     : "r"(before), "r"(after)
                     : "r0", "r1", "r2", "r3", "r12", "memory", "cc");
    for (uint32_t n = 0; n < 8; n++)
        expect_eq(after[n], before[n]);
}
