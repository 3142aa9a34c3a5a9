/* SPDX-License-Identifier: Apache-2.0 */
/* Frames that are not the caller's RAM: each call stops there, and nothing happens to whoever is there. */
#include "balloon.h"

#define ONE NEEDS "system=balloon"

enum {
    PEER_RAM = RAM(0x20400000),
    PEER_EVENTS = RAM(0x28004000),
    UART = (int)0xe0205000,
    MODULES = (int)0xc0000000,
};

static const uint32_t not_own[] = {
    HV(0x10000000),              /* the hypervisor's text, data, configuration, stacks */
    0x10010000, 0x10040000, 0x10060000,
    (uint32_t)UART,          /* its console */
    0xf0000000, 0xf0001000, 0xf000f000, /* distributor */
    0xf0100000, 0xf0110000,  /* redistributor */
    0xe0101000,              /* a device of nobody */
    PEER_RAM, PEER_RAM + 0x1000, PEER_EVENTS,
    (uint32_t)MODULES, 0xcf000000,
    NO_PLACE, 0x1ffff000, 0x00000000,
    RAM(0x21500000), RAM(0x20ff0000), RAM(0x20fff000), RAM(0x20100000), 0x1ffff000, RAM(0x28004000), RAM(0x27fff000), /* beside own banks */
    RAM(0x30000000), 0x80000000, 0xfffff000,
};
enum { NR_NOT_OWN = sizeof(not_own) / sizeof(not_own[0]) };

TEST(balloon, frames_of_others_cannot_be_given_away, IDS "X-22 S1-07", WHY "hypervisor, devices, peer, nothing", ONE)
{
    for (uint32_t i = 0; i < NR_NOT_OWN; i++)
        for (uint32_t order = 0; order <= MAX_ORDER; order += 3)
            if (!is_own_ram(not_own[i]) && decrease(not_own[i], order) != 0)
                fail_("0x%x was given away, order %u", not_own[i], order);
}

TEST(balloon, frames_of_others_cannot_be_taken, IDS "X-22 X-23 S1-06 S1-07",
     WHY "case 2, with room made: populate never reaches a frame outside own RAM", ONE)
{
    uint32_t value;

    require_eq(decrease(PAGE_AT(512), 9), 1);
    for (uint32_t i = 0; i < NR_NOT_OWN; i++)
        for (uint32_t order = 0; order <= MAX_ORDER; order += 3)
            if (!is_own_ram(not_own[i]) && populate(not_own[i], order) != 0)
                fail_("0x%x was taken, order %u", not_own[i], order);
    expect_eq(try_read32(PEER_RAM, &value).kind, FAULT_DATA);
    expect_eq(try_read32((uint32_t)UART, &value).kind, FAULT_DATA);
    expect_eq(try_read32(NO_PLACE, &value).kind, FAULT_DATA);
    expect_eq(try_read32(SPARE_LIMIT, &value).kind, FAULT_DATA);
    expect_eq(slots_left() > 0, true);
}

TEST(balloon, frames_of_others_cannot_be_removed, IDS "S1-07", WHY "-ENOENT: no RAM of ours is there", ONE)
{
    for (uint32_t i = 0; i < NR_NOT_OWN; i++)
        if (!is_own_ram(not_own[i]) && remove_page(not_own[i]) != -XEN_ENOENT)
            fail_("remove of 0x%x is not ENOENT", not_own[i]);
}

TEST(balloon, the_emulated_devices_stay, IDS "X-22", WHY "a guest must not put RAM over its own emulation", ONE)
{
    const uint32_t distributor = *(volatile uint32_t *)(machine.gicd + 4);

    require_eq(decrease(PAGE_AT(1), 0), 1);
    expect_eq(populate(machine.gicd, 0), 0);
    expect_eq(populate(machine.gicr, 0), 0);
    expect_eq(decrease(machine.gicd, 0), 0);
    expect_eq(remove_page(machine.gicd), -XEN_ENOENT);
    expect_eq(*(volatile uint32_t *)(machine.gicd + 4), distributor);
}

/* Bits above the address width; without them the frame is an own page. */
static const uint64_t far_bits[] = {1ull << 20, 1ull << 24, 1ull << 28, 1ull << 31, 1ull << 32,
                                    1ull << 36, 1ull << 44, 1ull << 51, 1ull << 52, 1ull << 63};
enum { NR_FAR = sizeof(far_bits) / sizeof(far_bits[0]) };

TEST(balloon, frames_beyond_the_address_width_are_nobodys, IDS "X-27 X-23", WHY "they must not be cut to 32 bits", ONE)
{
    const uint64_t own = frame_of(PAGE_AT(512)), out = frame_of(PAGE_AT(8));

    require_eq(decrease(PAGE_AT(8), 0), 1);
    for (uint32_t i = 0; i < NR_FAR; i++) {
        expect_eq(decrease_frame(own | far_bits[i], 0), 0);
        expect_eq(decrease_frame(own | far_bits[i], 9), 0);
        expect_eq(remove_frame(own | far_bits[i], DOMID_SELF), -XEN_ENOENT);
        expect_eq(populate_frame(out | far_bits[i], 0), 0);
        expect_eq(populate_frame(own | far_bits[i], 0), 0);
    }
    expect_range_in(PAGE_AT(512), 512);
    expect_out(PAGE_AT(8));
}

TEST(balloon, the_last_frames_of_all_are_nobodys, IDS "X-23 X-27", WHY "as recorded for real Xen; no sum may wrap", ONE)
{
    static const uint64_t frames[] = {~0ull, ~0ull - 1, 1ull << 36, 1ull << 28, 0, 0xfffff, 0xffe01, 0x100000, 0xffffffff};

    for (uint32_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
        for (uint32_t order = 0; order <= MAX_ORDER; order++) {
            expect_eq(decrease_frame(frames[i], order), 0);
            expect_eq(populate_frame(frames[i], order), 0);
        }
    expect_eq(remove_frame(~0ull, DOMID_SELF), -XEN_ENOENT);
    expect_eq(remove_frame(0, DOMID_SELF), -XEN_ENOENT);
}

TEST(balloon, registering_pages_beyond_the_address_width_is_einval, IDS "X-27", WHY "they must not be cut either", ONE)
{
    const uint32_t own = PAGE_AT(3);

    for (uint32_t i = 0; i < NR_FAR; i++) {
        const struct xen_add_to_physmap add = {
            .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info, .gpfn = frame_of(own) | far_bits[i]};
        const struct vcpu_register_vcpu_info info = {.gfn = frame_of(own) | far_bits[i]};

        expect_eq(hypercall_memory_op(XENMEM_add_to_physmap, &add), -XEN_EINVAL);
        expect_eq(hypercall_vcpu_op(VCPUOP_register_vcpu_info, 0, &info), -XEN_EINVAL);
    }
    expect_eq(events_register_shared_info((void *)(uintptr_t)own), 0);
}
