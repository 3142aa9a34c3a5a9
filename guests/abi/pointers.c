/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers: what a hypercall may be made to read and write for its caller. */
#include "places.h"

/* Every command that takes a pointer in its last register, with the bytes it reads or writes there. */
struct pointer_call {
    uint32_t number, command;
    uint32_t second; /* argument 2 where the pointer is argument 3, else unused */
    uint32_t bytes;
};

static const struct pointer_call calls[] = {
    {12, XENMEM_current_reservation, 0, 2},
    {12, XENMEM_maximum_reservation, 0, 2},
    {12, XENMEM_maximum_gpfn, 0, 2},
    {12, XENMEM_add_to_physmap, 0, 24},
    {17, XENVER_extraversion, 0, 16},
    {17, XENVER_compile_info, 0, 144},
    {17, XENVER_changeset, 0, 64},
    {17, XENVER_platform_parameters, 0, 8},
    {17, XENVER_get_features, 0, 8},
    {17, XENVER_guest_handle, 0, 16},
    {18, CONSOLEIO_write, 16, 16},
    {24, VCPUOP_register_vcpu_info, 0, 16},
    {29, SCHEDOP_shutdown, 0, 4},
    {29, SCHEDOP_poll, 0, 24},
    {29, SCHEDOP_remote_shutdown, 0, 8},
    {29, SCHEDOP_shutdown_code, 0, 4},
    {29, SCHEDOP_watchdog, 0, 8},
    {32, EVTCHNOP_bind_interdomain, 0, 12},
    {32, EVTCHNOP_bind_virq, 0, 12},
    {32, EVTCHNOP_close, 0, 4},
    {32, EVTCHNOP_send, 0, 4},
    {32, EVTCHNOP_status, 0, 24},
    {32, EVTCHNOP_alloc_unbound, 0, 8},
    {32, EVTCHNOP_bind_ipi, 0, 8},
    {32, EVTCHNOP_bind_vcpu, 0, 8},
    {32, EVTCHNOP_unmask, 0, 4},
    {32, EVTCHNOP_reset, 0, 2},
    {34, HVMOP_get_param, 0, 16},
    {34, HVMOP_set_param, 0, 16},
};
enum { NR_CALLS = sizeof(calls) / sizeof(calls[0]) };

static int32_t issue(const struct pointer_call *call, uint32_t pointer)
{
    if (call->number == 18 || call->number == 24)
        return hypercall_3(call->number, call->command, call->second, pointer);
    return hypercall_2(call->number, call->command, pointer);
}

static void expect_efault_at(uint32_t pointer)
{
    for (uint32_t i = 0; i < NR_CALLS; i++) {
        int32_t result = issue(&calls[i], pointer);

        if (result != -XEN_EFAULT)
            fail_("hypercall %u command %u at 0x%x answers %d, expected -EFAULT", calls[i].number,
                  calls[i].command, pointer, result);
    }
}

TEST(abi, null_is_efault_for_every_call, IDS "", WHY "address 0 is a TCM, not the guest's", NEEDS "system=solo")
{
    expect_efault_at(0);
}

TEST(abi, a_hole_is_efault_for_every_call, IDS "", WHY "an abort at EL2 must come back as an error",
     NEEDS "system=solo")
{
    expect_efault_at(HOLE);
    expect_efault_at(HOLE + 1);
}

TEST(abi, hypervisor_memory_is_efault_for_every_call, IDS "S4-23", WHY "EL2 may touch it, the caller may not",
     NEEDS "system=solo strategies=all")
{
    expect_efault_at(HYPERVISOR_TEXT);
    expect_efault_at(HYPERVISOR_DATA);
    expect_efault_at(HYPERVISOR_CONFIG);
    expect_efault_at(HYPERVISOR_CPU);
}

TEST(abi, devices_are_efault_for_every_call, IDS "", WHY "a read there can change the device", NEEDS "system=solo")
{
    expect_efault_at((uint32_t)GIC);
    expect_efault_at((uint32_t)HYPERVISOR_UART);
}

