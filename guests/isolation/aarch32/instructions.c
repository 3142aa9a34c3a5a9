/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions that leave the guest, or would like to: calls, firmware, debug, implementation defined registers. */
#include "encodings.h"
#include "../places.h"

static void still_well(void)
{
    expect_eq(hypercall_xen_version(XENVER_version, NULL), FENCEPOST_XEN_MAJOR << 16 | FENCEPOST_XEN_MINOR);
    expect_denied(READ, 0x10000000, "hypervisor text");
}

TEST(isolation, wild_hvc_immediates_are_undefined, IDS "S1-07 S4-15", WHY "only #0 and #0xEA1 are calls", NEEDS "")
{
    static const uint32_t immediates[] = {1, 2, 3, 0x7f, 0x123, 0xea0, 0xea2, 0x0ea, 0x1ea1, 0x4a48, 0x8ea1,
                                          0xea11, 0xff00, 0xff03, 0xfffe, 0xffff};

    for (uint32_t i = 0; i < COUNT_OF(immediates); i++) {
        const struct instruction hvc = {"HVC", INSTRUCTION_HVC(immediates[i])};

        expect_undefined(&hvc, immediates[i]);
    }
    still_well();
}

TEST(isolation, hypercall_numbers_beyond_the_table_are_enosys, IDS "S1-07 S4-15",
     WHY "the number is an index into the hypervisor's memory", NEEDS "")
{
    static const uint32_t numbers[] = {0,   1,      6,       11,         16,         19,         20,         35,
                                       36,  48,     62,      63,         64,         65,         127,        128,
                                       256, 0x1020, 0x10020, 0x40000011, 0x7fffffff, 0x80000000, 0x80000011, ~0u};

    for (uint32_t i = 0; i < COUNT_OF(numbers); i++)
        expect_eq(hypercall(numbers[i], 0, 0, 0, 0, 0), -XEN_ENOSYS);
}

static void call_from_user_mode(void *argument)
{
    const struct sched_shutdown *shutdown_now = argument;

    hypercall_sched_op(SCHEDOP_shutdown, shutdown_now);
}

TEST(isolation, user_mode_cannot_call_the_hypervisor, IDS "S1-07", WHY "a process must not switch its domain off",
     NEEDS "")
{
    struct sched_shutdown now = {.reason = SHUTDOWN_crash};

    expect_eq(fault_catch_el0(call_from_user_mode, &now).kind, FAULT_UNDEFINED);
    still_well();
}

TEST(isolation, smc_with_any_immediate_is_contained, IDS "S1-07", WHY "there is no firmware for a guest to reach",
     NEEDS "")
{
    for (uint32_t immediate = 0; immediate < 16; immediate++) {
        const struct instruction smc = {"SMC", INSTRUCTION_SMC(immediate)};

        expect_contained(&smc, 0);
        expect_contained(&smc, 0xffffffffu);
        expect_contained(&smc, 0xdeadbeefu);
    }
    still_well();
}

/* ---- semihosting ---- */

enum { SYS_OPEN = 0x01, SYS_WRITE0 = 0x04, SYS_REMOVE = 0x0e, SYS_SYSTEM = 0x12, SYS_GET_CMDLINE = 0x15, SYS_EXIT = 0x18 };
enum { SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026 };

static const uint32_t semihosting_hlt = 0xe10f0070u; /* HLT #0xF000 */

static void try_semihosting(uint32_t operation, const void *block)
{
    uintptr_t registers[4] = {operation, (uintptr_t)block, 0, 0};

    expect_eq(try_instruction(semihosting_hlt, registers).kind, FAULT_UNDEFINED);
    expect_eq(registers[0], operation); /* no result came back */
}

TEST(isolation, semihosting_runs_no_command_on_the_host, IDS "S1-07", WHY "EL2 cannot trap it, so it has to be off",
     NEEDS "")
{
    static const char command[] = "touch fencepost-was-here; kill $PPID";
    const uint32_t block[2] = {(uintptr_t)command, sizeof(command) - 1};

    try_semihosting(SYS_SYSTEM, block);
    still_well();
}

TEST(isolation, semihosting_touches_no_file_of_the_host, IDS "S1-07", WHY "a sandbox does not stop it", NEEDS "")
{
    static const char path[] = "fencepost-victim";
    const uint32_t remove[2] = {(uintptr_t)path, sizeof(path) - 1};
    const uint32_t open[3] = {(uintptr_t)path, 4, sizeof(path) - 1};

    try_semihosting(SYS_REMOVE, remove);
    try_semihosting(SYS_OPEN, open);
    still_well();
}

TEST(isolation, semihosting_ends_no_run, IDS "S1-07", WHY "status 0 would be success for everybody", NEEDS "")
{
    const uint32_t block[2] = {APPLICATION_EXIT, 0};

    try_semihosting(SYS_EXIT, (const void *)APPLICATION_EXIT);
    try_semihosting(SYS_EXIT_EXTENDED, block);
    still_well();
}

TEST(isolation, semihosting_reads_no_command_line, IDS "S1-07", WHY "what the harness passes is not for guests", NEEDS "")
{
    char line[128] = "untouched";
    const uint32_t block[2] = {(uintptr_t)line, sizeof(line)};

    try_semihosting(SYS_GET_CMDLINE, block);
    try_semihosting(SYS_WRITE0, (const void *)0x10000000);
    expect_eq(strcmp(line, "untouched"), 0);
    still_well();
}

TEST(isolation, the_old_semihosting_call_is_an_ordinary_svc, IDS "S1-07", WHY "SVC #0x123456 was the first form", NEEDS "")
{
    uintptr_t registers[4] = {SYS_EXIT, APPLICATION_EXIT, 0, 0};

    expect_eq(try_instruction(0xef123456u, registers).kind, FAULT_SVC);
    still_well();
}

/* ---- debug, PMU, implementation defined ---- */

TEST(isolation, a_breakpoint_instruction_is_the_guests_own_abort, IDS "S1-07", WHY "debug exceptions stay at EL1", NEEDS "")
{
    expect_eq(outcome(0xe1200070u, 0), FAULT_PREFETCH); /* BKPT #0 */
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

    for (uint32_t i = 0; i < COUNT_OF(list); i++)
        expect_contained(&list[i], ~0u);
    still_well();
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

    for (uint32_t i = 0; i < COUNT_OF(list); i++)
        expect_contained(&list[i], ~0u);
    still_well();
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
