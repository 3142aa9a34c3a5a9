/* SPDX-License-Identifier: Apache-2.0 */
/* Registers and instructions of EL2: undefined at the guest's own vector, and nothing changes. */
#include "../instructions.h"

TEST(isolation, stage_2_is_undefined_for_el1, IDS "S4-23", WHY "another table and the guest is out", NEEDS "")
{
    static const struct instruction list[] = {
        BOTH("VTTBR_EL2", 3, 4, 2, 1, 0), BOTH("VTCR_EL2", 3, 4, 2, 1, 2), BOTH("TTBR0_EL2", 3, 4, 2, 0, 0),
        BOTH("TCR_EL2", 3, 4, 2, 0, 2),   BOTH("MAIR_EL2", 3, 4, 10, 2, 0), BOTH("HPFAR_EL2", 3, 4, 6, 0, 4),
        BOTH("FAR_EL2", 3, 4, 6, 0, 0),   BOTH("AMAIR_EL2", 3, 4, 10, 3, 0),
    };

    expect_all_undefined(list, COUNT_OF(list));
}

TEST(isolation, translation_of_el2_is_undefined_for_el1, IDS "S4-23", WHY "it looks into, or forgets, what is not the guest's",
     NEEDS "")
{
    static const struct instruction list[] = {
        {"AT S12E1R", A64_SYS(4, 7, 8, 4)},      {"AT S12E0W", A64_SYS(4, 7, 8, 7)},     {"AT S1E2R", A64_SYS(4, 7, 8, 0)},
        {"AT S1E2W", A64_SYS(4, 7, 8, 1)},       {"TLBI ALLE1", A64_SYS(4, 8, 7, 4)},    {"TLBI ALLE1IS", A64_SYS(4, 8, 3, 4)},
        {"TLBI ALLE2", A64_SYS(4, 8, 7, 0)},     {"TLBI VAE2", A64_SYS(4, 8, 7, 1)},     {"TLBI VMALLS12E1", A64_SYS(4, 8, 7, 6)},
        {"TLBI VMALLS12E1IS", A64_SYS(4, 8, 3, 6)}, {"TLBI IPAS2E1", A64_SYS(4, 8, 4, 1)}, {"TLBI IPAS2E1IS", A64_SYS(4, 8, 0, 1)},
    };

    expect_all_undefined(list, COUNT_OF(list));
}

TEST(isolation, control_registers_of_el2_are_undefined_for_el1, IDS "S4-23",
     WHY "HCR_EL2.VM is the only thing between a guest and all memory", NEEDS "")
{
    static const struct instruction list[] = {
        BOTH("HCR_EL2", 3, 4, 1, 1, 0),   BOTH("SCTLR_EL2", 3, 4, 1, 0, 0), BOTH("ACTLR_EL2", 3, 4, 1, 0, 1),
        BOTH("MDCR_EL2", 3, 4, 1, 1, 1),  BOTH("CPTR_EL2", 3, 4, 1, 1, 2),  BOTH("HSTR_EL2", 3, 4, 1, 1, 3),
        BOTH("HACR_EL2", 3, 4, 1, 1, 7),  BOTH("VBAR_EL2", 3, 4, 12, 0, 0), BOTH("RMR_EL2", 3, 4, 12, 0, 2),
        BOTH("ESR_EL2", 3, 4, 5, 2, 0),   BOTH("ELR_EL2", 3, 4, 4, 0, 1),   BOTH("SPSR_EL2", 3, 4, 4, 0, 0),
        BOTH("SP_EL1", 3, 4, 4, 1, 0),    BOTH("SP_EL2", 3, 6, 4, 1, 0),    BOTH("SPSR_irq", 3, 4, 4, 3, 0),
        BOTH("TPIDR_EL2", 3, 4, 13, 0, 2), BOTH("VPIDR_EL2", 3, 4, 0, 0, 0), BOTH("VMPIDR_EL2", 3, 4, 0, 0, 5),
        BOTH("DACR32_EL2", 3, 4, 3, 0, 0), BOTH("IFSR32_EL2", 3, 4, 5, 0, 1), BOTH("FPEXC32_EL2", 3, 4, 5, 3, 0),
        BOTH("SCR_EL3", 3, 6, 1, 1, 0),   BOTH("ELR_EL3", 3, 6, 4, 0, 1),   BOTH("TTBR0_EL3", 3, 6, 2, 0, 0),
    };

    expect_all_undefined(list, COUNT_OF(list));
}

TEST(isolation, timers_of_el2_are_undefined_for_el1, IDS "S4-23", WHY "the time slice hangs on them", NEEDS "")
{
    static const struct instruction list[] = {
        BOTH("CNTHCTL_EL2", 3, 4, 14, 1, 0),   BOTH("CNTVOFF_EL2", 3, 4, 14, 0, 3),   BOTH("CNTHP_TVAL_EL2", 3, 4, 14, 2, 0),
        BOTH("CNTHP_CTL_EL2", 3, 4, 14, 2, 1), BOTH("CNTHP_CVAL_EL2", 3, 4, 14, 2, 2),
    };

    expect_all_undefined(list, COUNT_OF(list));
}

TEST(isolation, the_virtual_interrupt_control_is_undefined_for_el1, IDS "S4-23",
     WHY "a list register with the HW bit deactivates physical interrupts", NEEDS "")
{
    static const struct instruction list[] = {
        BOTH("ICC_SRE_EL2", 3, 4, 12, 9, 5),  BOTH("ICH_HCR_EL2", 3, 4, 12, 11, 0), {"MRS ICH_VTR_EL2", A64_MRS(3, 4, 12, 11, 1)},
        BOTH("ICH_VMCR_EL2", 3, 4, 12, 11, 7), BOTH("ICH_LR0_EL2", 3, 4, 12, 12, 0), BOTH("ICH_LR3_EL2", 3, 4, 12, 12, 3),
        BOTH("ICH_AP0R0_EL2", 3, 4, 12, 8, 0), BOTH("ICH_AP1R0_EL2", 3, 4, 12, 9, 0), BOTH("ICC_IGRPEN1_EL3", 3, 6, 12, 12, 7),
    };

    expect_all_undefined(list, COUNT_OF(list));
}

static uint64_t level_now(void)
{
    uint64_t level;

    __asm__ volatile("mrs %0, currentel" : "=r"(level));
    return level >> 2;
}

static void return_with(void *state)
{
    uint64_t link;

    __asm__ volatile("msr spsr_el1, %1\n\t"
                     "adr %0, 1f\n\t"
                     "msr elr_el1, %0\n\t"
                     "isb\n\t"
                     "eret\n"
                     "1:"
                     : "=&r"(link)
                     : "r"(*(const uint64_t *)state)
                     : "memory", "cc");
}

/* An illegal return stays at EL1 with PSTATE.IL set, so the next instruction is an exception. */
TEST(isolation, an_exception_return_to_el2_is_refused, IDS "S4-23", WHY "the saved state is guest data", NEEDS "")
{
    static const uint64_t states[] = {0x3c8, 0x3c9, 0x3cc, 0x3cd, 0x1da, 0x1d3}; /* EL2t, EL2h, EL3t, EL3h, Hyp, Supervisor */

    for (uint32_t i = 0; i < COUNT_OF(states); i++) {
        uint64_t state = states[i];

        expect_eq(fault_catch(return_with, &state).kind, FAULT_UNDEFINED);
        expect_eq(level_now(), 1);
    }
    still_well();
}
