/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages right beside own ones and right beside each other, at either end of a view. A neighbour of another kind is never
 * joined: a foreign page stays one that nobody executes, an own one stays executable.
 */
#include "foreign.h"

#define ONE NEEDS "system=foreign strategies=window,switch,mask"

enum { OWN_3 = RAM(0x21040000), EVENTS_3 = RAM(0x28008000) };

static void expect_foreign(uintptr_t page)
{
    expect_in(page);
    expect_eq(try_exec(page).kind, FAULT_PREFETCH);
}

static void expect_own(uintptr_t page)
{
    expect_in(page);
    *word_at(page) = INSTRUCTION_RETURN;
    code_changed((void *)page, sizeof(uint32_t));
    expect_eq(try_exec(page).kind, FAULT_NONE);
}

/* ---- above own memory ---- */

TEST(foreign, an_own_page_comes_back_below_a_foreign_one, IDS "S2-08 S2-10", WHY "they touch and stay two pieces", ONE)
{
    const uintptr_t own = EVENTS_2 - PAGE;

    require_eq(map(2, EVENTS_2), 0);
    require_eq(balloon_out(own), 1);
    expect_out(own);
    expect_foreign(EVENTS_2);
    require_eq(balloon_in(own), 1);
    expect_own(own);
    expect_foreign(EVENTS_2);
    expect_eq(unmap(EVENTS_2), 0);
    expect_own(own);
}

/* ---- below own memory: domain 3 lies above all that it borrows ---- */

TEST(foreign, an_own_page_comes_back_above_a_foreign_one, IDS "S2-08 S2-10", WHY "they touch and stay two pieces", ONE)
{
    meet_client(3);
}

PEER(3, foreign, an_own_page_comes_back_above_a_foreign_one)
{
    const uintptr_t foreign = OWN_3 - PAGE;

    require_eq(map(2, foreign), 0);
    expect_foreign(foreign);
    expect_own(OWN_3);
    require_eq(balloon_out(OWN_3), 1);
    expect_out(OWN_3);
    require_eq(balloon_in(OWN_3), 1);
    expect_own(OWN_3);
    expect_foreign(foreign);
    expect_eq(unmap(foreign), 0);
    expect_out(foreign);
    expect_own(OWN_3);
    meet();
}

TEST(foreign, the_last_own_page_comes_back_above_a_foreign_one, IDS "S2-08 S2-10", WHY "nothing is behind it", ONE)
{
    meet_client(3);
}

PEER(3, foreign, the_last_own_page_comes_back_above_a_foreign_one)
{
    const uintptr_t foreign = EVENTS_3 - PAGE;

    require_eq(map(2, foreign), 0);
    for (uint32_t n = 0; n < EVENT_PAGES; n++)
        require_eq(balloon_out(EVENTS_3 + n * PAGE), 1);
    require_eq(balloon_in(EVENTS_3), 1);
    expect_own(EVENTS_3);
    expect_foreign(foreign);
    expect_out(EVENTS_3 + PAGE);
    for (uint32_t n = 1; n < EVENT_PAGES; n++)
        require_eq(balloon_in(EVENTS_3 + n * PAGE), 1);
    expect_own(EVENTS_3 + (EVENT_PAGES - 1) * PAGE);
    meet();
}

TEST(foreign, pages_may_come_downwards_below_everything, IDS "S2-09", WHY "the first piece of a view grows at its start", ONE)
{
    *word_at(OWN_1) = 1;
    *word_at(OWN_1 + PAGE) = 2;
    meet_client(3);
    give_turn(3);
}

PEER(3, foreign, pages_may_come_downwards_below_everything)
{
    meet();
    require_eq(map(1, OWN_1 + PAGE), 0);
    require_eq(map(1, OWN_1), 0);
    expect_foreign(OWN_1);
    expect_foreign(OWN_1 + PAGE);
    expect_eq(unmap(OWN_1), 0);
    expect_out(OWN_1);
    expect_foreign(OWN_1 + PAGE);
    expect_eq(unmap(OWN_1 + PAGE), 0);
    pass_turn();
}
