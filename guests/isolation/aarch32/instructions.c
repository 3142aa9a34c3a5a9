/* SPDX-License-Identifier: Apache-2.0 */
/* System registers that are not the guest's: implementation defined, debug, PMU, cache maintenance, the other timer. */
#include "../instructions.h"

TEST(isolation, the_old_semihosting_call_is_an_ordinary_svc, IDS "S1-07", WHY "SVC #0x123456 was the first form", NEEDS "")
{
    enum { SYS_EXIT = 0x18, APPLICATION_EXIT = 0x20026 };
    uintptr_t registers[4] = {SYS_EXIT, APPLICATION_EXIT, 0, 0};

    expect_eq(try_instruction(0xef123456u, registers).kind, FAULT_SVC);
    still_well();
}

TEST(isolation, implementation_defined_registers_are_undefined, IDS "S4-23",
     WHY "they move TCMs and ports over other domains' memory", NEEDS "")
{
    static const struct instruction list[] = {
        {"MRC IMP_ATCMREGIONR", A32_MRC(15, 0, 9, 1, 0)},   {"MCR IMP_ATCMREGIONR", A32_MCR(15, 0, 9, 1, 0)},
        {"MCR IMP_BTCMREGIONR", A32_MCR(15, 0, 9, 1, 1)},   {"MCR IMP_CTCMREGIONR", A32_MCR(15, 0, 9, 1, 2)},
        {"MRC IMP_PERIPHREGIONR", A32_MRC(15, 0, 15, 0, 0)}, {"MCR IMP_PERIPHREGIONR", A32_MCR(15, 0, 15, 0, 0)},
        {"MCR IMP_FLASHIFREGIONR", A32_MCR(15, 0, 15, 0, 1)}, {"MRC IMP_CBAR", A32_MRC(15, 1, 15, 3, 0)},
        {"MCR p15 c11", A32_MCR(15, 0, 11, 1, 0)},
    };

    for (uint32_t i = 0; i < COUNT_OF(list); i++)
        expect_undefined(&list[i], ~0u);
    still_well();
}

TEST(isolation, debug_registers_are_contained, IDS "S4-23", WHY "a hardware breakpoint would fire in the next domain", NEEDS "")
{
    static const struct instruction list[] = {
        {"MRC DBGDIDR", A32_MRC(14, 0, 0, 0, 0)},     {"MRC DBGDSCRint", A32_MRC(14, 0, 0, 1, 0)},
        {"MCR DBGDSCRext", A32_MCR(14, 0, 0, 2, 2)},  {"MCR DBGBVR0", A32_MCR(14, 0, 0, 0, 4)},
        {"MCR DBGBCR0", A32_MCR(14, 0, 0, 0, 5)},     {"MCR DBGWVR0", A32_MCR(14, 0, 0, 0, 6)},
        {"MCR DBGWCR0", A32_MCR(14, 0, 0, 0, 7)},     {"MCR DBGOSLAR", A32_MCR(14, 0, 1, 0, 4)},
        {"MRC DBGDRAR", A32_MRC(14, 0, 1, 0, 0)},     {"MCR DBGVCR", A32_MCR(14, 0, 0, 7, 0)},
        {"MRC TRCIDR", A32_MRC(14, 1, 0, 8, 7)},
    };

    peers_meet();
    for (uint32_t i = 0; i < COUNT_OF(list); i++)
        expect_contained(&list[i], 0xffffffffu);
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
        {"MRC PMCR", A32_MRC(15, 0, 9, 12, 0)},       {"MCR PMCR", A32_MCR(15, 0, 9, 12, 0)},
        {"MCR PMCNTENSET", A32_MCR(15, 0, 9, 12, 1)}, {"MRC PMCCNTR", A32_MRC(15, 0, 9, 13, 0)},
        {"MCR PMUSERENR", A32_MCR(15, 0, 9, 14, 0)},  {"MCR PMINTENSET", A32_MCR(15, 0, 9, 14, 1)},
        {"MCR PMCCFILTR", A32_MCR(15, 0, 14, 15, 7)}, {"MRRC PMCCNTR", A32_MRRC(15, 0, 9)},
        {"MCRR PMCCNTR", A32_MCRR(15, 0, 9)},
    };

    expect_all_contained(list, COUNT_OF(list));
}

TEST(isolation, cache_operations_by_set_and_way_are_contained, IDS "S4-23",
     WHY "an invalidate by set and way would drop the neighbours' dirty lines", NEEDS "")
{
    static const struct instruction list[] = {
        {"DCISW", A32_MCR(15, 0, 7, 6, 2)},
        {"DCCSW", A32_MCR(15, 0, 7, 10, 2)},
        {"DCCISW", A32_MCR(15, 0, 7, 14, 2)},
    };

    for (uint32_t i = 0; i < COUNT_OF(list); i++)
        for (uint32_t set = 0; set < 4; set++)
            expect_contained(&list[i], set << 6 | set << 30);
    still_well();
}

TEST(isolation, the_auxiliary_control_register_cannot_be_changed, IDS "S4-23", WHY "it is implementation defined, HCR.TAC",
     NEEDS "")
{
    uintptr_t registers[4] = {~0u, 0, 0, 0};

    expect_eq(try_instruction(A32_MCR(15, 0, 1, 0, 1), registers).kind, FAULT_NONE);
    expect_eq(try_instruction(A32_MRC(15, 0, 1, 0, 1), registers).kind, FAULT_NONE);
    expect_eq(registers[0], 0);
}

TEST(isolation, the_second_auxiliary_control_register_is_contained, IDS "S4-23", WHY "HCR.TAC traps it, too", NEEDS "")
{
    static const struct instruction list[] = {
        {"MCR ACTLR2", A32_MCR(15, 0, 1, 0, 3)}, {"MRC ACTLR2", A32_MRC(15, 0, 1, 0, 3)},
    };

    expect_all_contained(list, COUNT_OF(list));
}

TEST(isolation, the_physical_timer_is_not_the_guests, IDS "S4-23", WHY "nobody would save it at a vCPU switch", NEEDS "")
{
    static const struct instruction list[] = {
        {"MRC CNTP_CTL", A32_MRC(15, 0, 14, 2, 1)},   {"MCR CNTP_CTL", A32_MCR(15, 0, 14, 2, 1)},
        {"MCR CNTP_TVAL", A32_MCR(15, 0, 14, 2, 0)},  {"MCRR CNTP_CVAL", A32_MCRR(15, 2, 14)},
        {"MCR CNTFRQ", A32_MCR(15, 0, 14, 0, 0)},
    };

    for (uint32_t i = 0; i < COUNT_OF(list); i++)
        expect_undefined(&list[i], 1);
    still_well();
}
