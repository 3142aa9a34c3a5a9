/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What foreign pages cost: one slot for each separate piece. Domain 1 of `foreign` has FREE_SLOTS to spare
 * with strategy `window`.
 */
#include "foreign.h"

#define ONE NEEDS "system=foreign"

static struct batch batch;

/* The slots that are left, found by using them up with single pages of domain 3 and giving them back. */
static uint32_t count_free_slots(void)
{
    const uint32_t done = map_run(3, lent(3, 3), 2 * PAGE, 24);

    for (uint32_t n = 0; n < done; n++)
        require_eq(unmap(lent(3, 3 + 2 * n)), 0);
    return done;
}

TEST(foreign, each_separate_page_costs_a_slot, IDS "S2-09", WHY "until there is none: the elements say so", ONE)
{
    expect_eq(map_run(2, LENT_2, 2 * PAGE, 20), FREE_SLOTS);
    for (uint32_t n = 0; n < FREE_SLOTS; n++) {
        expect_in(lent(2, 2 * n));
        expect_out(lent(2, 2 * n + 1));
    }
    expect_out(lent(2, 2 * FREE_SLOTS));
}

TEST(foreign, contiguous_pages_cost_one_slot, IDS "S2-09 S2-05", WHY "an MPU region has any length", ONE)
{
    require_eq(count_free_slots(), FREE_SLOTS);
    require_eq(map_run(2, LENT_2, PAGE, 50), 50);
    expect_eq(count_free_slots(), FREE_SLOTS - 1);
}

TEST(foreign, a_run_grows_at_both_ends, IDS "S2-09", WHY "the order of the maps does not matter", ONE)
{
    for (uint32_t n = 0; n < 10; n++) {
        require_eq(map(2, lent(2, 30 + n)), 0);
        require_eq(map(2, lent(2, 29 - n)), 0);
    }
    expect_eq(count_free_slots(), FREE_SLOTS - 1);
}

TEST(foreign, a_page_that_fills_a_gap_frees_a_slot, IDS "S2-09", WHY "two pieces become one", ONE)
{
    require_eq(map(2, lent(2, 10)), 0);
    require_eq(map(2, lent(2, 12)), 0);
    require_eq(count_free_slots(), FREE_SLOTS - 2);
    require_eq(map(2, lent(2, 11)), 0);
    expect_eq(count_free_slots(), FREE_SLOTS - 1);
    for (uint32_t n = 10; n < 13; n++)
        expect_in(lent(2, n));
}

TEST(foreign, a_run_may_hold_pages_of_two_owners, IDS "S2-09 S2-07", WHY "each page keeps its own owner", ONE)
{
    const uintptr_t last = lent(2, LENT_PAGES - 1);

    require_eq(map(2, last), 0);
    require_eq(map(3, LENT_3), 0);
    expect_in(last);
    expect_in(LENT_3);
    expect_eq(count_free_slots(), FREE_SLOTS - 1);
    expect_eq(unmap(last), 0);
    expect_out(last);
    expect_in(LENT_3);
    expect_eq(unmap(LENT_3), 0);
    expect_eq(count_free_slots(), FREE_SLOTS);
}

TEST(foreign, an_unmap_in_the_middle_costs_a_slot, IDS "S2-09", WHY "one piece becomes two", ONE)
{
    require_eq(map_run(2, LENT_2, PAGE, 9), 9);
    require_eq(unmap(lent(2, 4)), 0);
    expect_out(lent(2, 4));
    expect_in(lent(2, 3));
    expect_in(lent(2, 5));
    expect_eq(count_free_slots(), FREE_SLOTS - 2);
}

TEST(foreign, an_unmap_at_an_edge_costs_nothing, IDS "S2-09", WHY "the piece becomes shorter", ONE)
{
    require_eq(map_run(2, LENT_2, PAGE, 9), 9);
    require_eq(unmap(LENT_2), 0);
    require_eq(unmap(lent(2, 8)), 0);
    expect_eq(count_free_slots(), FREE_SLOTS - 1);
}

TEST(foreign, unmapping_everything_gives_all_slots_back, IDS "S2-11", WHY "map and unmap leave nothing behind", ONE)
{
    for (uint32_t round = 0; round < 20; round++) {
        require_eq(map_run(2, lent(2, round), 2 * PAGE, 20), FREE_SLOTS);
        for (uint32_t n = 0; n < FREE_SLOTS; n++)
            require_eq(unmap(lent(2, round + 2 * n)), 0);
    }
    expect_eq(count_free_slots(), FREE_SLOTS);
}

