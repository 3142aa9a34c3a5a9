/* SPDX-License-Identifier: Apache-2.0 */
/* A domain whose addresses are translated: what it sees where, what it cannot see, and its memory operations. */
#include "pages.h"

#define SYSTEM NEEDS "system=translated"

enum {
    RAM_BASE = 0x40000000, /* Xen's map of a guest */
    SECOND_BANK = 0x40100000,
    SPARE = 0x40090000, /* behind the image */
    GICD = 0x03001000,
    GICR = 0x03020000,
    UART = 0x22000000,
    UART_FR = 0x18,
    FEATURE_NOT_DIRECT_MAPPED = 16,
    FEATURE_DIRECT_MAPPED = 17,
    BEYOND_WIDTH = 1 << (39 - XEN_PAGE_SHIFT),
};

static int32_t reservation(uint32_t op)
{
    const struct xen_memory_domain arg = {.domid = DOMID_SELF};

    return (int32_t)hypercall_memory_op(op, &arg);
}

static void expect_denied(uintptr_t address)
{
    uint32_t value;
    const struct fault fault = try_read32(address, &value);

    if (fault.kind != FAULT_DATA || fault.fsr != FSR_DENIED || fault.far != address)
        fail_("read at 0x%lx: fault %d, status 0x%x, address 0x%lx", (unsigned long)address, (int)fault.kind, fault.fsr,
              (unsigned long)fault.far);
}

TEST(translated, ram_and_devices_lie_where_xen_puts_them, IDS "S3-02", WHY "gfn is not mfn", SYSTEM)
{
    struct xen_feature_info info = {.submap_idx = 0};
    uint32_t value;

    expect_eq(machine.bank[0].base, RAM_BASE);
    expect_eq(machine.bank[1].base, SECOND_BANK);
    expect_eq(machine.image_base, RAM_BASE);
    expect_eq(machine.gicd, GICD);
    expect_eq(machine.gicr, GICR);
    expect_eq(try_read32(GICD, &value).kind, FAULT_NONE);
    expect_eq(try_read32(GICR, &value).kind, FAULT_NONE);
    expect_eq(try_read32(UART + UART_FR, &value).kind, FAULT_NONE);
    require_eq(hypercall_xen_version(XENVER_get_features, &info), 0);
    expect_eq(info.submap >> FEATURE_NOT_DIRECT_MAPPED & 3, 1);
}

TEST(translated, the_boards_own_addresses_are_nothing, IDS "S3-02 S4-23", WHY "only what is mapped is there", SYSTEM)
{
    expect_denied(RAM(0x20000000)); /* where its own RAM lies */
    expect_denied(RAM(0x20400000)); /* the peer's */
    expect_denied(HV(0x10000000));
    expect_denied(BOARD_GICD);
    expect_denied(BOARD_GICR);
    expect_denied(0x09000000); /* the UART that vPL011 stands in for */
    expect_denied(0x09040000); /* the hypervisor's */
    expect_denied(SECOND_BANK + 0x4000);
    expect_denied(RAM_BASE - 4);
}

/* The middle column of the balloon matrix, but that the page is the same one. */
TEST(translated, a_page_goes_out_and_comes_back, IDS "S2-09", WHY "the reservation shows it", SYSTEM)
{
    const int32_t before = reservation(XENMEM_current_reservation);

    expect_eq(before, 0x104);
    *word_at(SPARE) = 4711;
    expect_eq(balloon_in(SPARE), 0); /* what is in use stays alone */
    expect_eq(*word_at(SPARE), 4711);
    expect_eq(balloon_out(SPARE), 1);
    expect_denied(SPARE);
    expect_eq(balloon_out(SPARE), 0);
    expect_eq(reservation(XENMEM_current_reservation), before - 1);
    expect_eq(reservation(XENMEM_maximum_reservation), before);
    expect_eq(balloon_in(SPARE), 1);
    expect_true(is_reachable(SPARE));
    expect_eq(reservation(XENMEM_current_reservation), before);
}

TEST(translated, only_single_pages_come_back, IDS "S2-09", WHY "static memory that is not direct-mapped, as Xen has it", SYSTEM)
{
    expect_eq(balloon_extent(XENMEM_decrease_reservation, SPARE, 2), 1);
    expect_eq(balloon_extent(XENMEM_populate_physmap, SPARE, 2), 0);
    for (uint32_t i = 0; i < 4; i++)
        expect_eq(balloon_in(SPARE + i * PAGE), 1);
}

TEST(translated, a_frame_of_the_board_is_no_frame_of_the_domain, IDS "S3-02", WHY "frames are the guest's own", SYSTEM)
{
    expect_eq(balloon_out(RAM(0x20090000)), 0);
    expect_eq(balloon_in(RAM(0x20090000)), 0);
    expect_eq(unmap(RAM(0x20090000)), -XEN_ENOENT);
    expect_eq(events_register_shared_info((void *)RAM(0x28000000)), -XEN_EINVAL);
    expect_eq(events_register_shared_info((void *)SPARE), 0);
}

