/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions that leave the guest, or would like to: calls, firmware, the emulator's host, debug. */
#include "instructions.h"

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

static void try_semihosting(uint32_t operation, const void *block)
{
    uintptr_t registers[4] = {operation, (uintptr_t)block, 0, 0};

    expect_eq(try_instruction(SEMIHOSTING_CALL, registers).kind, FAULT_UNDEFINED);
    expect_eq(registers[0], operation); /* no result came back */
}

TEST(isolation, semihosting_runs_no_command_on_the_host, IDS "S1-07", WHY "EL2 cannot trap it, so it has to be off",
     NEEDS "")
{
    static const char command[] = "touch fencepost-was-here; kill $PPID";
    const uintptr_t block[2] = {(uintptr_t)command, sizeof(command) - 1};

    try_semihosting(SYS_SYSTEM, block);
    still_well();
}

TEST(isolation, semihosting_touches_no_file_of_the_host, IDS "S1-07", WHY "a sandbox does not stop it", NEEDS "")
{
    static const char path[] = "fencepost-victim";
    const uintptr_t remove[2] = {(uintptr_t)path, sizeof(path) - 1};
    const uintptr_t open[3] = {(uintptr_t)path, 4, sizeof(path) - 1};

    try_semihosting(SYS_REMOVE, remove);
    try_semihosting(SYS_OPEN, open);
    still_well();
}

TEST(isolation, semihosting_ends_no_run, IDS "S1-07", WHY "status 0 would be success for everybody", NEEDS "")
{
    const uintptr_t block[2] = {APPLICATION_EXIT, 0};

    try_semihosting(SYS_EXIT, (const void *)APPLICATION_EXIT);
    try_semihosting(SYS_EXIT_EXTENDED, block);
    still_well();
}

TEST(isolation, semihosting_reads_no_command_line, IDS "S1-07", WHY "what the harness passes is not for guests", NEEDS "")
{
    char line[128] = "untouched";
    const uintptr_t block[2] = {(uintptr_t)line, sizeof(line)};

    try_semihosting(SYS_GET_CMDLINE, block);
    try_semihosting(SYS_WRITE0, (const void *)hypervisor_places[0].base);
    expect_eq(strcmp(line, "untouched"), 0);
    still_well();
}

/* ---- debug exceptions ---- */

TEST(isolation, a_breakpoint_instruction_is_the_guests_own_abort, IDS "S1-07", WHY "debug exceptions stay at EL1", NEEDS "")
{
    expect_eq(outcome(BREAKPOINT, 0), FAULT_PREFETCH);
    still_well();
}
