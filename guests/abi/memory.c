/* SPDX-License-Identifier: Apache-2.0 */
/* memory_op, hypercall 12: queries, add_to_physmap's refusals, commands that do not exist. */
#include "places.h"

static const uint32_t queries[] = {XENMEM_current_reservation, XENMEM_maximum_reservation, XENMEM_maximum_gpfn};
enum { NR_QUERIES = sizeof(queries) / sizeof(queries[0]) };

static int32_t query(uint32_t command, uint32_t domid)
{
    const struct xen_memory_domain request = {.domid = (uint16_t)domid};

    return hypercall_memory_op(command, &request);
}

static int32_t add(uint32_t domid, uint32_t space, uint64_t idx, uint64_t gpfn, uint32_t size)
{
    const struct xen_add_to_physmap request = {
        .domid = (uint16_t)domid, .size = (uint16_t)size, .space = space, .idx = idx, .gpfn = gpfn};

    return hypercall_memory_op(XENMEM_add_to_physmap, &request);
}

static uint64_t own_page(void)
{
    return (uintptr_t)event_page(0) >> XEN_PAGE_SHIFT;
}

static uint32_t own_pages(void)
{
    uint64_t bytes = 0;

    for (uint32_t bank = 0; bank < machine.nr_banks; bank++)
        bytes += machine.bank[bank].size;
    return (uint32_t)(bytes >> XEN_PAGE_SHIFT);
}

TEST(abi, reservations_are_the_pages_of_the_tree, IDS "S1-09", WHY "a static domain owns exactly its banks",
     NEEDS "system=solo")
{
    expect_eq(query(XENMEM_current_reservation, DOMID_SELF), own_pages());
    expect_eq(query(XENMEM_maximum_reservation, DOMID_SELF), own_pages());
}

TEST(abi, reservations_of_many_banks_add_up, IDS "S0-04", WHY "each bank counts once", NEEDS "system=many")
{
    expect_eq(query(XENMEM_current_reservation, DOMID_SELF), own_pages());
    expect_eq(query(XENMEM_maximum_reservation, DOMID_SELF), own_pages());
}

TEST(abi, the_own_id_and_self_are_the_same_domain, IDS "", WHY "a guest may know either", NEEDS "system=pair")
{
    for (uint32_t i = 0; i < NR_QUERIES; i++)
        expect_eq(query(queries[i], 1), query(queries[i], DOMID_SELF));
}

TEST(abi, maximum_gpfn_is_the_last_page_of_own_ram, IDS "", WHY "highest frame ever mapped", NEEDS "system=solo")
{
    expect_eq(query(XENMEM_maximum_gpfn, DOMID_SELF), (own_ram_end() >> XEN_PAGE_SHIFT) - 1);
}

TEST(abi, maximum_ram_page_takes_no_pointer, IDS "", WHY "the machine's, not the domain's", NEEDS "system=solo")
{
    int32_t pages = hypercall_memory_op(XENMEM_maximum_ram_page, NULL);

    expect_true(pages >= (int32_t)(own_ram_end() >> XEN_PAGE_SHIFT));
    expect_true(pages <= 0x100000);
    expect_eq(hypercall_memory_op(XENMEM_maximum_ram_page, (void *)HOLE), pages);
}

TEST(abi, queries_about_unknown_domains_are_esrch, IDS "", WHY "reserved ids other than SELF name nobody",
     NEEDS "system=solo")
{
    for (uint32_t i = 0; i < NR_QUERIES; i++) {
        for (uint32_t j = 0; j < NR_UNKNOWN_DOMAINS; j++)
            expect_eq(query(queries[i], unknown_domains[j]), -XEN_ESRCH);
        expect_eq(query(queries[i], 2), -XEN_ESRCH);
    }
}

TEST(abi, queries_about_another_domain_are_eperm, IDS "", WHY "its size is its own business", NEEDS "system=pair")
{
    for (uint32_t i = 0; i < NR_QUERIES; i++) {
        expect_eq(query(queries[i], 2), -XEN_EPERM);
        expect_eq(query(queries[i], 3), -XEN_ESRCH);
    }
}

