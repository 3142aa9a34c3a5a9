/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of the restarting domain that another domain has mapped: the restart waits for them. And what it
 * had mapped itself: that ends with its life.
 */
#include "lender.h"

#define WAIT "system=restart"

TEST(restart, a_restart_waits_for_a_borrowed_page, IDS "X-39 S2-02 S0-05", WHY "no page is scrubbed under its borrower",
     NEEDS "system=restart strategies=window,switch,mask")
{
    require_soon(board->done == FIRST);
    require_eq(map(2, spare(3)), 0);
    let_it_reboot();
    expect_never(board->lives != FIRST);
    expect_eq(*word_at(spare(3)), OLD + 3); /* as it was */
    *word_at(spare(3)) = LATE;
    expect_eq(*word_at(spare(3)), LATE);
    expect_eq(unmap(spare(3)), 0);
    expect_soon(board->done == SECOND);
}

PEER(2, restart, a_restart_waits_for_a_borrowed_page)
{
    if (live_and_reboot() == SECOND) {
        expect_eq(*word_at(spare(3)), 0);
        end_part();
    }
}

TEST(restart, a_restart_waits_for_the_last_of_several_pages, IDS "X-39", WHY "whatever the order they come back in",
     NEEDS WAIT)
{
    static const uint32_t pages[] = {IMAGE_2, IMAGE_2_LIMIT - PAGE, SPARE_2, SPARE_2 + 15 * PAGE, EVENTS_2 + PAGE};

    require_soon(board->done == FIRST);
    for (uint32_t i = 0; i < 5; i++)
        require_eq(map(2, pages[i]), 0);
    let_it_reboot();
    for (uint32_t i = 0; i < 5; i++) {
        expect_never(board->lives != FIRST);
        expect_eq(unmap(pages[i]), 0);
    }
    expect_soon(board->done == SECOND);
}

PEER(2, restart, a_restart_waits_for_the_last_of_several_pages)
{
    if (live_and_reboot() == SECOND)
        end_part();
}

TEST(restart, a_restart_waits_for_two_borrowers, IDS "X-39 S2-03", WHY "a count, not a flag", NEEDS "system=restart-trio")
{
    require_soon(board->done == FIRST);
    require_eq(map(2, SPARE_2), 0); /* domain 3 has it, too */
    let_it_reboot();
    expect_never(board->lives != FIRST);
    expect_eq(unmap(SPARE_2), 0);
    expect_never(board->lives != FIRST);
    *word_at(RAM(0x30020000)) = SECOND; /* domain 3 lets go */
    expect_soon(board->done == SECOND);
}

PEER(2, restart, a_restart_waits_for_two_borrowers)
{
    if (live_and_reboot() == SECOND)
        end_part();
}

PEER(3, restart, a_restart_waits_for_two_borrowers)
{
    require_eq(map(2, SPARE_2), 0);
    while (*word_at(RAM(0x30020000)) != SECOND)
        nap();
    expect_eq(unmap(SPARE_2), 0);
}

TEST(restart, a_page_that_was_out_holds_the_restart_up_too, IDS "X-39 S2-01", WHY "pinned is pinned", NEEDS WAIT)
{
    require_soon(board->lives == FIRST);
    require_eq(map(2, spare(3)), 0);
    board->go = FIRST;
    expect_never(board->lives != FIRST);
    expect_eq(unmap(spare(3)), 0);
    expect_soon(board->done == SECOND);
}

PEER(2, restart, a_page_that_was_out_holds_the_restart_up_too)
{
    if (begin_life() == FIRST) {
        wait_for_go(FIRST);
        require_eq(balloon_out(spare(3)), 1);
        reboot();
    }
    expect_true(is_reachable(spare(3)));
    expect_eq(balloon_out(spare(3)), 1);
    expect_eq(balloon_in(spare(3)), 1);
    end_part();
}

/* ---- in between, nobody reaches its pages ---- */

TEST(restart, no_page_of_a_domain_that_is_down_can_be_mapped, IDS "S1-11 X-39", WHY "they are reserved in between",
     NEEDS "system=restart strategies=window,switch,mask")
{
    require_soon(board->done == FIRST);
    require_eq(map(2, SPARE_2), 0); /* keeps it down */
    let_it_reboot();
    expect_never(board->lives != FIRST);
    for (uint32_t n = 1; n < SPARE_2_PAGES; n++)
        expect_eq(map(2, spare(n)), -XEN_EINVAL);
    expect_eq(map(2, IMAGE_2), -XEN_EINVAL);
    expect_eq(map(2, EVENTS_2), -XEN_EINVAL);
    expect_true(!is_reachable(spare(1)));
    expect_eq(unmap(SPARE_2), 0);
    expect_eq(map(2, SPARE_2), -XEN_EINVAL); /* once gone, it is as the others */
    expect_soon(board->done == SECOND);
    expect_eq(map(2, spare(1)), 0);
    expect_eq(*word_at(spare(1)), 0);
}

PEER(2, restart, no_page_of_a_domain_that_is_down_can_be_mapped)
{
    if (live_and_reboot() == SECOND)
        end_part();
}

TEST(restart, shared_memory_of_a_domain_that_is_down_stays_in_reach, IDS "S0-05 S0-11", WHY "it is the borrower's, too",
     NEEDS WAIT)
{
    require_soon(board->done == FIRST);
    require_eq(map(2, SPARE_2), 0);
    let_it_reboot();
    expect_never(board->lives != FIRST);
    diary->word[5] = LATE;
    expect_eq(diary->word[5], LATE);
    expect_eq(unmap(SPARE_2), 0);
    expect_soon(board->done == SECOND);
}

PEER(2, restart, shared_memory_of_a_domain_that_is_down_stays_in_reach)
{
    if (live_and_reboot() == SECOND) {
        expect_eq(diary->word[5], LATE);
        end_part();
    }
}

/* ---- what it had mapped ---- */

TEST(restart, foreign_maps_end_with_their_life, IDS "S2-02 S0-05", WHY "the hypervisor drops the holds",
     NEEDS "system=restart strategies=window,switch,mask")
{
    require_soon(board->done == FIRST);
    for (uint32_t n = 0; n < 16; n++)
        require_eq(balloon_out(OWN_1 + n * PAGE), 1);
    expect_eq(balloon_in(OWN_1), 0);
    let_it_reboot();
    require_soon(board->done == SECOND);
    for (uint32_t n = 0; n < 16; n++)
        expect_eq(balloon_in(OWN_1 + n * PAGE), 1);
    board->go = SECOND;
    expect_soon(board->done == 3);
    expect_eq(*word_at(OWN_1), LATE);
}

PEER(2, restart, foreign_maps_end_with_their_life)
{
    if (begin_life() == FIRST) {
        for (uint32_t n = 0; n < 16; n++)
            require_eq(map(1, OWN_1 + n * PAGE), 0);
        end_part();
        wait_for_go(FIRST);
        reboot();
    }
    for (uint32_t n = 0; n < 16; n++)
        expect_true(!is_reachable(OWN_1 + n * PAGE));
    end_part();
    wait_for_go(SECOND);
    expect_eq(map(1, OWN_1), 0); /* not mapped twice, and nothing is in its place */
    *word_at(OWN_1) = LATE;
    board->done = 3;
}
