/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that do not exist, pointers that lead nowhere, the FIFO ABI, and which domain may be named. */
#include "loop.h"

static void *const nowhere = (void *)0x18000000; /* no memory on any board of ours */

TEST(evtchn, unknown_commands_are_enosys, IDS "X-09 S4-15", WHY "14 is internal upstream and not for guests",
     NEEDS "system=solo")
{
    static const uint32_t commands[] = {14, 15, 99, 255, 256, 0x10004, 0x80000000u, ~0u};
    uint32_t block[8] = {0};

    for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        expect_eq(hypercall_event_channel_op(commands[i], block), -XEN_ENOSYS);
}

TEST(evtchn, every_command_with_a_bad_pointer_is_efault, IDS "S4-15", WHY "the argument is read first",
     NEEDS "system=solo")
{
    static const uint32_t commands[] = {
        EVTCHNOP_bind_interdomain, EVTCHNOP_bind_virq, EVTCHNOP_close,        EVTCHNOP_send,
        EVTCHNOP_status,           EVTCHNOP_alloc_unbound, EVTCHNOP_bind_ipi, EVTCHNOP_bind_vcpu,
        EVTCHNOP_unmask,           EVTCHNOP_reset,     EVTCHNOP_init_control, EVTCHNOP_expand_array,
        EVTCHNOP_set_priority,
    };

    for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        expect_eq(hypercall_event_channel_op(commands[i], nowhere), -XEN_EFAULT);
    expect_eq(evtchn_count_open(), 0);
}

TEST(evtchn, the_fifo_abi_is_refused, IDS "S4-15", WHY "guests fall back to two levels when init_control fails",
     NEEDS "system=solo")
{
    struct evtchn_init_control control = {.control_gfn = (uintptr_t)event_page(1) >> XEN_PAGE_SHIFT};
    struct evtchn_expand_array array = {.array_gfn = control.control_gfn};

    expect_eq(hypercall_event_channel_op(EVTCHNOP_init_control, &control), -XEN_EOPNOTSUPP);
    expect_eq(hypercall_event_channel_op(EVTCHNOP_expand_array, &array), -XEN_EOPNOTSUPP);
}

TEST(evtchn, set_priority_checks_the_port_and_is_then_enosys, IDS "S4-15", WHY "two-level channels have no priority",
     NEEDS "system=solo")
{
    struct evtchn_set_priority valid = {.port = 0};
    struct evtchn_set_priority beyond = {.port = 4096};

    expect_eq(hypercall_event_channel_op(EVTCHNOP_set_priority, &valid), -XEN_ENOSYS);
    expect_eq(hypercall_event_channel_op(EVTCHNOP_set_priority, &beyond), -XEN_EINVAL);
}

TEST(evtchn, status_of_a_domain_that_does_not_exist_is_esrch, IDS "S4-15", WHY "before the port is looked at",
     NEEDS "system=solo")
{
    struct evtchn_status_args status;

    for (uint32_t i = 0; i < NR_UNKNOWN_DOMAINS; i++)
        expect_eq(evtchn_status(unknown_domains[i], ~0u, &status), -XEN_ESRCH);
    expect_eq(evtchn_status(2, 1, &status), -XEN_ESRCH);
}

TEST(evtchn, status_of_another_domain_is_eperm_for_valid_ports, IDS "S2-07",
     WHY "the port is checked before the privilege", NEEDS "system=pair")
{
    struct evtchn_status_args status;

    expect_eq(evtchn_status(2, 11, &status), -XEN_EPERM);
    expect_eq(evtchn_status(2, 1, &status), -XEN_EPERM);
    expect_eq(evtchn_status(2, 4096, &status), -XEN_EINVAL);
}

TEST(evtchn, reset_of_other_domains_is_refused, IDS "S2-07", WHY "a guest may drop only its own channels",
     NEEDS "system=pair")
{
    for (uint32_t i = 0; i < NR_UNKNOWN_DOMAINS; i++)
        expect_eq(evtchn_reset(unknown_domains[i]), -XEN_ESRCH);
    expect_eq(evtchn_reset(2), -XEN_EPERM);
    expect_eq(evtchn_reset(3), -XEN_ESRCH);
}

TEST(evtchn, ports_never_used_are_valid_and_closed, IDS "X-02", WHY "validity does not depend on table sizes",
     NEEDS "system=solo")
{
    static const uint32_t ports[] = {0, 1, 31, 32, 63, 64, 127, 128, 500, 1022, EVTCHN_DOM0LESS_MAX_PORT};
    struct evtchn_status_args status;

    for (uint32_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        require_eq(evtchn_status(DOMID_SELF, ports[i], &status), 0);
        expect_eq(status.status, EVTCHNSTAT_closed);
        expect_eq(status.vcpu, 0);
        expect_eq(evtchn_unmask(ports[i]), 0);
        expect_eq(evtchn_send(ports[i]), -XEN_EINVAL);
        expect_eq(evtchn_close(ports[i]), -XEN_EINVAL);
    }
}

TEST(evtchn, ports_beyond_the_limit_are_einval_everywhere, IDS "X-02", WHY "no operation may reach past the tables",
     NEEDS "system=solo")
{
    static const uint32_t ports[] = {PORT_LIMIT, 4095, 4096, 0x10001, 0x7fffffff, 0x80000001u, ~0u};
    struct evtchn_status_args status;

    for (uint32_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        expect_eq(evtchn_status(DOMID_SELF, ports[i], &status), -XEN_EINVAL);
        expect_eq(evtchn_unmask(ports[i]), -XEN_EINVAL);
        expect_eq(evtchn_send(ports[i]), -XEN_EINVAL);
        expect_eq(evtchn_close(ports[i]), -XEN_EINVAL);
        expect_eq(evtchn_bind_vcpu(ports[i], 0), -XEN_EINVAL);
    }
}
