/* SPDX-License-Identifier: Apache-2.0 */
/* The start extent in the command: the way a restarted call continues, open to every guest. */
#include "balloon.h"

#define ONE NEEDS "system=balloon"

static uint64_t frames[8];

static int32_t from(uint32_t command, uint32_t start, uint64_t count)
{
    return reservation(command | start << MEMOP_EXTENT_SHIFT, frames, count, 0, DOMID_SELF);
}

TEST(balloon, extents_before_the_start_are_not_touched, IDS "", WHY "they were done before", ONE)
{
    list_fill(frames, 8, PAGE_AT(1), 2 * PAGE);
    frames[0] = ~0ull; /* would stop the call */
    expect_eq(from(XENMEM_decrease_reservation, 5, 8), 8);
    expect_range_in(PAGE_AT(0), 11);
    for (uint32_t n = 5; n < 8; n++)
        expect_out(PAGE_AT(1 + 2 * n));
    expect_eq(from(XENMEM_populate_physmap, 5, 8), 8);
    expect_range_in(PAGE_AT(0), 18);
}

TEST(balloon, the_result_counts_from_the_first_extent, IDS "X-20", WHY "start plus what was done now", ONE)
{
    list_fill(frames, 8, PAGE_AT(1), PAGE);
    frames[6] = frame_of(NO_PLACE);
    expect_eq(from(XENMEM_decrease_reservation, 2, 8), 6);
    expect_range_in(PAGE_AT(1), 2);
    expect_range_out(PAGE_AT(3), 4);
    expect_in(PAGE_AT(8));
    expect_eq(from(XENMEM_decrease_reservation, 3, 8), 3);
    expect_eq(from(XENMEM_populate_physmap, 2, 8), 6);
    expect_eq(from(XENMEM_populate_physmap, 7, 8), 8);
}

TEST(balloon, a_start_at_or_behind_the_end_comes_back_as_it_is, IDS "X-20", WHY "nothing is left to do", ONE)
{
    static const uint32_t commands[] = {XENMEM_decrease_reservation, XENMEM_populate_physmap,
                                        XENMEM_increase_reservation};

    list_fill(frames, 8, PAGE_AT(1), PAGE);
    for (uint32_t i = 0; i < 3; i++) {
        expect_eq(from(commands[i], 8, 8), 8);
        expect_eq(from(commands[i], 9, 8), 9);
        expect_eq(from(commands[i], 0x3ffffff, 8), 0x3ffffff);
        expect_eq(from(commands[i], 1, 0), 1);
    }
    expect_range_in(PAGE_AT(0), 10);
}

TEST(balloon, a_start_extent_survives_bad_pointers, IDS "X-20", WHY "errors answer with the start, too", ONE)
{
    expect_eq(hypercall_memory_op(XENMEM_decrease_reservation | 77u << MEMOP_EXTENT_SHIFT, (void *)NO_PLACE), 77);
    expect_eq(hypercall_memory_op(XENMEM_populate_physmap | 77u << MEMOP_EXTENT_SHIFT, (void *)NO_PLACE), 77);
    expect_eq(hypercall_memory_op(XENMEM_increase_reservation | 77u << MEMOP_EXTENT_SHIFT, (void *)NO_PLACE), 77);
    expect_eq(reservation(XENMEM_decrease_reservation | 77u << MEMOP_EXTENT_SHIFT, (void *)NO_PLACE, 100, 0, DOMID_SELF),
              77);
}
