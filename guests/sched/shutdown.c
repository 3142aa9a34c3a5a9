/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shutdown, shutdown_code, remote_shutdown, watchdog, pin_override. The reason a domain stopped for is seen on
 * the console alone: where a test expects crash=2, the harness checks it there.
 */
#include "sched.h"

enum { UNKNOWN_REASON = 0x77, SECOND = 1000000000 };

static int32_t sched_watchdog(uint32_t id, uint32_t timeout_s)
{
    const struct sched_watchdog argument = {.id = id, .timeout = timeout_s};

    return hypercall_sched_op(SCHEDOP_watchdog, &argument);
}

static int32_t latch(uint32_t reason)
{
    const struct sched_shutdown argument = {.reason = reason};

    return hypercall_sched_op(SCHEDOP_shutdown_code, &argument);
}

static int32_t remote_shutdown(uint32_t domid)
{
    const struct sched_remote_shutdown argument = {.domain_id = (uint16_t)domid, .reason = SHUTDOWN_crash};

    return hypercall_sched_op(SCHEDOP_remote_shutdown, &argument);
}

TEST(sched, unknown_commands_are_enosys, IDS "S4-15", WHY "before the pointer is looked at", NEEDS "system=solo")
{
    static const uint32_t commands[] = {8, 9, 255, 256, 0x10000, 0x80000003u, ~0u};

    for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        expect_eq(hypercall_sched_op(commands[i], NULL), -XEN_ENOSYS);
}

TEST(sched, pin_override_is_eperm, IDS "S4-15", WHY "only the hardware domain may, and before anything else", NEEDS "system=solo")
{
    int32_t cpu = 0;

    expect_eq(hypercall_sched_op(SCHEDOP_pin_override, &cpu), -XEN_EPERM);
    expect_eq(hypercall_sched_op(SCHEDOP_pin_override, NULL), -XEN_EPERM);
}

TEST(sched, remote_shutdown_is_not_for_guests, IDS "S4-15 S2-07", WHY "nobody has privilege over a domain here", NEEDS "")
{
    expect_eq(remote_shutdown(DOMID_SELF), -XEN_ESRCH);
    expect_eq(remote_shutdown(1), -XEN_EPERM);
    expect_eq(remote_shutdown(2), -XEN_EPERM);
    expect_eq(remote_shutdown(3), -XEN_ESRCH);
    expect_eq(remote_shutdown(0), -XEN_ESRCH);
    expect_eq(remote_shutdown(DOMID_IDLE), -XEN_ESRCH);
    expect_eq(hypercall_sched_op(SCHEDOP_remote_shutdown, (void *)0x18000000 /* nothing there */), -XEN_EFAULT);
}

/* What the peer does to end; domain 1 sees its channel become unbound and lives on. */
#define PEER_ENDS(name, ids, needs, why)                          \
    TEST(sched, name, IDS "S4-15 X-33 " ids, WHY why, NEEDS needs) \
    {                                                             \
        peers_meet();                                             \
        expect_true(peer_stops_within(5ull * SECOND));            \
        expect_eq(evtchn_send(peer_port(1)), 0); /* dropped */    \
        expect_eq(sched_yield(), 0);                              \
    }                                                             \
    PEER(2, sched, name)

PEER_ENDS(a_domain_that_powers_off_leaves_the_other_running, "", "strategies=window,switch",
          "its ports close, nothing else happens")
{
    peers_meet();
    shutdown(SHUTDOWN_poweroff);
}

PEER_ENDS(a_domain_that_crashes_leaves_the_other_running, "", "strategies=window,switch crash=2",
          "an undefined instruction nobody handles")
{
    peers_meet();
    __asm__ volatile("udf #0");
}

PEER_ENDS(the_first_latched_code_counts, "", "crash=2", "a later one, and the reason of the shutdown itself, do not")
{
    peers_meet();
    expect_eq(latch(SHUTDOWN_crash), 0);
    expect_eq(latch(SHUTDOWN_poweroff), 0);
    shutdown(SHUTDOWN_poweroff);
}

PEER_ENDS(a_latched_code_hides_a_later_crash_reason, "", "", "the verdict is poweroff, or the harness says crash")
{
    peers_meet();
    expect_eq(latch(SHUTDOWN_poweroff), 0);
    expect_eq(latch(SHUTDOWN_crash), 0);
    shutdown(SHUTDOWN_crash);
}

PEER_ENDS(an_unknown_reason_counts_as_a_crash, "X-45", "crash=2", "accepted, and treated as the worst")
{
    peers_meet();
    shutdown(UNKNOWN_REASON);
}