TEST(abi, queries_with_a_start_extent_are_einval, IDS "", WHY "only counting operations are restarted",
     NEEDS "system=solo")
{
    const struct xen_memory_domain self = {.domid = DOMID_SELF};

    for (uint32_t i = 0; i < NR_QUERIES; i++) {
        expect_eq(hypercall_memory_op(queries[i] | 1u << MEMOP_EXTENT_SHIFT, &self), -XEN_EINVAL);
        expect_eq(hypercall_memory_op(queries[i] | 0xffffffc0u, &self), -XEN_EINVAL);
    }
    expect_eq(hypercall_memory_op(XENMEM_maximum_ram_page | 1u << MEMOP_EXTENT_SHIFT, NULL), -XEN_EINVAL);
}

TEST(abi, memory_commands_that_do_not_exist_are_enosys, IDS "S0-21 S2-16", WHY "maps, exchange of tables, x86, additions",
     NEEDS "system=solo")
{
    static const uint32_t commands[] = {5,  8,  9,  10, 12, 13, 16, 17, 18, 19, 20, 21,
                                        22, 24, 26, 27, 28, 29, 30, 31, 40, 62, 63};
    static uint64_t block[16];

    for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        expect_eq(hypercall_memory_op(commands[i], block), -XEN_ENOSYS);
}

TEST(abi, increase_reservation_gives_nothing, IDS "X-28", WHY "a static domain never gets another page",
     NEEDS "system=solo")
{
    uint64_t frames[4] = {0};
    struct xen_memory_reservation request = {
        .extent_start = (uintptr_t)frames, .nr_extents = 4, .extent_order = 0, .domid = DOMID_SELF};

    expect_eq(hypercall_memory_op(XENMEM_increase_reservation, &request), 0);
    expect_eq(hypercall_memory_op(XENMEM_increase_reservation, (void *)HOLE), 0);
    expect_eq(query(XENMEM_current_reservation, DOMID_SELF), own_pages());
}

TEST(abi, shared_info_has_one_frame, IDS "", WHY "any other index is EINVAL", NEEDS "system=solo")
{
    expect_eq(add(DOMID_SELF, XENMAPSPACE_shared_info, 1, own_page(), 0), -XEN_EINVAL);
    expect_eq(add(DOMID_SELF, XENMAPSPACE_shared_info, ~0ull, own_page(), 0), -XEN_EINVAL);
    expect_eq(add(DOMID_SELF, XENMAPSPACE_shared_info, 1ull << 32, own_page(), 0), -XEN_EINVAL);
    expect_eq(add(DOMID_SELF, XENMAPSPACE_shared_info, 0, own_page(), 0), 0);
}

TEST(abi, shared_info_can_be_named_by_the_own_id, IDS "", WHY "SELF is only a short form", NEEDS "system=solo")
{
    expect_eq(add(1, XENMAPSPACE_shared_info, 0, own_page(), 0), 0);
}

TEST(abi, add_to_physmap_for_unknown_domains_is_esrch, IDS "",
     WHY "before the frame is looked at", NEEDS "system=solo")
{
    for (uint32_t i = 0; i < NR_UNKNOWN_DOMAINS; i++)
        expect_eq(add(unknown_domains[i], XENMAPSPACE_shared_info, 0, ~0ull, 0), -XEN_ESRCH);
    expect_eq(add(2, XENMAPSPACE_shared_info, 0, own_page(), 0), -XEN_ESRCH);
}

TEST(abi, add_to_physmap_for_another_domain_is_eperm, IDS "", WHY "nobody moves the peer's event page",
     NEEDS "system=pair")
{
    expect_eq(add(2, XENMAPSPACE_shared_info, 0, own_page(), 0), -XEN_EPERM);
    expect_eq(add(2, XENMAPSPACE_shared_info, 0, PEER_RAM >> XEN_PAGE_SHIFT, 0), -XEN_EPERM);
    expect_eq(add(2, XENMAPSPACE_shared_info, 0, ~0ull, 0), -XEN_EPERM);
}

