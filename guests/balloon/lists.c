/* SPDX-License-Identifier: Apache-2.0 */
/* Argument blocks and extent lists: where they may lie, what stops a call, and pages that go under it. */
#include "balloon.h"

#define ONE NEEDS "system=balloon"

static uint64_t frames[16];

TEST(balloon, extents_are_done_in_order_until_one_fails, IDS "X-20", WHY "the ones before it stay done", ONE)
{
    const uint64_t list[] = {frame_of(PAGE_AT(1)), frame_of(PAGE_AT(3)), frame_of(NO_PLACE), frame_of(PAGE_AT(5))};

    expect_eq(decrease_list(list, 4, 0), 2);
    expect_out(PAGE_AT(1));
    expect_out(PAGE_AT(3));
    expect_in(PAGE_AT(5));
    expect_eq(populate_list(list, 4, 0), 2);
    expect_range_in(PAGE_AT(0), 7);
}

TEST(balloon, one_extent_and_sixteen_extents, IDS "S1-06", WHY "the result is how many", ONE)
{
    list_fill(frames, 16, PAGE_AT(32), 4 * PAGE);
    expect_eq(decrease_list(frames, 1, 2), 1);
    expect_range_out(PAGE_AT(32), 4);
    expect_in(PAGE_AT(36));
    expect_eq(populate_list(frames, 1, 2), 1);
    expect_eq(decrease_list(frames, 16, 2), 16);
    expect_range_out(PAGE_AT(32), 64);
    expect_eq(populate_list(frames, 16, 2), 16);
    expect_range_in(PAGE_AT(31), 66);
}

TEST(balloon, a_frame_twice_in_one_list, IDS "X-21 X-20", WHY "out: the second time it is not there; in: it is", ONE)
{
    const uint64_t list[] = {frame_of(PAGE_AT(1)), frame_of(PAGE_AT(2)), frame_of(PAGE_AT(1)), frame_of(PAGE_AT(3))};

    expect_eq(decrease_list(list, 4, 0), 2);
    expect_in(PAGE_AT(3));
    expect_eq(populate_list(list, 4, 0), 4);
    expect_range_in(PAGE_AT(0), 5);
}

TEST(balloon, overlapping_extents_stop_at_the_second, IDS "X-24 X-20", WHY "its first pages are out already", ONE)
{
    const uint64_t list[] = {frame_of(PAGE_AT(8)), frame_of(PAGE_AT(10))};

    expect_eq(decrease_list(list, 2, 2), 1);
    expect_range_out(PAGE_AT(8), 4);
    expect_range_in(PAGE_AT(12), 2);
    expect_eq(populate_list(list, 2, 2), 2);
    expect_range_in(PAGE_AT(7), 8);
}

TEST(balloon, the_list_is_only_read, IDS "", WHY "nothing hands out frames", ONE)
{
    uint64_t copy[16];

    list_fill(frames, 16, PAGE_AT(1), PAGE);
    memcpy(copy, frames, sizeof(copy));
    expect_eq(decrease_list(frames, 16, 0), 16);
    expect_eq(memcmp(frames, copy, sizeof(copy)), 0);
    expect_eq(populate_list(frames, 16, 0), 16);
    expect_eq(memcmp(frames, copy, sizeof(copy)), 0);
}

static const uint32_t wild[] = {NO_PLACE,   0,          HV(0x10000000), HV(0x10010000), RAM(0x20400000), 0xe0205000,
                                0xf0000000, 0xc0000000, RAM(0x21500000), 0xfffffff8, 0xffffffff, RAM(0x21000000) - 8};
enum { NR_WILD = sizeof(wild) / sizeof(wild[0]) };

TEST(balloon, an_argument_that_is_no_own_ram_does_nothing, IDS "X-20 S1-07", WHY "0 instead of -EFAULT", ONE)
{
    for (uint32_t i = 0; i < NR_WILD; i++) {
        if (is_own_ram(wild[i]))
            continue;
        expect_eq(hypercall_memory_op(XENMEM_decrease_reservation, (void *)(uintptr_t)wild[i]), 0);
        expect_eq(hypercall_memory_op(XENMEM_populate_physmap, (void *)(uintptr_t)wild[i]), 0);
        expect_eq(hypercall_memory_op(XENMEM_increase_reservation, (void *)(uintptr_t)wild[i]), 0);
    }
}

TEST(balloon, a_list_that_is_no_own_ram_does_nothing, IDS "X-20 S1-07", WHY "the first entry is unreadable", ONE)
{
    for (uint32_t i = 0; i < NR_WILD; i++) {
        if (is_own_ram(wild[i]))
            continue;
        expect_eq(decrease_list((const uint64_t *)(uintptr_t)wild[i], 2, 0), 0);
        expect_eq(populate_list((const uint64_t *)(uintptr_t)wild[i], 2, 0), 0);
    }
}

TEST(balloon, a_list_beyond_the_address_width_is_unreadable, IDS "X-20 X-27", WHY "a handle has 64 bits, an address 32", ONE)
{
    struct xen_memory_reservation request = {.nr_extents = 2, .domid = DOMID_SELF};

    require_eq(decrease(image_bank_page(0), 0), 1);
    list_fill(frames, 2, image_bank_page(1), PAGE);
    for (uint32_t bit = 32; bit < 64; bit++) {
        request.extent_start = (uintptr_t)frames | 1ull << bit;
        expect_eq(hypercall_memory_op(XENMEM_decrease_reservation, &request), 0);
        expect_eq(hypercall_memory_op(XENMEM_populate_physmap, &request), 0);
    }
    expect_range_in(image_bank_page(1), 3);
}

