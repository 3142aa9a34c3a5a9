/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pin of a foreign map: the owner may give the page away, but it is not used again before the last
 * borrower has let go. The race of founding document 002, in every order of its steps.
 */
#include "foreign.h"

#define ALL NEEDS "system=foreign strategies=all"
#define ONE NEEDS "system=foreign"

enum { REQUEST = 0x20, STALE = 0x51a1e, FRESH = 0xf2e5 };

/* Guest asks, backend maps, guest balloons out, nobody gets the page, backend writes. */
TEST(foreign, a_mapped_page_that_is_ballooned_out_goes_to_nobody, IDS "S2-01 S2-08", WHY "the five steps in order", ALL)
{
    const uintptr_t page = lent(2, 7);

    meet_client(2);
    require_eq(map(2, page), 0);
    expect_eq(*word_at(page), REQUEST);
    give_turn(2);                            /* ballooned out */
    meet_client(3);
    give_turn(3);                            /* cannot get at it */
    *word_at(page) = STALE;                  /* the late write of the device */
    expect_in(page);
    give_turn(2);                            /* tries to have it back */
    expect_eq(*word_at(page), STALE);
    require_eq(unmap(page), 0);
    expect_out(page);
    give_turn(2);                            /* has it back */
    expect_out(page);
}

PEER(2, foreign, a_mapped_page_that_is_ballooned_out_goes_to_nobody)
{
    const uintptr_t page = lent(2, 7);

    *word_at(page) = REQUEST;
    meet();
    expect_eq(balloon_out(page), 1);
    expect_out(page);
    pass_turn();
    expect_eq(balloon_in(page), 0);
    expect_out(page);
    pass_turn();
    expect_eq(balloon_in(page), 1);
    expect_in(page);
    *word_at(page) = FRESH;
    pass_turn();
}

PEER(3, foreign, a_mapped_page_that_is_ballooned_out_goes_to_nobody)
{
    const uintptr_t page = lent(2, 7);

    meet();
    expect_eq(map(2, page), -XEN_EINVAL);
    expect_eq(map(1, page), -XEN_EINVAL);
    expect_eq(balloon_in(page), 0);
    expect_out(page);
    pass_turn();
}

/* The other order: the page is out before the backend looks. */
TEST(foreign, a_page_that_is_out_is_not_reached_by_a_late_map, IDS "S2-01 S2-10", WHY "the five steps, map last", ALL)
{
    const uintptr_t page = lent(2, 7);

    meet_client(2);
    expect_eq(map(2, page), -XEN_EINVAL);
    expect_out(page);
    give_turn(2);
    expect_out(page);
    expect_eq(map(2, page), 0);
    expect_eq(*word_at(page), FRESH);
}

PEER(2, foreign, a_page_that_is_out_is_not_reached_by_a_late_map)
{
    const uintptr_t page = lent(2, 7);

    require_eq(balloon_out(page), 1);
    meet();
    expect_eq(balloon_in(page), 1); /* a map that was refused holds nothing */
    *word_at(page) = FRESH;
    pass_turn();
}

TEST(foreign, a_page_that_was_unmapped_in_time_is_free, IDS "S2-01", WHY "the five steps, unmap before the balloon", ALL)
{
    const uintptr_t page = lent(2, 7);

    require_eq(map(2, page), 0);
    *word_at(page) = STALE;
    require_eq(unmap(page), 0);
    meet_client(2);
    give_turn(2);
    expect_out(page);
}

PEER(2, foreign, a_page_that_was_unmapped_in_time_is_free)
{
    const uintptr_t page = lent(2, 7);

    meet();
    for (uint32_t round = 0; round < 3; round++) {
        expect_eq(balloon_out(page), 1);
        expect_eq(balloon_in(page), 1);
    }
    pass_turn();
}

/* The sequence of all: what counts is who holds the page when populate is called. */
TEST(foreign, every_interleaving_of_map_and_balloon_is_safe, IDS "S2-01", WHY "6 orders of map, unmap, out, in", ONE)
{
    meet_client(2);
    for (uint32_t when = 0; when < 3; when++) {     /* before out, between out and in, after in */
        for (uint32_t till = when; till < 3; till++) {
            for (uint32_t step = 0; step < 3; step++) {
                if (step == when)
                    expect_eq(map(2, LENT_2), step == 1 ? -XEN_EINVAL : 0);
                if (step == till)
                    expect_eq(unmap(LENT_2), when == 1 ? -XEN_ENOENT : 0);
                give_turn(2); /* out, in, in again */
            }
            expect_out(LENT_2);
        }
    }
}

PEER(2, foreign, every_interleaving_of_map_and_balloon_is_safe)
{
    meet();
    for (uint32_t when = 0; when < 3; when++) {
        for (uint32_t till = when; till < 3; till++) {
            expect_eq(balloon_out(LENT_2), 1);
            pass_turn();
            expect_eq(balloon_in(LENT_2), when == 0 && till == 2 ? 0 : 1);
            pass_turn();
            expect_eq(balloon_in(LENT_2), 1);
            expect_in(LENT_2);
            pass_turn();
        }
    }
}