TEST(abi, the_ram_of_another_domain_is_efault_for_every_call, IDS "S4-05",
     WHY "the confused deputy of every strategy",
     NEEDS "system=pair strategies=all")
{
    expect_efault_at(PEER_RAM);
    expect_efault_at(PEER_RAM + 0xff000);
    expect_efault_at(PEER_EVENT_PAGES);
    expect_efault_at((uint32_t)MODULES);
}

TEST(abi, the_end_of_the_address_space_is_efault_for_every_call, IDS "", WHY "sums must not wrap to the start",
     NEEDS "system=solo")
{
    expect_efault_at(0xffffffffu);
    expect_efault_at(0xfffffff8u);
    expect_efault_at(0xfffff000u);
}

TEST(abi, a_block_across_the_end_of_own_ram_is_efault, IDS "", WHY "all bytes count, not the first one",
     NEEDS "system=pair strategies=all")
{
    for (uint32_t i = 0; i < NR_CALLS; i++) {
        uint32_t pointer = own_ram_end() - calls[i].bytes + 1;

        memset((void *)(uintptr_t)(own_ram_end() - 256), 0, 256);
        int32_t result = issue(&calls[i], pointer);

        if (result != -XEN_EFAULT)
            fail_("hypercall %u command %u across the end answers %d, expected -EFAULT", calls[i].number,
                  calls[i].command, result);
    }
    expect_eq(evtchn_count_open(), 2);
}

TEST(abi, a_block_that_begins_before_own_ram_is_efault, IDS "", WHY "both edges count", NEEDS "system=solo")
{
    uint32_t start = (uint32_t)machine.bank[machine.nr_banks - 1].base;

    for (uint32_t i = 0; i < NR_CALLS; i++) {
        int32_t result = issue(&calls[i], start - 1);

        if (result != -XEN_EFAULT)
            fail_("hypercall %u command %u before the start answers %d, expected -EFAULT", calls[i].number,
                  calls[i].command, result);
    }
}

TEST(abi, blocks_may_lie_at_any_address, IDS "", WHY "packed structs of some guests are not aligned",
     NEEDS "system=solo")
{
    for (uint32_t shift = 0; shift < 8; shift++) {
        uint8_t *at = (uint8_t *)event_page(2) + shift;
        struct evtchn_status_args status = {.dom = DOMID_SELF, .port = 0, .status = 77, .vcpu = 77};
        struct xen_hvm_param param = {.domid = DOMID_SELF, .index = HVM_PARAM_CALLBACK_IRQ, .value = 5};

        memcpy(at, &status, sizeof(status));
        expect_eq(hypercall_event_channel_op(EVTCHNOP_status, at), 0);
        memcpy(&status, at, sizeof(status));
        expect_eq(status.status, EVTCHNSTAT_closed);
        expect_eq(status.vcpu, 0);

        memcpy(at, &param, sizeof(param));
        expect_eq(hypercall_hvm_op(HVMOP_get_param, at), 0);
        memcpy(&param, at, sizeof(param));
        expect_eq(param.value, 0);
    }
}

TEST(abi, blocks_may_cross_pages, IDS "S4-12", WHY "a page border means nothing inside own RAM", NEEDS "system=solo")
{
    uint8_t *border = (uint8_t *)event_page(2);
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF, .remote_dom = DOMID_SELF};

    for (uint32_t before = 1; before < sizeof(op); before++) {
        memcpy(border - before, &op, sizeof(op));
        expect_eq(hypercall_event_channel_op(EVTCHNOP_alloc_unbound, border - before), 0);
        struct evtchn_alloc_unbound result;
        memcpy(&result, border - before, sizeof(result));
        expect_eq(result.port, before);
    }
}

TEST(abi, a_block_may_end_with_own_ram, IDS "", WHY "the last byte is the caller's", NEEDS "system=solo")
{
    uint8_t *at = (uint8_t *)(own_ram_end() - sizeof(struct evtchn_status_args));
    struct evtchn_status_args status = {.dom = DOMID_SELF, .port = 0, .status = 77};

    memcpy(at, &status, sizeof(status));
    expect_eq(hypercall_event_channel_op(EVTCHNOP_status, at), 0);
    memcpy(&status, at, sizeof(status));
    expect_eq(status.status, EVTCHNSTAT_closed);
}