TEST(balloon, remove_with_a_wild_argument_is_efault, IDS "S1-07", WHY "this call has errors", ONE)
{
    for (uint32_t i = 0; i < NR_WILD; i++)
        if (!is_own_ram(wild[i]))
            expect_eq(hypercall_memory_op(XENMEM_remove_from_physmap, (void *)(uintptr_t)wild[i]), -XEN_EFAULT);
}

TEST(balloon, a_list_may_be_unaligned, IDS "", WHY "calling convention, rule 6", ONE)
{
    for (uint32_t shift = 1; shift < 8; shift++) {
        uint8_t *const list = (uint8_t *)frames + shift;
        const uint64_t frame = frame_of(PAGE_AT(shift));

        memcpy(list, &frame, sizeof(frame));
        expect_eq(decrease_list((void *)list, 1, 0), 1);
        expect_out(PAGE_AT(shift));
        expect_eq(populate_list((void *)list, 1, 0), 1);
    }
}

TEST(balloon, a_list_may_cross_a_page, IDS "", WHY "an entry in two pages, too", ONE)
{
    for (uint32_t back = 4; back <= 16; back += 4) {
        void *const list = (void *)(uintptr_t)(PAGE_AT(600) - back);
        uint64_t filled[4];

        list_fill(filled, 4, PAGE_AT(1), PAGE);
        memcpy(list, filled, sizeof(filled));
        expect_eq(decrease_list(list, 4, 0), 4);
        expect_range_out(PAGE_AT(1), 4);
        expect_eq(populate_list(list, 4, 0), 4);
    }
}

TEST(balloon, a_list_may_end_where_ram_ends, IDS "", WHY "the last entry is readable to its last byte", ONE)
{
    uint64_t *const list = (uint64_t *)(uintptr_t)(SPARE_LIMIT - 2 * sizeof(uint64_t));

    list_fill(list, 2, PAGE_AT(1), PAGE);
    expect_eq(decrease_list(list, 2, 0), 2);
    expect_eq(populate_list(list, 2, 0), 2);
    expect_range_in(PAGE_AT(0), 4);
}

TEST(balloon, a_list_that_leaves_ram_stops_there, IDS "X-20", WHY "entries are read one at a time", ONE)
{
    uint64_t *const list = (uint64_t *)(uintptr_t)(SPARE_LIMIT - 2 * sizeof(uint64_t));

    list_fill(list, 2, PAGE_AT(1), PAGE);
    expect_eq(decrease_list(list, 5, 0), 2);
    expect_range_out(PAGE_AT(1), 2);
    expect_eq(populate_list(list, 5, 0), 2);
    expect_eq(decrease_list((uint64_t *)(uintptr_t)((uintptr_t)list + 4), 2, 0), 0); /* garbage, then half an entry */
}

TEST(balloon, a_list_that_meets_a_hole_stops_there, IDS "X-20", WHY "a page that is out is no buffer", ONE)
{
    uint64_t *const list = (uint64_t *)(PAGE_AT(601) - 3 * sizeof(uint64_t));

    list_fill(list, 3, PAGE_AT(1), PAGE);
    require_eq(decrease(PAGE_AT(601), 0), 1);
    expect_eq(decrease_list(list, 4, 0), 3);
    expect_range_out(PAGE_AT(1), 3);
    expect_in(PAGE_AT(4));
    expect_eq(populate_list(list, 4, 0), 3);
}

TEST(balloon, a_list_in_a_page_that_it_gives_away_stops_there, IDS "X-20 S1-07", WHY "the next entry is unreadable", ONE)
{
    uint64_t *const list = (uint64_t *)(uintptr_t)PAGE_AT(20);

    list_fill(list, 4, PAGE_AT(1), PAGE);
    list[1] = frame_of((uintptr_t)list);
    expect_eq(decrease_list(list, 4, 0), 2);
    expect_out(PAGE_AT(1));
    expect_out(PAGE_AT(20));
    expect_range_in(PAGE_AT(2), 3);
    expect_eq(populate_list(list, 4, 0), 0);
    expect_eq(decrease_list(list, 4, 0), 0);
    expect_eq(populate(PAGE_AT(20), 0), 1);
    expect_in(PAGE_AT(20));
}

TEST(balloon, an_argument_block_in_a_page_that_it_gives_away, IDS "S1-07", WHY "it was copied before", ONE)
{
    struct xen_memory_reservation *const request = (void *)(uintptr_t)PAGE_AT(20);

    list_fill(frames, 3, PAGE_AT(19), PAGE);
    *request = (struct xen_memory_reservation){
        .extent_start = (uintptr_t)frames, .nr_extents = 3, .domid = DOMID_SELF};
    expect_eq(hypercall_memory_op(XENMEM_decrease_reservation, request), 3);
    expect_range_out(PAGE_AT(19), 3);
    expect_eq(hypercall_memory_op(XENMEM_populate_physmap, request), 0);
    expect_eq(populate_list(frames, 3, 0), 3);
    expect_range_in(PAGE_AT(18), 5);
}

TEST(balloon, an_argument_block_may_cross_pages, IDS "", WHY "half of it in a page that goes", ONE)
{
    struct xen_memory_reservation *const request = (void *)(uintptr_t)(PAGE_AT(20) - 16);

    frames[0] = frame_of(PAGE_AT(20));
    *request = (struct xen_memory_reservation){
        .extent_start = (uintptr_t)frames, .nr_extents = 1, .domid = DOMID_SELF};
    expect_eq(hypercall_memory_op(XENMEM_decrease_reservation, request), 1);
    expect_out(PAGE_AT(20));
    expect_eq(hypercall_memory_op(XENMEM_decrease_reservation, request), 0);
}