TEST(foreign, elements_that_fit_go_on_after_one_that_does_not, IDS "S2-09 X-35", WHY "an element fails alone", ONE)
{
    require_eq(map_run(3, LENT_3, 2 * PAGE, FREE_SLOTS), FREE_SLOTS);
    batch_fill(&batch, 3, lent(3, 40), PAGE, 4);
    batch.idxs[1] = batch.gpfns[1] = frame_of(lent(3, 1)); /* fills a gap, so that the next one fits */
    batch.idxs[2] = batch.gpfns[2] = frame_of(lent(3, 50));
    expect_eq(batch_call(&batch), 0);
    expect_eq(batch.errs[0], -XEN_ENOSPC);
    expect_eq(batch.errs[1], 0);
    expect_eq(batch.errs[2], 0);
    expect_eq(batch.errs[3], -XEN_ENOSPC);
    expect_out(lent(3, 40));
    expect_in(lent(3, 1));
    expect_in(lent(3, 50));
    expect_out(lent(3, 43));
}

TEST(foreign, a_page_behind_everything_needs_a_slot_as_well, IDS "S2-09", WHY "the end of the view is no free place",
     NEEDS "system=foreign")
{
    require_eq(map_run(3, LENT_3, 2 * PAGE, FREE_SLOTS), FREE_SLOTS);
    expect_eq(map(2, EVENTS_2 + PAGE), -XEN_ENOSPC);
    expect_out(EVENTS_2 + PAGE);
    require_eq(unmap(LENT_3), 0);
    expect_eq(map(2, EVENTS_2 + PAGE), 0);
}

TEST(foreign, a_map_without_a_slot_takes_no_hold, IDS "S2-02 S2-09", WHY "nothing half done: the owner is free", ONE)
{
    require_eq(map_run(3, LENT_3, 2 * PAGE, FREE_SLOTS), FREE_SLOTS);
    expect_eq(map(2, LENT_2), -XEN_ENOSPC);
    expect_eq(unmap(LENT_2), -XEN_ENOENT);
    meet_client(2);
    give_turn(2);
}

PEER(2, foreign, a_map_without_a_slot_takes_no_hold)
{
    meet();
    require_eq(balloon_out(LENT_2), 1);
    expect_eq(balloon_in(LENT_2), 1);
    pass_turn();
}

TEST(foreign, an_unmap_without_a_slot_changes_nothing, IDS "S2-09 X-29", WHY "the split needs a slot; the hold stays", ONE)
{
    require_eq(map_run(2, LENT_2, PAGE, 3), 3);
    require_eq(map_run(3, lent(3, 2), 2 * PAGE, FREE_SLOTS - 1), FREE_SLOTS - 1);
    expect_true(unmap(lent(2, 1)) < 0);
    for (uint32_t n = 0; n < 3; n++)
        expect_in(lent(2, n));
    meet_client(2);
    give_turn(2);
    expect_in(lent(2, 1));
    expect_eq(unmap(lent(3, 2)), 0); /* makes room */
    expect_eq(unmap(lent(2, 1)), 0);
    expect_out(lent(2, 1));
    give_turn(2);
}

PEER(2, foreign, an_unmap_without_a_slot_changes_nothing)
{
    meet();
    require_eq(balloon_out(lent(2, 1)), 1);
    expect_eq(balloon_in(lent(2, 1)), 0);
    pass_turn();
    expect_eq(balloon_in(lent(2, 1)), 1);
    pass_turn();
}

TEST(foreign, ballooning_and_foreign_maps_share_the_slots, IDS "S2-08 X-29", WHY "one budget for a view", ONE)
{
    require_eq(map_run(2, LENT_2, 2 * PAGE, FREE_SLOTS), FREE_SLOTS);
    expect_eq(balloon_out(OWN_1), 0); /* the hole would split the bank */
    expect_in(OWN_1);
    require_eq(unmap(LENT_2), 0);
    expect_eq(balloon_out(OWN_1), 1);
    expect_eq(map(2, LENT_2), -XEN_ENOSPC);
    expect_eq(balloon_in(OWN_1), 1);
    expect_eq(map(2, LENT_2), 0);
}
