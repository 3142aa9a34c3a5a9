/* SPDX-License-Identifier: Apache-2.0 */
/* System registers that are not the guest's: implementation defined, debug, PMU, cache maintenance, the other timer. */
#include "../instructions.h"

TEST(isolation, a_hypercall_number_has_64_bits, IDS "S1-07 S4-15", WHY "the upper half is part of the index", NEEDS "")
{
    for (uint32_t bit = 6; bit < 64; bit++) {
        register uintptr_t x0 __asm__("x0") = XENVER_version;
        register uintptr_t x1 __asm__("x1") = 0;
        register uintptr_t x16 __asm__("x16") = 1ull << bit | 17; /* xen_version */

        __asm__ volatile("hvc #" FP_TEXT(XEN_HYPERCALL_TAG) : "+r"(x0), "+r"(x1), "+r"(x16) : : "memory", "cc");
        expect_eq((intptr_t)x0, -XEN_ENOSYS);
    }
}

TEST(isolation, implementation_defined_registers_are_undefined, IDS "S4-23", WHY "they change how the core behaves for all", NEEDS "")
{
    static const struct instruction list[] = {
        BOTH("L2CTLR_EL1", 3, 1, 11, 0, 2),    BOTH("L2ECTLR_EL1", 3, 1, 11, 0, 3),   BOTH("L2ACTLR_EL1", 3, 1, 15, 0, 0),
        BOTH("CPUACTLR_EL1", 3, 1, 15, 2, 0),  BOTH("CPUECTLR_EL1", 3, 1, 15, 2, 1),  BOTH("CPUMERRSR_EL1", 3, 1, 15, 2, 2),
        BOTH("L2MERRSR_EL1", 3, 1, 15, 2, 3),  {"MRS CBAR_EL1", A64_MRS(3, 1, 15, 3, 0)},
        {"SYS #0, c11, c0, #0", A64_SYS(0, 11, 0, 0)}, {"SYS #3, c15, c0, #0", A64_SYS(3, 15, 0, 0)},
    };

    expect_all_undefined(list, COUNT_OF(list));
}

TEST(isolation, debug_registers_are_contained, IDS "S4-23", WHY "a hardware breakpoint would fire in the next domain", NEEDS "")
{
    static const struct instruction list[] = {
        BOTH("MDSCR_EL1", 2, 0, 0, 2, 2),  BOTH("DBGBVR0_EL1", 2, 0, 0, 0, 4), BOTH("DBGBCR0_EL1", 2, 0, 0, 0, 5),
        BOTH("DBGWVR0_EL1", 2, 0, 0, 0, 6), BOTH("DBGWCR0_EL1", 2, 0, 0, 0, 7), BOTH("MDCCINT_EL1", 2, 0, 0, 2, 0),
        BOTH("OSDTRRX_EL1", 2, 0, 0, 0, 2), BOTH("OSDTRTX_EL1", 2, 0, 0, 3, 2), BOTH("OSECCR_EL1", 2, 0, 0, 6, 2),
        BOTH("OSDLR_EL1", 2, 0, 1, 3, 4),   BOTH("DBGPRCR_EL1", 2, 0, 1, 4, 4), {"MSR OSLAR_EL1", A64_MSR(2, 0, 1, 0, 4)},
        {"MRS OSLSR_EL1", A64_MRS(2, 0, 1, 1, 4)}, {"MRS MDRAR_EL1", A64_MRS(2, 0, 1, 0, 0)},
        {"MRS MDCCSR_EL0", A64_MRS(2, 3, 0, 1, 0)}, BOTH("DBGDTR_EL0", 2, 3, 0, 4, 0), BOTH("DBGDTRTX_EL0", 2, 3, 0, 5, 0),
        {"MRS TRCIDR0", A64_MRS(2, 1, 0, 8, 7)}, {"MSR TRCPRGCTLR", A64_MSR(2, 1, 0, 1, 0)},
    };

    peers_meet();
    expect_all_contained(list, COUNT_OF(list));
    peer_signal(1);
    peer_wait(1); /* the peer ran and met no breakpoint */
    still_well();
}

PEER(2, isolation, debug_registers_are_contained)
{
    peers_meet();
    peer_wait(1);
    peer_signal(1);
}

