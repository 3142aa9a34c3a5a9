/* SPDX-License-Identifier: Apache-2.0 */
/* Static shared memory across a restart: its content stays, whoever owns it, and both domains hold it as configured. */
#include "restart.h"

#define ALL NEEDS "system=restart strategies=window,switch,mask"
#define ONE NEEDS "system=restart"

enum { MARK = 0x0ddba11, FIRST = 1, SECOND = 2 };

static void wait_for_the_second_life(void)
{
    expect_soon(board->done == SECOND);
    expect_never(board->lives != SECOND);
}

TEST(restart, shared_memory_keeps_its_content, IDS "S0-05 S0-11", WHY "it is not only the domain's that restarts", ALL)
{
    for (uint32_t i = 4; i < 64; i++)
        board->word[i] = MARK + i;
    board->go = FIRST;
    wait_for_the_second_life();
    for (uint32_t i = 4; i < 64; i++) {
        expect_eq(board->word[i], MARK + i);
        expect_eq(diary->word[i], MARK - i);
    }
}

PEER(2, restart, shared_memory_keeps_its_content)
{
    const uint32_t life = begin_life();

    wait_for_go(FIRST);
    for (uint32_t i = 4; i < 64; i++) {
        if (life == FIRST)
            diary->word[i] = MARK - i; /* its own, which domain 1 borrows all the time */
        expect_eq(diary->word[i], MARK - i);
        expect_eq(board->word[i], MARK + i);
    }
    if (life == FIRST)
        reboot();
    end_part();
}

TEST(restart, shared_memory_that_was_let_go_is_back, IDS "S0-05 S1-12", WHY "borrowed or owned: as configured", ONE)
{
    wait_for_the_second_life();
    require_eq(balloon_out(BOARD + PAGE), 1); /* the borrower holds it again: */
    expect_eq(balloon_in(BOARD + PAGE), 0);
    board->go = FIRST;
    expect_soon(board->done == 3);
    expect_eq(balloon_in(BOARD + PAGE), 1);
}

PEER(2, restart, shared_memory_that_was_let_go_is_back)
{
    if (begin_life() == FIRST) {
        require_eq(unmap(BOARD + PAGE), 0);
        require_eq(unmap(BOARD + 3 * PAGE), 0);
        require_eq(balloon_out(DIARY + PAGE), 1);
        require_eq(balloon_out(DIARY + 2 * PAGE), 1);
        reboot();
    }
    for (uint32_t n = 0; n < 4; n++) {
        expect_true(is_reachable(BOARD + n * PAGE));
        expect_true(is_reachable(DIARY + n * PAGE));
    }
    board->done = SECOND;
    wait_for_go(FIRST);
    expect_true(is_reachable(BOARD + PAGE)); /* the owner has it out */
    expect_eq(unmap(BOARD + PAGE), 0);
    board->done = 3;
}
