/* SPDX-License-Identifier: Apache-2.0 */
/* Out and in again: every order, aligned or not, everywhere in a bank. Only the named pages change. */
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"
#define ONE NEEDS "system=balloon"

/* The pages right below and right above; page `first` - 1 and page `first` + `pages` are in the bank. */
static void expect_neighbours_marked(uintptr_t first, uint32_t pages, uint32_t mark)
{
    expect_true(page_has_mark(PAGE_AT(first) - PAGE, mark));
    expect_true(page_has_mark(PAGE_AT(first + pages), mark));
}

static void go_out_and_in(uintptr_t first, uint32_t order)
{
    const uint32_t pages = 1u << order, mark = 0x1000u + order;

    page_mark(PAGE_AT(first) - PAGE, mark);
    page_mark(PAGE_AT(first + pages), mark);
    require_eq(decrease(PAGE_AT(first), order), 1);
    expect_range_out(PAGE_AT(first), pages);
    expect_neighbours_marked(first, pages, mark);
    require_eq(populate(PAGE_AT(first), order), 1);
    expect_range_in(PAGE_AT(first), pages);
    expect_neighbours_marked(first, pages, mark);
}

TEST(balloon, a_page_that_is_out_is_unreachable, IDS "S1-05 S1-06 S1-15", WHY "read, write, fetch; EL1 and EL0", ALL)
{
    const uintptr_t page = PAGE_AT(7);
    uint32_t value;

    require_eq(decrease(page, 0), 1);
    expect_out(page);
    expect_eq(try_read32_el0(page, &value).kind, FAULT_DATA);
    expect_eq(try_write32_el0(page + PAGE - 4, 0).kind, FAULT_DATA);
    expect_eq(try_exec_el0(page).kind, FAULT_PREFETCH);
    expect_in(page - PAGE);
    expect_in(page + PAGE);
}

TEST(balloon, a_page_comes_back_to_its_own_place, IDS "S1-06 S3-07", WHY "the same frame, and only that frame", ALL)
{
    const uintptr_t page = PAGE_AT(100);

    page_mark(page - PAGE, 1);
    page_mark(page + PAGE, 1);
    require_eq(decrease(page, 0), 1);
    require_eq(populate(page, 0), 1);
    page_mark(page, 2);
    expect_true(page_has_mark(page, 2));
    expect_true(page_has_mark(page - PAGE, 1));
    expect_true(page_has_mark(page + PAGE, 1));
}

TEST(balloon, every_order_goes_out_and_in, IDS "S1-06 S3-07", WHY "1 to 512 pages, aligned", ALL)
{
    for (uint32_t order = 0; order <= MAX_ORDER; order++)
        go_out_and_in(512, order);
}

TEST(balloon, extents_need_not_be_aligned, IDS "S1-06 S3-07", WHY "an MPU has no block sizes", ALL)
{
    for (uint32_t order = 1; order <= MAX_ORDER; order++) {
        go_out_and_in(513, order);
        go_out_and_in(512 - (1u << order) + 1, order);
    }
}

TEST(balloon, an_extent_may_end_at_a_bank_edge, IDS "S1-06", WHY "the view loses its first or its last granules", ALL)
{
    for (uint32_t order = 0; order <= MAX_ORDER; order++) {
        const uint32_t pages = 1u << order, top = PAGE_AT(SPARE_PAGES - pages);

        require_eq(decrease(SPARE, order), 1);
        require_eq(decrease(top, order), 1);
        expect_range_out(SPARE, pages);
        expect_range_out(top, pages);
        expect_in(SPARE + pages * PAGE);
        expect_in(top - PAGE);
        require_eq(populate(SPARE, order), 1);
        require_eq(populate(top, order), 1);
        expect_range_in(SPARE, pages);
        expect_range_in(top, pages);
    }
}

TEST(balloon, an_extent_across_a_bank_edge_stops, IDS "S1-06 X-24", WHY "its last page is nobody's: nothing changes", ONE)
{
    for (uint32_t order = 1; order <= MAX_ORDER; order++) {
        const uint32_t pages = 1u << order;

        expect_eq(decrease(PAGE_AT(SPARE_PAGES - pages + 1), order), 0);
        expect_eq(decrease((uint32_t)SPARE - PAGE, order), 0);
        expect_eq(populate(PAGE_AT(SPARE_PAGES - 1), order), 0);
        expect_eq(populate((uint32_t)SPARE - PAGE, order), 0);
    }
    expect_range_in(SPARE, SPARE_PAGES);
}

