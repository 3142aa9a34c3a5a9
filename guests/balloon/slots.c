/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every gap costs a region. When there is none left the call stops before the extent that would need it, and
 * what is out can always come back. Regions are given back as gaps close, in whatever order.
 */
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"
#define ONE NEEDS "system=balloon"

enum {
    /* `balloon` under `window` with one window: 16 regions, 5 fixed, 1 window, 3 banks */
    WINDOW_GAPS = 16 - 5 - 1 - 3,
    ODD_PAGES = 40,
};

static uint64_t odd[ODD_PAGES];

static uint32_t scatter(void)
{
    list_fill(odd, ODD_PAGES, PAGE_AT(1), 2 * PAGE);
    const int32_t done = decrease_list(odd, ODD_PAGES, 0);

    require_true(done > 0 && done < ODD_PAGES);
    return (uint32_t)done;
}

/* Exactly the first `out` odd pages are out. */
static void expect_odd_pages_out(uint32_t out)
{
    for (uint32_t n = 0; n < ODD_PAGES; n++) {
        expect_in(PAGE_AT(2 * n));
        if (n < out)
            expect_out(PAGE_AT(2 * n + 1));
        else
            expect_in(PAGE_AT(2 * n + 1));
    }
}

TEST(balloon, scattered_pages_use_up_the_regions, IDS "X-29 S2-09", WHY "short count, view as after the last extent", ALL)
{
    const uint32_t out = scatter();

    expect_odd_pages_out(out);
    expect_eq(decrease_list(odd + out, 1, 0), 0);
    expect_odd_pages_out(out);
}

TEST(balloon, as_many_gaps_as_the_budget_has_regions, IDS "X-29 S0-06", WHY "none is lost, none is invented", ONE)
{
    expect_eq(scatter(), WINDOW_GAPS);
}

TEST(balloon, everything_comes_back_when_no_region_is_left, IDS "X-29 S1-06", WHY "a gap that closes needs none", ALL)
{
    const uint32_t out = scatter();

    expect_eq(populate_list(odd, out, 0), out);
    expect_odd_pages_out(0);
    expect_eq(scatter(), out);
}

TEST(balloon, gaps_may_grow_when_no_region_is_left, IDS "X-29", WHY "an edge moves, nothing splits", ALL)
{
    const uint32_t out = scatter();

    expect_eq(decrease(PAGE_AT(2), 0), 1); /* between two gaps: one region fewer */
    expect_eq(decrease(PAGE_AT(0), 0), 1); /* the edge of the bank */
    expect_eq(decrease(PAGE_AT(2 * out), 0), 1);
    expect_range_out(PAGE_AT(0), 4);
    expect_out(PAGE_AT(2 * out));
    expect_in(PAGE_AT(2 * out + 1));
    expect_eq(populate(PAGE_AT(0), 9), 1);
    expect_range_in(SPARE, 600);
}

TEST(balloon, an_extent_that_finds_no_region_changes_nothing, IDS "X-29 X-24", WHY "also one of many pages", ALL)
{
    scatter();
    for (uint32_t order = 0; order <= 8; order++)
        expect_eq(decrease(PAGE_AT(700), order), 0);
    expect_range_in(PAGE_AT(699), 300);
    expect_eq(remove_page(PAGE_AT(900)) < 0, true);
    expect_in(PAGE_AT(900));
}

TEST(balloon, a_populate_that_would_split_a_gap_stops, IDS "X-29", WHY "it needs a region of its own", ONE)
{
    uint32_t singles = 0;

    require_eq(decrease(PAGE_AT(512), 9), 1);
    while (singles < 20 && populate(PAGE_AT(514 + 2 * singles), 0) == 1)
        singles++;
    expect_eq(singles, WINDOW_GAPS - 1);
    for (uint32_t n = 0; n < singles; n++)
        expect_in(PAGE_AT(514 + 2 * n));
    expect_out(PAGE_AT(514 + 2 * singles));
    expect_out(PAGE_AT(515));
    expect_eq(populate(PAGE_AT(512), 0), 1); /* beside the pages below: a region grows */
    expect_eq(populate(PAGE_AT(512), 9), 1);
    expect_range_in(PAGE_AT(500), 530);
    expect_eq(slots_left(), WINDOW_GAPS);
}

TEST(balloon, removed_pages_use_regions_too, IDS "X-29 X-26", WHY "a gap is a gap", ONE)
{
    uint32_t out = 0;

    while (out < ODD_PAGES && remove_page(PAGE_AT(2 * out + 1)) == 0)
        out++;
    expect_eq(out, WINDOW_GAPS);
    expect_odd_pages_out(out);
}

/* ---- merging: the same number of regions afterwards, whatever the order ---- */

enum { GAPS = 4 };

static void make_gaps(void)
{
    for (uint32_t n = 0; n < GAPS; n++)
        require_eq(decrease(PAGE_AT(11 + 2 * n), 0), 1);
}

static void close_gaps(const uint32_t order[GAPS], uint32_t budget)
{
    make_gaps();
    for (uint32_t n = 0; n < GAPS; n++) {
        require_eq(populate(PAGE_AT(11 + 2 * order[n]), 0), 1);
        for (uint32_t later = n + 1; later < GAPS; later++)
            expect_out(PAGE_AT(11 + 2 * order[later]));
    }
    expect_range_in(PAGE_AT(9), 2 * GAPS + 4);
    expect_eq(slots_left(), budget);
}