TEST(foreign, the_last_of_two_borrowers_frees_the_page, IDS "S2-02 S2-03", WHY "a count, not a flag", ONE)
{
    require_eq(map(2, LENT_2), 0);
    meet_client(3); /* has it mapped, too */
    meet_client(2);
    give_turn(2); /* has it out */
    require_eq(unmap(LENT_2), 0);
    give_turn(2);
    give_turn(3); /* lets go */
    give_turn(2);
}

PEER(2, foreign, the_last_of_two_borrowers_frees_the_page)
{
    meet();
    require_eq(balloon_out(LENT_2), 1);
    expect_eq(balloon_in(LENT_2), 0);
    pass_turn();
    expect_eq(balloon_in(LENT_2), 0);
    pass_turn();
    expect_eq(balloon_in(LENT_2), 1);
    expect_in(LENT_2);
    pass_turn();
}

PEER(3, foreign, the_last_of_two_borrowers_frees_the_page)
{
    require_eq(map(2, LENT_2), 0);
    meet();
    expect_in(LENT_2); /* the owner has it out, the other borrower has let go */
    expect_eq(unmap(LENT_2), 0);
    pass_turn();
}

TEST(foreign, a_removed_page_waits_for_its_borrower_too, IDS "S2-02 X-26", WHY "reserved or ballooned: not used again", ONE)
{
    require_eq(map(2, LENT_2), 0);
    meet_client(2);
    give_turn(2);
    expect_in(LENT_2);
    require_eq(unmap(LENT_2), 0);
    give_turn(2);
}

PEER(2, foreign, a_removed_page_waits_for_its_borrower_too)
{
    meet();
    require_eq(unmap(LENT_2), 0);
    expect_eq(balloon_in(LENT_2), 0);
    expect_out(LENT_2);
    pass_turn();
    expect_eq(balloon_in(LENT_2), 1);
    expect_in(LENT_2);
    pass_turn();
}

TEST(foreign, one_pinned_page_stops_its_extent, IDS "S2-01 X-24", WHY "all of it or nothing", ONE)
{
    require_eq(map(2, lent(2, 5)), 0);
    meet_client(2);
    give_turn(2);
    require_eq(unmap(lent(2, 5)), 0);
    give_turn(2);
}

PEER(2, foreign, one_pinned_page_stops_its_extent)
{
    meet();
    require_eq(balloon_extent(XENMEM_decrease_reservation, LENT_2, 3), 1);
    expect_eq(balloon_extent(XENMEM_populate_physmap, LENT_2, 3), 0);
    for (uint32_t n = 0; n < 8; n++)
        expect_out(lent(2, n));
    expect_eq(balloon_extent(XENMEM_populate_physmap, lent(2, 6), 1), 1); /* its neighbours are free */
    expect_eq(balloon_in(lent(2, 4)), 1);
    expect_eq(balloon_in(lent(2, 5)), 0);
    pass_turn();
    expect_eq(balloon_extent(XENMEM_populate_physmap, LENT_2, 3), 1);
    for (uint32_t n = 0; n < 8; n++)
        expect_in(lent(2, n));
    pass_turn();
}

TEST(foreign, a_pinned_page_that_is_in_use_stays_in_use, IDS "S2-08 X-21", WHY "populate keeps what is mapped", ONE)
{
    require_eq(map(2, LENT_2), 0);
    meet_client(2);
    give_turn(2);
    expect_eq(*word_at(LENT_2), FRESH);
}

PEER(2, foreign, a_pinned_page_that_is_in_use_stays_in_use)
{
    meet();
    *word_at(LENT_2) = FRESH;
    expect_eq(balloon_in(LENT_2), 1);
    expect_eq(balloon_extent(XENMEM_populate_physmap, LENT_2, 3), 1);
    expect_eq(*word_at(LENT_2), FRESH);
    pass_turn();
}

TEST(foreign, a_page_goes_out_and_in_around_each_map, IDS "S2-08", WHY "a lender can balloon, for ever", ONE)
{
    meet_client(2);
    for (uint32_t round = 0; round < 20; round++) {
        require_eq(map_run(2, LENT_2, PAGE, 4), 4);
        give_turn(2);
        for (uint32_t n = 0; n < 4; n++)
            require_eq(unmap(lent(2, n)), 0);
        give_turn(2);
    }
}

PEER(2, foreign, a_page_goes_out_and_in_around_each_map)
{
    meet();
    for (uint32_t round = 0; round < 20; round++) {
        require_eq(balloon_extent(XENMEM_decrease_reservation, LENT_2, 2), 1);
        require_eq(balloon_extent(XENMEM_populate_physmap, LENT_2, 2), 0);
        pass_turn();
        require_eq(balloon_extent(XENMEM_populate_physmap, LENT_2, 2), 1);
        pass_turn();
    }
}