TEST(abi, foreign_frames_come_in_batches_only, IDS "S2-06", WHY "the single call is ENOSYS whatever it names",
     NEEDS "system=pair")
{
    expect_eq(add(DOMID_SELF, XENMAPSPACE_gmfn_foreign, 0, own_page(), 0), -XEN_ENOSYS);
    expect_eq(add(0x1234, XENMAPSPACE_gmfn_foreign, 0, own_page(), 0), -XEN_ENOSYS);
    expect_eq(add(2, XENMAPSPACE_gmfn_foreign, 0, ~0ull, 0), -XEN_ENOSYS);
}

TEST(abi, device_frames_are_eacces, IDS "", WHY "the hardware domain only, before privilege is looked at",
     NEEDS "system=pair")
{
    expect_eq(add(DOMID_SELF, XENMAPSPACE_dev_mmio, 0, own_page(), 0), -XEN_EACCES);
    expect_eq(add(2, XENMAPSPACE_dev_mmio, 0, own_page(), 0), -XEN_EACCES);
    expect_eq(add(0x1234, XENMAPSPACE_dev_mmio, 0, own_page(), 0), -XEN_ESRCH);
}

TEST(abi, other_spaces_are_refused, IDS "", WHY "grants do not exist, gmfn is not for Arm", NEEDS "system=solo")
{
    expect_eq(add(DOMID_SELF, XENMAPSPACE_grant_table, 0, own_page(), 0), -XEN_EINVAL);
    expect_eq(add(DOMID_SELF, XENMAPSPACE_gmfn, own_page(), own_page(), 0), -XEN_ENOSYS);
    expect_eq(add(DOMID_SELF, 6, 0, own_page(), 0), -XEN_ENOSYS);
    expect_eq(add(DOMID_SELF, 99, 0, own_page(), 0), -XEN_ENOSYS);
    expect_eq(add(DOMID_SELF, ~0u, 0, own_page(), 0), -XEN_ENOSYS);
}

TEST(abi, a_range_of_frames_is_checked_for_overflow, IDS "", WHY "size 0, wrap, then ENOSYS", NEEDS "system=solo")
{
    expect_eq(add(DOMID_SELF, XENMAPSPACE_gmfn_range, own_page(), own_page(), 0), 0);
    expect_eq(add(DOMID_SELF, XENMAPSPACE_gmfn_range, ~0ull - 1, own_page(), 5), -XEN_EOVERFLOW);
    expect_eq(add(DOMID_SELF, XENMAPSPACE_gmfn_range, own_page(), ~0ull - 1, 5), -XEN_EOVERFLOW);
    expect_eq(add(DOMID_SELF, XENMAPSPACE_gmfn_range, own_page(), own_page(), 2), -XEN_ENOSYS);
}

TEST(abi, a_frame_of_all_ones_is_einval_for_every_space, IDS "", WHY "it means no frame", NEEDS "system=solo")
{
    expect_eq(add(DOMID_SELF, XENMAPSPACE_shared_info, 0, ~0ull, 0), -XEN_EINVAL);
    expect_eq(add(DOMID_SELF, XENMAPSPACE_gmfn, 0, ~0ull, 0), -XEN_EINVAL);
    expect_eq(add(DOMID_SELF, 99, 0, ~0ull, 0), -XEN_EINVAL);
}

TEST(abi, add_to_physmap_with_a_huge_start_extent_is_edom, IDS "", WHY "it must fit 16 bits, checked first of all",
     NEEDS "system=solo")
{
    uint32_t command = XENMEM_add_to_physmap | 0x10000u << MEMOP_EXTENT_SHIFT;

    expect_eq(hypercall_memory_op(command, (void *)HOLE), -XEN_EDOM);
    expect_eq(hypercall_memory_op(XENMEM_add_to_physmap | 0xffffffc0u, (void *)HOLE), -XEN_EDOM);
}