TEST(balloon, an_extent_may_cross_the_seam_of_touching_banks, IDS "S0-04 S1-06", WHY "touching banks are one", ALL)
{
    const uint32_t seam = ((uint32_t)SPARE_SEAM - SPARE) / PAGE;

    go_out_and_in(seam - 1, 1);
    go_out_and_in(seam - 256, 9);
    go_out_and_in(seam - 1, 9);
}

TEST(balloon, a_whole_bank_can_go, IDS "S1-06", WHY "its region is gone, and is found again", ALL)
{
    static uint64_t frames[10];

    list_fill(frames, 10, SPARE, 128 * PAGE);
    require_eq(decrease_list(frames, 10, 7), 10);
    expect_range_out(SPARE, SPARE_PAGES);
    require_eq(populate_list(frames, 10, 7), 10);
    expect_range_in(SPARE, SPARE_PAGES);
}

TEST(balloon, the_first_page_of_the_image_bank_can_go, IDS "S1-06", WHY "a guest may give up its header", ALL)
{
    const uint32_t header = machine.image_base; /* nothing runs there any more */

    require_eq(decrease(header, 0), 1);
    expect_out(header);
    expect_in(image_bank_page(0));
    require_eq(populate(header, 0), 1);
    expect_in(header);
}

TEST(balloon, a_page_that_is_out_cannot_go_again, IDS "S1-06 X-20", WHY "it is not mapped", ALL)
{
    require_eq(decrease(PAGE_AT(4), 0), 1);
    expect_eq(decrease(PAGE_AT(4), 0), 0);
    expect_out(PAGE_AT(4));
    expect_eq(populate(PAGE_AT(4), 0), 1);
    expect_eq(decrease(PAGE_AT(4), 0), 1);
}

TEST(balloon, populate_of_a_page_that_is_in_keeps_it, IDS "S1-06 X-21", WHY "direct-mapped: the same page once more", ALL)
{
    for (uint32_t order = 0; order <= MAX_ORDER; order += 3) {
        page_mark(PAGE_AT(512), order);
        page_mark(PAGE_AT(512 + (1u << order) - 1), order + 1);
        expect_eq(populate(PAGE_AT(512), order), 1);
        expect_true(page_has_mark(PAGE_AT(512 + (1u << order) - 1), order + 1));
        expect_true(order == 0 || page_has_mark(PAGE_AT(512), order));
    }
}

TEST(balloon, populate_fills_what_is_missing_in_an_extent, IDS "S1-06 X-21", WHY "pages that are in keep their content", ALL)
{
    page_mark(PAGE_AT(8), 3);
    page_mark(PAGE_AT(15), 3);
    require_eq(decrease(PAGE_AT(9), 1), 1);
    require_eq(decrease(PAGE_AT(13), 0), 1);
    require_eq(populate(PAGE_AT(8), 3), 1);
    expect_range_in(PAGE_AT(8), 8);
    expect_true(page_has_mark(PAGE_AT(8), 3));
    expect_true(page_has_mark(PAGE_AT(15), 3));
}

TEST(balloon, an_extent_with_a_missing_page_goes_as_a_whole_or_not, IDS "X-24", WHY "no half-made change", ALL)
{
    require_eq(decrease(PAGE_AT(21), 0), 1);
    expect_eq(decrease(PAGE_AT(20), 1), 0);
    expect_in(PAGE_AT(20));
    expect_eq(decrease(PAGE_AT(21), 1), 0);
    expect_in(PAGE_AT(22));
    expect_eq(decrease(PAGE_AT(16), 3), 0);
    expect_range_in(PAGE_AT(16), 5);
    expect_range_in(PAGE_AT(22), 2);
    expect_out(PAGE_AT(21));
}

TEST(balloon, an_extent_that_went_may_come_back_in_pieces, IDS "S1-06", WHY "orders of out and in need not agree", ALL)
{
    static uint64_t frames[512];

    list_fill(frames, 512, PAGE_AT(1), PAGE);
    require_eq(decrease(PAGE_AT(1), 9), 1);
    require_eq(populate_list(frames, 512, 0), 512);
    expect_range_in(SPARE, 514);
    require_eq(decrease_list(frames, 512, 0), 512);
    require_eq(populate(PAGE_AT(1), 9), 1);
    expect_range_in(SPARE, 514);
}
