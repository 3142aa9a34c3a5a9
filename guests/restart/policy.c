/* SPDX-License-Identifier: Apache-2.0 */
/* Which end of a life is followed by another: policy times reason. */
#include "restart.h"

#define ALWAYS "system=restart"
#define REBOOT "system=restart-reboot"
#define NEVER "system=restart-never"
#define SEEN_AS_CRASH " crash=2"

enum { UNKNOWN_REASON = 77 };

/* ---- ends of domain 2 ---- */

static void power_off(void) { shutdown(SHUTDOWN_poweroff); }
static void ask_for_reboot(void) { shutdown(SHUTDOWN_reboot); }
static void suspend(void) { shutdown(SHUTDOWN_suspend); }
static void crash(void) { shutdown(SHUTDOWN_crash); }
static void soft_reset(void) { shutdown(SHUTDOWN_soft_reset); }
static void unknown(void) { shutdown(UNKNOWN_REASON); }
static void reboot_cut_to_8_bits(void) { shutdown(0x100 | SHUTDOWN_reboot); }
static void system_off(void) { psci(PSCI_SYSTEM_OFF, 0, 0, 0); }
static void system_reset(void) { psci(PSCI_SYSTEM_RESET, 0, 0, 0); }

static void watchdog(void)
{
    const struct sched_watchdog at_once = {.id = 0, .timeout = 0};

    hypercall_sched_op(SCHEDOP_watchdog, &at_once);
    idle_for_ever();
}

static void latch(uint32_t reason, uint32_t then)
{
    const struct sched_shutdown arg = {.reason = reason};

    expect_eq(hypercall_sched_op(SCHEDOP_shutdown_code, &arg), 0);
    shutdown(then);
}

static void reboot_latched_before_power_off(void) { latch(SHUTDOWN_reboot, SHUTDOWN_poweroff); }
static void power_off_latched_before_reboot(void) { latch(SHUTDOWN_poweroff, SHUTDOWN_reboot); }

static void live_once(void (*end)(void))
{
    if (begin_life() == 1) {
        end();
        fail_("life goes on");
    }
    end_part();
}

/* ---- what domain 1 sees of it ---- */

static void expect_restart(void)
{
    expect_soon(board->done == 2);
    expect_never(board->lives != 2);
}

/* Down for good: no second life, no page to be had. */
static void expect_no_restart(void)
{
    require_soon(board->lives == 1);
    expect_never(board->lives != 1);
    expect_eq(map(2, SPARE_2), -XEN_EINVAL);
    expect_eq(map(2, IMAGE_2), -XEN_EINVAL);
    expect_eq(map(2, EVENTS_2), -XEN_EINVAL);
    expect_true(!is_reachable(SPARE_2));
}

#define ENDS(name, end, expected, ids, why, needs)                                \
    TEST(restart, name, IDS ids, WHY why, NEEDS needs) { expected(); }            \
    PEER(2, restart, name) { live_once(end); }

ENDS(always_restarts_after_power_off, power_off, expect_restart, "S1-11 X-33", "any reason, this one too", ALWAYS)
ENDS(always_restarts_after_system_off, system_off, expect_restart, "S1-11 X-33", "PSCI's word for it", ALWAYS)
ENDS(always_restarts_after_a_reboot, ask_for_reboot, expect_restart, "S0-05 S1-11 X-33", "it asked for it", ALWAYS)
ENDS(always_restarts_after_system_reset, system_reset, expect_restart, "S0-05 X-33", "PSCI's word for it", ALWAYS)
ENDS(always_restarts_after_a_suspend, suspend, expect_restart, "X-33", "nobody would resume it", ALWAYS)
ENDS(always_restarts_after_a_crash, crash, expect_restart, "S1-11 X-33", "the reason it is configured for", ALWAYS)
ENDS(always_restarts_after_its_watchdog, watchdog, expect_restart, "S1-11 X-33 X-46", "hung guests come back", ALWAYS)
ENDS(always_restarts_after_a_soft_reset, soft_reset, expect_restart, "X-33", "there is no softer one", ALWAYS)
ENDS(always_restarts_after_an_unknown_reason, unknown, expect_restart, "X-45 X-33", "treated as a crash", ALWAYS)

ENDS(reboot_restarts_after_a_reboot, ask_for_reboot, expect_restart, "S0-05 S1-11 X-33", "it asked for it", REBOOT)
ENDS(reboot_restarts_after_system_reset, system_reset, expect_restart, "S0-05 X-33", "PSCI's word for it", REBOOT)
ENDS(reboot_restarts_after_a_reason_cut_to_8_bits, reboot_cut_to_8_bits, expect_restart, "X-45", "0x101 is a reboot", REBOOT)
ENDS(reboot_restarts_after_a_latched_reboot, reboot_latched_before_power_off, expect_restart, "S0-05 X-33",
     "the first latched reason counts", REBOOT)
