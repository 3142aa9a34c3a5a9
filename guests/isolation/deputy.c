/* SPDX-License-Identifier: Apache-2.0 */
/* The confused deputy: arguments that would make the hypervisor do what the guest may not. */
#include "deputy_calls.h"

static void deny_pointers_into(const struct place *places, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        expect_all_efault(places[i].base, places[i].what);
        expect_all_efault(places[i].limit - 4, places[i].what);
    }
}

TEST(isolation, no_call_follows_a_pointer_into_the_hypervisor, IDS "S1-07 S4-18", WHY "EL2 itself could read and write it",
     NEEDS "strategies=all")
{
    deny_pointers_into(hypervisor_places, COUNT_OF(hypervisor_places));
    expect_eq(evtchn_count_open(), 2);
}

TEST(isolation, no_call_follows_a_pointer_into_a_device, IDS "S1-07 S4-18", WHY "a read alone can pop a FIFO",
     NEEDS "strategies=all")
{
    deny_pointers_into(device_places, COUNT_OF(device_places));
    expect_all_efault(machine.gicd, "the emulated distributor");
    expect_all_efault(machine.gicr, "the emulated redistributor");
}

TEST(isolation, no_call_follows_a_pointer_into_the_modules, IDS "S1-07 S4-18", WHY "they are mapped when a domain restarts",
     NEEDS "strategies=all")
{
    deny_pointers_into(module_places, COUNT_OF(module_places));
}

TEST(isolation, no_call_follows_a_pointer_to_nowhere, IDS "S1-07 S4-18", WHY "an abort inside EL2 would be a panic",
     NEEDS "strategies=all")
{
    deny_pointers_into(unowned_places, COUNT_OF(unowned_places));
}

TEST(isolation, no_call_follows_a_pointer_into_the_peer, IDS "S1-07 S4-18", WHY "its memory is not in the caller's view",
     NEEDS "strategies=all")
{
    peers_meet();
    deny_pointers_into(&peer_ram, 1);
    deny_pointers_into(&peer_events, 1);
    expect_all_efault(peer_ram.base + 0x80000, "a page the peer watches");
    expect_all_efault(peer_events.base + 0x2000, "a page the peer watches");
    peer_signal(1);
    peer_wait(1);
}

static void expect_pattern(uintptr_t address)
{
    for (uintptr_t at = address; at < address + XEN_PAGE_SIZE; at += 4)
        if (*(uint32_t *)at != (at ^ 0xa5a5a5a5u)) {
            fail_("word 0x%x is 0x%x", at, *(uint32_t *)at);
            return;
        }
}

static void fill_pattern(uintptr_t address)
{
    for (uintptr_t at = address; at < address + XEN_PAGE_SIZE; at += 4)
        *(uint32_t *)at = at ^ 0xa5a5a5a5u;
}

PEER(2, isolation, no_call_follows_a_pointer_into_the_peer)
{
    fill_pattern(peer_ram.base + 0x80000);
    fill_pattern(peer_events.base + 0x2000);
    peers_meet();
    peer_wait(1);
    expect_pattern(peer_ram.base + 0x80000);
    expect_pattern(peer_events.base + 0x2000);
    peer_signal(1);
}

TEST(isolation, a_buffer_that_leaves_the_bank_is_refused, IDS "S1-07 S4-12", WHY "its last byte counts like its first",
     NEEDS "strategies=all")
{
    const uintptr_t limit = (uint32_t)(machine.bank[0].base + machine.bank[0].size);

    expect_all_efault(limit - 1, "the last byte of the bank");
    expect_all_efault(limit, "right above the bank");
    expect_all_efault((uint32_t)machine.bank[0].base - 1, "right below the bank");
    expect_all_efault((uint32_t)(machine.bank[1].base + machine.bank[1].size) - 1, "the last byte of the last bank");
    expect_all_efault((uint32_t)machine.bank[1].base - 1, "right below the last bank");
}

TEST(isolation, a_pointer_that_wraps_is_refused, IDS "S1-07", WHY "address plus size is 0 or small", NEEDS "strategies=all")
{
    for (uint32_t pointer = 0xfffffff8u; pointer != 0; pointer++)
        expect_all_efault(pointer, "the end of the address space");
    expect_eq(hypercall_console_io(CONSOLEIO_write, ~0u, (void *)0x20), -XEN_EFAULT);
    expect_eq(hypercall_console_io(CONSOLEIO_write, 0x80000000u, (void *)0x80000000u), -XEN_EFAULT);
}

TEST(isolation, handles_inside_a_block_are_checked_too, IDS "S1-07", WHY "the second pointer is as wild as the first",
     NEEDS "strategies=all")
{
    static const uint64_t lists[] = {0,          HV(0x10000000), HV(0x1005ff00), 0x18000000,    RAM(0x20400000),
                                     RAM(0x28004000), 0xc0000000, 0xe0205000, 0xf0000000,    0xfffffffc,
                                     RAM(0x20100000), 0x1fffffff, 1ull << 32, 0x120000000ull};
    struct sched_poll poll = {.nr_ports = 1};

    require_eq(events_init(), 0);
    for (uint32_t i = 0; i < COUNT_OF(lists); i++) {
        poll.ports = lists[i];
        expect_eq(hypercall_sched_op(SCHEDOP_poll, &poll), -XEN_EFAULT);
    }
}

static const uint64_t foreign_frames[] = {
    0x10000,          0x1007f,        0x20400,        0x28004,    0xc0000,    0xe0205, 0xf0000,
    0xf0100,          0x0,            0xfffff,        0x100000,   1ull << 32, ~0ull,   0x100000000ull + 0x28000,
    (1ull << 52) - 1, 0x20100,        0x1ffff,        0x30000,
};

TEST(isolation, shared_info_goes_to_own_ram_only, IDS "S4-03 S4-23", WHY "the hypervisor zeroes and writes that page",
     NEEDS "strategies=all")
{
    struct xen_add_to_physmap request = {.domid = DOMID_SELF, .space = XENMAPSPACE_shared_info};

    for (uint32_t i = 0; i < COUNT_OF(foreign_frames); i++) {
        request.gpfn = foreign_frames[i];
        expect_eq(hypercall_memory_op(XENMEM_add_to_physmap, &request), -XEN_EINVAL);
    }
    expect_eq(events_init(), 0); /* none of them was taken */
}

TEST(isolation, vcpu_info_goes_to_own_ram_only, IDS "S4-16 X-43", WHY "the hypervisor writes there for ever",
     NEEDS "strategies=all")
{
    struct vcpu_register_vcpu_info request = {.offset = 0};

    for (uint32_t i = 0; i < COUNT_OF(foreign_frames); i++) {
        request.gfn = foreign_frames[i];
        expect_eq(hypercall_vcpu_op(VCPUOP_register_vcpu_info, 0, &request), -XEN_EINVAL);
    }
    expect_eq(events_register_vcpu_info(0, event_page(1)), 0);
}
