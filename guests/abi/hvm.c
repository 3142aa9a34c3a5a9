/* SPDX-License-Identifier: Apache-2.0 */
/* hvm_op, hypercall 34. */
#include "places.h"

static int32_t get(uint32_t domid, uint32_t index, uint64_t *value)
{
    struct xen_hvm_param param = {.domid = (uint16_t)domid, .index = index, .value = *value};
    int32_t result = hypercall_hvm_op(HVMOP_get_param, &param);

    *value = param.value;
    return result;
}

static int32_t set(uint32_t domid, uint32_t index, uint64_t value)
{
    struct xen_hvm_param param = {.domid = (uint16_t)domid, .index = index, .value = value};

    return hypercall_hvm_op(HVMOP_set_param, &param);
}

static const uint32_t readable[] = {HVM_PARAM_CALLBACK_IRQ, HVM_PARAM_STORE_PFN, HVM_PARAM_STORE_EVTCHN,
                                    HVM_PARAM_CONSOLE_PFN, HVM_PARAM_CONSOLE_EVTCHN};
enum { NR_READABLE = sizeof(readable) / sizeof(readable[0]) };

TEST(abi, hvm_parameters_read_zero, IDS "X-48", WHY "the callback interrupt is in the tree, nothing else exists",
     NEEDS "system=solo")
{
    for (uint32_t i = 0; i < NR_READABLE; i++) {
        uint64_t value = ~0ull;

        expect_eq(get(DOMID_SELF, readable[i], &value), 0);
        expect_eq(value, 0);
        value = ~0ull;
        expect_eq(get(1, readable[i], &value), 0);
        expect_eq(value, 0);
    }
}

TEST(abi, hvm_parameters_cannot_be_set, IDS "", WHY "they belong to a toolstack", NEEDS "system=solo")
{
    for (uint32_t i = 0; i < NR_READABLE; i++)
        expect_eq(set(DOMID_SELF, readable[i], 0x020000000000021full), -XEN_EPERM);
}

TEST(abi, hvm_monitor_ring_is_eperm, IDS "", WHY "even to look at", NEEDS "system=solo")
{
    uint64_t value = 7;

    expect_eq(get(DOMID_SELF, HVM_PARAM_MONITOR_RING_PFN, &value), -XEN_EPERM);
    expect_eq(value, 7);
    expect_eq(set(DOMID_SELF, HVM_PARAM_MONITOR_RING_PFN, 1), -XEN_EPERM);
}

TEST(abi, hvm_other_parameters_are_einval, IDS "", WHY "those of x86 and those beyond the table", NEEDS "system=solo")
{
    static const uint32_t others[] = {3, 4, 5, 6, 16, 19, 27, 29, 38, HVM_NR_PARAMS, 40, 1000, 0x80000000u, ~0u};

    for (uint32_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        uint64_t value = 7;

        expect_eq(get(DOMID_SELF, others[i], &value), -XEN_EINVAL);
        expect_eq(value, 7);
        expect_eq(set(DOMID_SELF, others[i], 0), -XEN_EINVAL);
    }
}

TEST(abi, hvm_parameters_of_unknown_domains_are_esrch, IDS "",
     WHY "before the index is looked at", NEEDS "system=solo")
{
    for (uint32_t i = 0; i < NR_UNKNOWN_DOMAINS; i++) {
        uint64_t value = 0;

        expect_eq(get(unknown_domains[i], 1000, &value), -XEN_ESRCH);
        expect_eq(set(unknown_domains[i], 1000, 0), -XEN_ESRCH);
    }
}

TEST(abi, hvm_parameters_of_another_domain_are_eperm, IDS "",
     WHY "no domain is master of another", NEEDS "system=pair")
{
    uint64_t value = 0;

    expect_eq(get(2, HVM_PARAM_CALLBACK_IRQ, &value), -XEN_EPERM);
    expect_eq(get(2, 1000, &value), -XEN_EPERM);
    expect_eq(set(2, HVM_PARAM_CALLBACK_IRQ, 0), -XEN_EPERM);
}

TEST(abi, hvm_guest_request_takes_no_pointer, IDS "", WHY "0, or EINVAL if one is given", NEEDS "system=solo")
{
    uint32_t word = 0;

    expect_eq(hypercall_hvm_op(HVMOP_guest_request_vm_event, NULL), 0);
    expect_eq(hypercall_hvm_op(HVMOP_guest_request_vm_event, &word), -XEN_EINVAL);
}

TEST(abi, hvm_unknown_commands_are_enosys, IDS "", WHY "also with a bad pointer", NEEDS "system=solo")
{
    static const uint32_t commands[] = {2, 3, 5, 17, 23, 25, 99, 0x80000000u, ~0u};
    struct xen_hvm_param param = {.domid = DOMID_SELF};

    for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        expect_eq(hypercall_hvm_op(commands[i], &param), -XEN_ENOSYS);
        expect_eq(hypercall_hvm_op(commands[i], (void *)HOLE), -XEN_ENOSYS);
    }
}