ENDS(reboot_stays_down_after_a_latched_power_off, power_off_latched_before_reboot, expect_no_restart, "S1-11 X-33",
     "the first latched reason counts", REBOOT)
ENDS(reboot_stays_down_after_power_off, power_off, expect_no_restart, "S1-11 X-33", "it asked for that", REBOOT)
ENDS(reboot_stays_down_after_system_off, system_off, expect_no_restart, "S1-11 X-33", "it asked for that", REBOOT)
ENDS(reboot_stays_down_after_a_suspend, suspend, expect_no_restart, "X-33", "it did not ask for a reboot", REBOOT)
ENDS(reboot_stays_down_after_a_soft_reset, soft_reset, expect_no_restart, "X-33", "that is another reason", REBOOT)
ENDS(reboot_stays_down_after_a_crash, crash, expect_no_restart, "S1-11 X-33", "it did not ask", REBOOT SEEN_AS_CRASH)
ENDS(reboot_stays_down_after_its_watchdog, watchdog, expect_no_restart, "S1-11 X-33 X-46", "it did not ask", REBOOT)
ENDS(reboot_stays_down_after_an_unknown_reason, unknown, expect_no_restart, "X-45 X-33", "treated as a crash",
     REBOOT SEEN_AS_CRASH)

ENDS(never_stays_down_after_power_off, power_off, expect_no_restart, "S1-11 X-33", "the default policy", NEVER)
ENDS(never_stays_down_after_a_reboot, ask_for_reboot, expect_no_restart, "S1-11 X-33", "the default policy", NEVER)
ENDS(never_stays_down_after_system_reset, system_reset, expect_no_restart, "S1-11 X-33", "the default policy", NEVER)
ENDS(never_stays_down_after_a_crash, crash, expect_no_restart, "S1-11 X-33", "the default policy", NEVER SEEN_AS_CRASH)
ENDS(never_stays_down_after_its_watchdog, watchdog, expect_no_restart, "S1-11 X-33", "the default policy", NEVER)
ENDS(never_stays_down_after_an_unknown_reason, unknown, expect_no_restart, "X-45 X-33", "the default policy",
     NEVER SEEN_AS_CRASH)

/* ---- each life has reasons of its own ---- */

TEST(restart, a_latched_reason_ends_with_its_life, IDS "X-33", WHY "the next shutdown reports its own",
     NEEDS "system=restart-reboot")
{
    require_soon(board->lives == 2);
    expect_never(board->lives != 2);
    expect_eq(map(2, SPARE_2), -XEN_EINVAL);
}

PEER(2, restart, a_latched_reason_ends_with_its_life)
{
    if (begin_life() == 1)
        latch(SHUTDOWN_reboot, SHUTDOWN_reboot);
    shutdown(SHUTDOWN_poweroff);
}

TEST(restart, a_watchdog_ends_with_its_life, IDS "X-33", WHY "the old one does not bite the new life",
     NEEDS "system=restart timeout_ms=4000")
{
    enum { MORE_THAN_A_SECOND_NS = 1300 * 1000 * 1000 };

    require_soon(board->lives == 2);
    expect_never_within(board->lives != 2, MORE_THAN_A_SECOND_NS);
    expect_eq(board->done, 2);
}

PEER(2, restart, a_watchdog_ends_with_its_life)
{
    if (begin_life() == 1) {
        const struct sched_watchdog in_a_second = {.id = 0, .timeout = 1};

        expect_eq(hypercall_sched_op(SCHEDOP_watchdog, &in_a_second), 1);
        reboot();
    }
    const struct sched_watchdog first = {.id = 1, .timeout = 0};

    expect_eq(hypercall_sched_op(SCHEDOP_watchdog, &first), -XEN_EINVAL); /* it is not in use */
    end_part();
}

TEST(restart, every_reason_can_follow_every_other, IDS "S0-05 S1-11 X-33 X-45", WHY "nine lives in a row",
     NEEDS "system=restart")
{
    expect_soon(board->done == 10);
    expect_never(board->lives != 10);
}

PEER(2, restart, every_reason_can_follow_every_other)
{
    static void (*const ends[])(void) = {crash, power_off, watchdog, unknown, system_reset, suspend, soft_reset,
                                         system_off, ask_for_reboot};
    const uint32_t life = begin_life();

    if (life <= sizeof(ends) / sizeof(ends[0]))
        ends[life - 1]();
    end_part();
}
