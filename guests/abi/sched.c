/* SPDX-License-Identifier: Apache-2.0 */
/* sched_op (29) and vcpu_op (24): what they refuse. Poll is in the suite evtchn, sleeping in the suite sched. */
#include "places.h"

static int32_t watchdog(uint32_t id, uint32_t seconds)
{
    const struct sched_watchdog op = {.id = id, .timeout = seconds};

    return hypercall_sched_op(SCHEDOP_watchdog, &op);
}

static int32_t remote_shutdown(uint32_t domid)
{
    const struct sched_remote_shutdown op = {.domain_id = (uint16_t)domid, .reason = SHUTDOWN_crash};

    return hypercall_sched_op(SCHEDOP_remote_shutdown, &op);
}

TEST(abi, yield_takes_no_pointer, IDS "", WHY "0 whatever is given", NEEDS "system=solo")
{
    expect_eq(hypercall_sched_op(SCHEDOP_yield, NULL), 0);
    expect_eq(hypercall_sched_op(SCHEDOP_yield, (void *)HOLE), 0);
}

TEST(abi, sched_unknown_commands_are_enosys, IDS "", WHY "8 is the first", NEEDS "system=solo")
{
    static const uint32_t commands[] = {8, 9, 99, 0x100, 0x80000000u, ~0u};

    for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        expect_eq(hypercall_sched_op(commands[i], NULL), -XEN_ENOSYS);
}

TEST(abi, pin_override_is_eperm_before_anything_else, IDS "", WHY "also with a bad pointer", NEEDS "system=solo")
{
    int32_t cpu = 0;

    expect_eq(hypercall_sched_op(SCHEDOP_pin_override, &cpu), -XEN_EPERM);
    expect_eq(hypercall_sched_op(SCHEDOP_pin_override, (void *)HOLE), -XEN_EPERM);
}

TEST(abi, remote_shutdown_of_unknown_domains_is_esrch, IDS "", WHY "SELF is unknown here too", NEEDS "system=solo")
{
    for (uint32_t i = 0; i < NR_UNKNOWN_DOMAINS; i++)
        expect_eq(remote_shutdown(unknown_domains[i]), -XEN_ESRCH);
    expect_eq(remote_shutdown(DOMID_SELF), -XEN_ESRCH);
    expect_eq(remote_shutdown(2), -XEN_ESRCH);
}

TEST(abi, remote_shutdown_of_a_domain_is_eperm, IDS "", WHY "the own id included", NEEDS "system=pair")
{
    expect_eq(remote_shutdown(2), -XEN_EPERM);
    expect_eq(remote_shutdown(1), -XEN_EPERM);
}

TEST(abi, shutdown_code_is_taken_and_the_domain_goes_on, IDS "X-45", WHY "it only latches the reason",
     NEEDS "system=solo")
{
    const struct sched_shutdown op = {.reason = SHUTDOWN_poweroff};

    expect_eq(hypercall_sched_op(SCHEDOP_shutdown_code, &op), 0);
    expect_eq(hypercall_sched_op(SCHEDOP_shutdown_code, (void *)HOLE), -XEN_EFAULT);
}

TEST(abi, a_domain_has_two_watchdogs, IDS "", WHY "1 and 2, then ENOSPC", NEEDS "system=solo")
{
    expect_eq(watchdog(0, 100), 1);
    expect_eq(watchdog(0, 100), 2);
    expect_eq(watchdog(0, 100), -XEN_ENOSPC);
    expect_eq(watchdog(1, 200), 0);
    expect_eq(watchdog(1, 0), 0);
    expect_eq(watchdog(0, 100), 1);
    expect_eq(watchdog(1, 0), 0);
    expect_eq(watchdog(2, 0), 0);
}

TEST(abi, watchdogs_not_in_use_are_einval, IDS "", WHY "also those that do not exist", NEEDS "system=solo")
{
    expect_eq(watchdog(1, 10), -XEN_EINVAL);
    expect_eq(watchdog(2, 0), -XEN_EINVAL);
    expect_eq(watchdog(3, 10), -XEN_EINVAL);
    expect_eq(watchdog(7, 0), -XEN_EINVAL);
    expect_eq(watchdog(~0u, 10), -XEN_EINVAL);
}

TEST(abi, vcpu_op_looks_at_the_vcpu_first, IDS "", WHY "ENOENT even for an unknown command", NEEDS "system=solo")
{
    static const uint32_t vcpus[] = {1, 2, 127, 128, 0x80000000u, ~0u};

    for (uint32_t i = 0; i < sizeof(vcpus) / sizeof(vcpus[0]); i++) {
        expect_eq(hypercall_vcpu_op(VCPUOP_register_vcpu_info, vcpus[i], (void *)HOLE), -XEN_ENOENT);
        expect_eq(hypercall_vcpu_op(99, vcpus[i], NULL), -XEN_ENOENT);
        expect_eq(hypercall_vcpu_op(3, vcpus[i], NULL), -XEN_ENOENT);
    }
}

TEST(abi, vcpu_op_unknown_commands_are_einval, IDS "X-44", WHY "not ENOSYS, and 14 is not there",
     NEEDS "system=solo")
{
    static const uint32_t commands[] = {0, 1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 15, 99, 0x80000000u, ~0u};
    static uint64_t block[8];

    for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        expect_eq(hypercall_vcpu_op(commands[i], 0, block), -XEN_EINVAL);
}
