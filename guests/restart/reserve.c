/* SPDX-License-Identifier: Apache-2.0 */
/* A restart that does not wait for pages that another domain has mapped (fencepost,restart-pinned = "reserve"). */
#include "lender.h"

#define RESERVE "system=restart-reserve"

enum { SWEEP = 40, STEP_NS = 5000 };

TEST(restart, a_restart_goes_on_without_a_reserved_page, IDS "X-39 S0-05", WHY "the configuration may prefer that",
     NEEDS "system=restart-reserve strategies=window,switch,mask")
{
    require_soon(board->done == FIRST);
    require_eq(map(2, spare(3)), 0);
    let_it_reboot();
    require_soon(board->done == SECOND);
    expect_eq(*word_at(spare(3)), OLD + 3); /* ours still */
    *word_at(spare(3)) = LATE;
    expect_eq(unmap(spare(3)), 0);
    board->go = SECOND;
    expect_soon(board->done == 3);
}

PEER(2, restart, a_restart_goes_on_without_a_reserved_page)
{
    if (live_and_reboot() == FIRST)
        return;
    expect_true(!is_reachable(spare(3)));
    expect_true(is_reachable(spare(2)) && is_reachable(spare(4)));
    expect_eq(*word_at(spare(4)), 0);
    expect_eq(balloon_in(spare(3)), 0); /* somebody has it */
    expect_eq(balloon_out(spare(3)), 0);
    end_part();
    wait_for_go(SECOND);
    expect_eq(balloon_in(spare(3)), 1);
    expect_true(is_reachable(spare(3)));
    board->done = 3;
}

TEST(restart, a_page_left_out_comes_back_in_the_next_life, IDS "X-39 S0-05", WHY "as configured, once nobody has it",
     NEEDS RESERVE)
{
    require_soon(board->done == FIRST);
    require_eq(map(2, spare(3)), 0);
    require_eq(map(2, spare(9)), 0);
    let_it_reboot();
    require_soon(board->done == SECOND);
    expect_eq(unmap(spare(3)), 0);
    expect_eq(unmap(spare(9)), 0);
    board->go = SECOND;
    expect_soon(board->done == 3);
}

PEER(2, restart, a_page_left_out_comes_back_in_the_next_life)
{
    const uint32_t life = live_and_reboot();

    if (life == SECOND) {
        expect_true(!is_reachable(spare(3)) && !is_reachable(spare(9)));
        end_part();
        wait_for_go(SECOND);
        reboot();
    }
    expect_true(is_reachable(spare(3)) && is_reachable(spare(9)));
    expect_eq(*word_at(spare(3)), 0);
    end_part();
}

TEST(restart, a_page_of_the_image_cannot_be_left_out, IDS "X-39", WHY "without it there is nothing to start", NEEDS RESERVE)
{
    require_soon(board->done == FIRST);
    require_eq(map(2, IMAGE_2 + PAGE), 0);
    let_it_reboot();
    expect_never(board->lives != FIRST);
    expect_eq(unmap(IMAGE_2 + PAGE), 0);
    expect_soon(board->done == SECOND);
}

PEER(2, restart, a_page_of_the_image_cannot_be_left_out)
{
    if (live_and_reboot() == SECOND)
        end_part();
}

/* Domain 2 has 10 slots and needs 5: the sixth hole does not fit. */
TEST(restart, a_view_that_cannot_be_built_around_reserved_pages_stays_down, IDS "X-39 X-29", WHY "no slots for the holes",
     NEEDS RESERVE)
{
    require_soon(board->done == FIRST);
    for (uint32_t n = 0; n < 6; n++)
        require_eq(map(2, spare(2 * n + 1)), 0);
    let_it_reboot();
    expect_never(board->lives != FIRST);
    expect_eq(map(2, IMAGE_2), -XEN_EINVAL); /* down is down: nobody reaches its pages */
    expect_eq(map(2, EVENTS_2), -XEN_EINVAL);
    for (uint32_t n = 0; n < 6; n++)
        expect_eq(unmap(spare(2 * n + 1)), 0);
    for (uint32_t n = 0; n < SPARE_2_PAGES; n++)
        expect_eq(map(2, spare(n)), -XEN_EINVAL);
}

PEER(2, restart, a_view_that_cannot_be_built_around_reserved_pages_stays_down)
{
    live_and_reboot();
}

/* Given back before, during and after the scrubbing: in a new life it is either empty or not there. */
TEST(restart, a_page_given_back_during_a_restart_has_no_old_content, IDS "X-39 X-31", WHY "at many moments of it",
     NEEDS RESERVE)
{
    for (uint32_t life = FIRST; life < SWEEP; life++) {
        require_soon(board->done == life);
        require_eq(map(2, spare(3)), 0);
        board->go = life;
        sched_poll(NULL, 0, now_ns() + NAP_NS + life * STEP_NS);
        expect_eq(unmap(spare(3)), 0);
    }
    expect_soon(board->done == SWEEP);
    note("%u times with it, %u without", board->word[0], board->word[1]);
    expect_eq(board->word[0] + board->word[1], SWEEP);
}

PEER(2, restart, a_page_given_back_during_a_restart_has_no_old_content)
{
    const uint32_t life = begin_life();

    if (is_reachable(spare(3))) {
        expect_eq(*word_at(spare(3)), 0);
        board->word[0]++;
    } else {
        require_soon(balloon_in(spare(3)) == 1);
        board->word[1]++;
    }
    *word_at(spare(3)) = OLD;
    end_part();
    wait_for_go(life);
    reboot();
}