TEST(translated, buffers_are_named_by_guest_addresses, IDS "S4-23", WHY "no buffer at the physical address", SYSTEM)
{
    uint32_t *const crossing = (uint32_t *)(SPARE + PAGE - 8);

    expect_eq(hypercall_xen_version(XENVER_get_features, (void *)RAM(0x20090000)), -XEN_EFAULT);
    crossing[1] = 0;
    expect_eq(hypercall_xen_version(XENVER_compile_info, (void *)crossing), 0);
    expect_eq(balloon_out(SPARE + PAGE), 1);
    expect_eq(hypercall_xen_version(XENVER_compile_info, (void *)crossing), -XEN_EFAULT);
    expect_eq(balloon_in(SPARE + PAGE), 1);
    expect_eq(hypercall_xen_version(XENVER_compile_info, (void *)crossing), 0);
}

/* Domain 2 is direct-mapped. */
TEST(translated, events_and_foreign_pages_work_across, IDS "S2-02 S4-03", WHY "a foreign page appears where it is wanted", SYSTEM)
{
    enum { AT = 0x50000000, THEIRS = RAM(0x20490000) };

    peers_meet();
    expect_eq(map_frame(2, frame_of(THEIRS), frame_of(AT)), 0);
    *word_at(AT) = 4711;
    peer_signal(0);
    peer_wait(0);
    expect_eq(*word_at(AT), 815);
    expect_eq(map_frame(2, frame_of(THEIRS), frame_of(AT)), -XEN_EBUSY);
    expect_eq(hypercall_xen_version(XENVER_get_features, (void *)AT), -XEN_EFAULT); /* no buffer: others write it */
    expect_eq(unmap(AT), 0);
    expect_denied(AT);
    expect_eq(unmap(AT), -XEN_ENOENT);
    peer_signal(0);
}

PEER(2, translated, events_and_foreign_pages_work_across)
{
    enum { OWN = RAM(0x20490000) };

    *word_at(OWN) = 0;
    peers_meet();
    peer_wait(0);
    expect_eq(*word_at(OWN), 4711);
    *word_at(OWN) = 815;
    peer_signal(0);
    peer_wait(0);
}

TEST(translated, a_foreign_page_may_not_be_anywhere, IDS "S2-02 X-38", WHY "not where something is emulated, and not beyond the width", SYSTEM)
{
    const uint64_t theirs = frame_of(RAM(0x20490000));

    expect_eq(map_frame(2, theirs, frame_of(GICD)), -XEN_EINVAL);
    expect_eq(map_frame(2, theirs, frame_of(GICR)), -XEN_EINVAL);
    expect_eq(map_frame(2, theirs, frame_of(UART)), -XEN_EINVAL);
    expect_eq(map_frame(2, theirs, BEYOND_WIDTH), -XEN_EINVAL);
    expect_eq(map_frame(2, frame_of(0x50000000), frame_of(0x50000000)), -XEN_EINVAL); /* nobody's */
}

TEST(translated, a_foreign_page_is_not_laid_over_own_memory, IDS "X-37 X-38", WHY "occupied is EBUSY; a gap is its own page's place",
     SYSTEM)
{
    const uint64_t theirs = frame_of(RAM(0x20490000));

    *word_at(SPARE) = 4711;
    expect_eq(map_frame(2, theirs, frame_of(SPARE)), -XEN_EBUSY);
    expect_eq(map_frame(2, frame_of(0x50000000), frame_of(SPARE)), -XEN_EINVAL); /* nobody's page comes first */
    expect_eq(*word_at(SPARE), 4711);
    expect_eq(balloon_out(SPARE), 1);
    expect_eq(map_frame(2, theirs, frame_of(SPARE)), -XEN_EINVAL);
    expect_denied(SPARE);
    expect_eq(balloon_in(SPARE), 1);
    expect_true(is_reachable(SPARE));
    expect_eq(unmap(SPARE), 0);
    expect_eq(map_frame(2, theirs, frame_of(SPARE)), -XEN_EINVAL);
    expect_eq(balloon_in(SPARE), 1);
}

TEST(translated, translation_tables_run_out_and_come_back, IDS "S2-02", WHY "a pool, and an error when it is empty", SYSTEM)
{
    enum { NEAR = 0x80000000u >> XEN_PAGE_SHIFT, FAR = 0xc0000000u >> XEN_PAGE_SHIFT };
    const uint64_t theirs = frame_of(RAM(0x20490000));

    for (uint32_t round = 0; round < 3; round++) {
        expect_eq(map_frame(2, theirs, NEAR), 0);
        expect_eq(map_frame(2, theirs + 1, NEAR + 1), 0); /* the same tables */
        expect_eq(map_frame(2, theirs + 2, FAR), -XEN_ENOSPC);
        expect_denied((uintptr_t)FAR << XEN_PAGE_SHIFT);
        expect_eq(unmap_frame(NEAR), 0);
        expect_eq(map_frame(2, theirs + 2, FAR), -XEN_ENOSPC);
        expect_eq(unmap_frame(NEAR + 1), 0);
        expect_eq(map_frame(2, theirs + 2, FAR), 0);
        expect_true(is_reachable((uintptr_t)FAR << XEN_PAGE_SHIFT));
        expect_eq(unmap_frame(FAR), 0);
    }
}