PEER_ENDS(a_reason_is_cut_to_eight_bits, "X-45", "", "0x100 is poweroff")
{
    peers_meet();
    shutdown(0x100 | SHUTDOWN_poweroff);
}

PEER_ENDS(a_reboot_without_a_policy_stays_down, "", "", "restart is for domains whose tree asks for it")
{
    peers_meet();
    shutdown(SHUTDOWN_reboot);
}

PEER_ENDS(system_off_by_psci_stops_the_domain_alone, "", "", "a guest's system is its domain")
{
    peers_meet();
    psci((uint32_t)PSCI_SYSTEM_OFF, 0, 0, 0);
    fail_("SYSTEM_OFF returned");
}

TEST(sched, shutdown_with_a_bad_pointer_is_efault, IDS "S4-15", WHY "and the domain runs on", NEEDS "system=solo")
{
    expect_eq(hypercall_sched_op(SCHEDOP_shutdown, (void *)0x10000000), -XEN_EFAULT);
    expect_eq(hypercall_sched_op(SCHEDOP_shutdown_code, (void *)0x18000000), -XEN_EFAULT);
    expect_eq(hypercall_sched_op(SCHEDOP_watchdog, NULL), -XEN_EFAULT);
}

/* ---- watchdog ---- */

TEST(sched, watchdog_ids_beyond_two_are_einval, IDS "X-46 S4-15", WHY "there are two timers", NEEDS "system=solo")
{
    expect_eq(sched_watchdog(3, 1), -XEN_EINVAL);
    expect_eq(sched_watchdog(~0u, 1), -XEN_EINVAL);
    expect_eq(sched_watchdog(1, 1), -XEN_EINVAL); /* not in use */
    expect_eq(sched_watchdog(2, 0), -XEN_EINVAL);
}

TEST(sched, a_domain_has_two_watchdogs, IDS "X-46 S4-15", WHY "the third is refused until one is stopped", NEEDS "system=solo")
{
    expect_eq(sched_watchdog(0, 100), 1);
    expect_eq(sched_watchdog(0, 100), 2);
    expect_eq(sched_watchdog(0, 100), -XEN_ENOSPC);
    expect_eq(sched_watchdog(1, 0), 0);
    expect_eq(sched_watchdog(1, 5), -XEN_EINVAL);
    expect_eq(sched_watchdog(0, 100), 1);
    expect_eq(sched_watchdog(2, 200), 0);
}

PEER_ENDS(a_watchdog_stops_a_domain_that_sleeps, "X-46", "timeout_ms=10000", "nobody re-arms it in time")
{
    peers_meet();
    expect_eq(sched_watchdog(0, 1), 1);
    idle_for_ever();
}

PEER_ENDS(a_watchdog_of_no_time_fires_at_once, "X-46", "", "id 0, timeout 0")
{
    peers_meet();
    sched_watchdog(0, 0);
    idle_for_ever();
}

PEER_ENDS(the_second_watchdog_fires_before_the_first, "X-46", "timeout_ms=10000", "each has its own time")
{
    peers_meet();
    expect_eq(sched_watchdog(0, 100), 1);
    expect_eq(sched_watchdog(0, 1), 2);
    idle_for_ever();
}

TEST(sched, a_watchdog_that_is_rearmed_does_not_fire, IDS "X-46 S4-15", WHY "that is what it is for", NEEDS "timeout_ms=10000")
{
    peers_meet();
    sched_poll(NULL, 0, now_ns() + 4ull * SECOND);
    expect_eq(lane_status(1), EVTCHNSTAT_interdomain);
    expect_peer_alive();
}

PEER(2, sched, a_watchdog_that_is_rearmed_does_not_fire)
{
    peers_meet();
    expect_eq(sched_watchdog(0, 1), 1);
    for (uint32_t round = 0; round < 4; round++) {
        sched_poll(NULL, 0, now_ns() + SECOND / 2);
        expect_eq(sched_watchdog(1, 1), 0);
    }
    expect_eq(sched_watchdog(1, 0), 0);
    peer_wait(0);
    peer_signal(0);
}

/* ---- the end of the system ---- */

TEST(sched, a_system_without_an_essential_domain_ends_with_its_last_one, IDS "S4-15 X-33",
     WHY "domain 2 crashes after the end of domain 1, and the harness waits for that", NEEDS "system=equals crash=2")
{
    peers_meet();
}

PEER(2, sched, a_system_without_an_essential_domain_ends_with_its_last_one)
{
    peers_meet();
    require_true(peer_stops_within(5ull * SECOND));
    sched_poll(NULL, 0, now_ns() + LONG_NS); /* domain 1 is down for good by then */
    shutdown(SHUTDOWN_crash);
}