TEST(balloon, gaps_close_in_every_order, IDS "S1-06 X-29", WHY "24 orders: runs merge on both sides", ALL)
{
    const uint32_t budget = slots_left();
    uint32_t order[GAPS];

    for (order[0] = 0; order[0] < GAPS; order[0]++)
        for (order[1] = 0; order[1] < GAPS; order[1]++)
            for (order[2] = 0; order[2] < GAPS; order[2]++) {
                order[3] = 6 - order[0] - order[1] - order[2];
                if (order[0] != order[1] && order[0] != order[2] && order[1] != order[2])
                    close_gaps(order, budget);
            }
}

enum { RUN = 64 };

/* Takes out pages 0 ... RUN - 1 in an order, then in again in another; f and g permute [0, RUN). */
static void run_out_and_in(uint32_t (*f)(uint32_t), uint32_t (*g)(uint32_t))
{
    static uint64_t frames[RUN];
    const uint32_t budget = slots_left();

    for (uint32_t n = 0; n < RUN; n++)
        frames[n] = frame_of(PAGE_AT(100 + f(n)));
    require_eq(decrease_list(frames, RUN, 0), RUN);
    expect_range_out(PAGE_AT(100), RUN);
    for (uint32_t n = 0; n < RUN; n++)
        frames[n] = frame_of(PAGE_AT(100 + g(n)));
    require_eq(populate_list(frames, RUN, 0), RUN);
    expect_range_in(PAGE_AT(99), RUN + 2);
    expect_eq(slots_left(), budget);
}

static uint32_t up(uint32_t n) { return n; }
static uint32_t down(uint32_t n) { return RUN - 1 - n; }
static uint32_t from_both_ends(uint32_t n) { return n % 2 ? RUN - 1 - n / 2 : n / 2; }
static uint32_t from_the_middle(uint32_t n) { return n % 2 ? RUN / 2 - 1 - n / 2 : RUN / 2 + n / 2; }

TEST(balloon, a_run_goes_and_comes_in_every_direction, IDS "S1-06 X-29", WHY "upwards, downwards, outwards, inwards", ALL)
{
    static uint32_t (*const orders[])(uint32_t) = {up, down, from_both_ends, from_the_middle};

    for (uint32_t out = 0; out < 4; out++)
        for (uint32_t in = 0; in < 4; in++)
            run_out_and_in(orders[out], orders[in]);
}

TEST(balloon, even_pages_after_odd_ones, IDS "S1-06 X-29", WHY "each closes a gap between two", ALL)
{
    enum { PAIRS = 5 };
    const uint32_t budget = slots_left();

    for (uint32_t n = 0; n < PAIRS; n++)
        require_eq(decrease(PAGE_AT(2 * n + 1), 0), 1);
    for (uint32_t n = 1; n < PAIRS; n++)
        require_eq(decrease(PAGE_AT(2 * n), 0), 1);
    expect_range_out(PAGE_AT(1), 2 * PAIRS - 1);
    for (uint32_t n = 0; n < PAIRS; n++)
        require_eq(populate(PAGE_AT(2 * n + 1), 0), 1);
    for (uint32_t n = 1; n < PAIRS; n++)
        require_eq(populate(PAGE_AT(2 * n), 0), 1);
    expect_range_in(PAGE_AT(0), 2 * PAIRS + 2);
    expect_eq(slots_left(), budget);
}

TEST(balloon, a_full_view_cannot_be_split, IDS "X-29 S0-20", WHY "ten banks: edges may go, the middle may not",
     NEEDS "system=many")
{
    const uint32_t bank = (uint32_t)machine.bank[3].base;

    require_eq(machine.nr_banks, 10);
    expect_eq(decrease(bank + PAGE, 0), 0);
    expect_range_in(bank, 4);
    expect_eq(decrease(bank, 0), 1);
    expect_eq(decrease(bank + 3 * PAGE, 0), 1);
    expect_eq(decrease(bank + PAGE, 1), 1); /* the whole bank: a region is free now */
    expect_eq(decrease((uint32_t)machine.bank[4].base + PAGE, 0), 1);
    expect_eq(populate(bank, 0), 0);
    expect_eq(populate((uint32_t)machine.bank[4].base + PAGE, 0), 1);
    expect_eq(populate(bank, 2), 1);
    expect_range_in(bank, 4);
}

TEST(balloon, an_extent_may_fill_the_gaps_up_to_the_end_of_all_memory, IDS "X-24 X-29", WHY "pieces become one, and it is the last",
     NEEDS "system=balloon strategies=window,switch,mask")
{
    const uint32_t before = slots_left();
    const uintptr_t last_bank = (uintptr_t)event_page(0);

    for (uint32_t n = 1; n < 4; n += 2)
        page_mark(last_bank + n * PAGE, n);
    for (uint32_t n = 0; n < 4; n += 2)
        require_eq(decrease(last_bank + n * PAGE, 0), 1);
    expect_eq(slots_left(), before - 1);
    require_eq(populate(last_bank, 2), 1);
    expect_range_in(last_bank, 4);
    for (uint32_t n = 1; n < 4; n += 2)
        expect_true(page_has_mark(last_bank + n * PAGE, n));
    expect_eq(slots_left(), before);
}

TEST(balloon, the_last_bank_comes_back_from_its_end, IDS "X-24 X-29", WHY "its first piece lies behind everything there is",
     NEEDS "system=balloon strategies=window,switch,mask")
{
    const uint32_t before = slots_left();
    const uintptr_t last_bank = (uintptr_t)event_page(0);

    require_eq(decrease(last_bank, 2), 1);
    for (uint32_t n = 4; n-- > 0;)
        require_eq(populate(last_bank + n * PAGE, 0), 1);
    expect_range_in(last_bank, 4);
    expect_eq(slots_left(), before);
}