TEST(isolation, performance_counters_are_contained, IDS "S4-23", WHY "they count the neighbours too", NEEDS "")
{
    static const struct instruction list[] = {
        BOTH("PMCR_EL0", 3, 3, 9, 12, 0),      BOTH("PMCNTENSET_EL0", 3, 3, 9, 12, 1), BOTH("PMOVSCLR_EL0", 3, 3, 9, 12, 3),
        BOTH("PMSELR_EL0", 3, 3, 9, 12, 5),    BOTH("PMCCNTR_EL0", 3, 3, 9, 13, 0),    BOTH("PMXEVTYPER_EL0", 3, 3, 9, 13, 1),
        BOTH("PMXEVCNTR_EL0", 3, 3, 9, 13, 2), BOTH("PMUSERENR_EL0", 3, 3, 9, 14, 0),  BOTH("PMOVSSET_EL0", 3, 3, 9, 14, 3),
        BOTH("PMINTENSET_EL1", 3, 0, 9, 14, 1), BOTH("PMEVCNTR5_EL0", 3, 3, 14, 8, 5), BOTH("PMEVTYPER5_EL0", 3, 3, 14, 12, 5),
        BOTH("PMCCFILTR_EL0", 3, 3, 14, 15, 7), {"MSR PMSWINC_EL0", A64_MSR(3, 3, 9, 12, 4)},
        {"MRS PMCEID0_EL0", A64_MRS(3, 3, 9, 12, 6)},
    };

    expect_all_contained(list, COUNT_OF(list));
}

TEST(isolation, cache_operations_by_set_and_way_are_contained, IDS "S4-23",
     WHY "an invalidate by set and way would drop the neighbours' dirty lines", NEEDS "")
{
    static const struct instruction list[] = {
        {"DC ISW", A64_SYS(0, 7, 6, 2)}, {"DC CSW", A64_SYS(0, 7, 10, 2)}, {"DC CISW", A64_SYS(0, 7, 14, 2)},
    };

    for (uint32_t i = 0; i < COUNT_OF(list); i++)
        for (uint32_t set = 0; set < 4; set++)
            expect_contained(&list[i], set << 6 | set << 30);
    still_well();
}

TEST(isolation, the_auxiliary_control_register_cannot_be_changed, IDS "S4-23", WHY "it is implementation defined, HCR_EL2.TACR",
     NEEDS "")
{
    uintptr_t registers[4] = {~0ul, 0, 0, 0};

    expect_eq(try_instruction(A64_MSR(3, 0, 1, 0, 1), registers).kind, FAULT_NONE);
    expect_eq(try_instruction(A64_MRS(3, 0, 1, 0, 1), registers).kind, FAULT_NONE);
    expect_eq(registers[0], 0);
}

TEST(isolation, the_physical_timer_is_not_the_guests, IDS "S4-23", WHY "nobody would save it at a vCPU switch", NEEDS "")
{
    static const struct instruction list[] = {
        BOTH("CNTP_CTL_EL0", 3, 3, 14, 2, 1), BOTH("CNTP_TVAL_EL0", 3, 3, 14, 2, 0), BOTH("CNTP_CVAL_EL0", 3, 3, 14, 2, 2),
        {"MSR CNTFRQ_EL0", A64_MSR(3, 3, 14, 0, 0)},  BOTH("CNTPS_CTL_EL1", 3, 7, 14, 2, 1),
    };

    for (uint32_t i = 0; i < COUNT_OF(list); i++)
        expect_undefined(&list[i], 1);
    still_well();
}

TEST(isolation, interrupts_to_other_groups_are_contained, IDS "S4-23", WHY "they would go to the machine's CPUs", NEEDS "")
{
    static const struct instruction list[] = {
        {"MSR ICC_SGI0R_EL1", A64_MSR(3, 0, 12, 11, 7)}, {"MSR ICC_ASGI1R_EL1", A64_MSR(3, 0, 12, 11, 6)},
        {"MRS ICC_SGI1R_EL1", A64_MRS(3, 0, 12, 11, 5)}, BOTH("ICC_SRE_EL1", 3, 0, 12, 12, 5),
    };

    expect_all_contained(list, COUNT_OF(list));
    irq_init();
    irq_enable_source(3);
    irq_send_sgi(3, 0);
    irq_unmask();
    spin_until(irq_count(0, 3) != 0); /* the system registers still work */
    irq_mask();
}
