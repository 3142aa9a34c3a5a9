/* SPDX-License-Identifier: Apache-2.0 */
/* A borrower may let its shared memory go, page by page (remove_from_physmap), and map it again as a foreign page. */
#include "shm.h"

#define SHM NEEDS "system=shm strategies=window,switch,mask"

enum { BX_LR = 0xe12fff1e, MARK = 0x5ea };

/* Domain 1 looks after domain 2 did what the test is about. */
static void look(void (*at)(void))
{
    meet();
    peer_wait(0);
    at();
    peer_signal(0);
    peer_wait(1);
}

static void nothing(void)
{
}

static void show(void)
{
    peer_signal(0);
    peer_wait(0);
}

static void owner_has_all(void)
{
    for (uint32_t n = 0; n < SHARED_PAGES; n++)
        expect_true(is_reachable(shared(n)));
    *word_at(shared(1)) = MARK;
}

TEST(shm, a_borrower_lets_a_page_go, IDS "S1-12 S2-11", WHY "its own view only: the owner keeps it", SHM)
{
    look(owner_has_all);
}

PEER(2, shm, a_borrower_lets_a_page_go)
{
    meet();
    expect_eq(unmap(shared(1)), 0);
    expect_true(!is_reachable(shared(1)));
    expect_true(is_reachable(shared(0)) && is_reachable(shared(2)));
    expect_eq(unmap(shared(1)), -XEN_ENOENT);
    show();
    expect_true(!is_reachable(shared(1)));
    peer_signal(1);
}

TEST(shm, a_page_let_go_is_mapped_again_as_a_foreign_page, IDS "S2-06 S1-12", WHY "with the right to map it", SHM)
{
    look(owner_has_all);
}

PEER(2, shm, a_page_let_go_is_mapped_again_as_a_foreign_page)
{
    meet();
    expect_eq(map(1, shared(1)), -XEN_EBUSY);
    require_eq(unmap(shared(1)), 0);
    expect_eq(map(1, shared(1)), 0);
    expect_true(is_reachable(shared(1)));
    show();
    expect_eq(*word_at(shared(1)), MARK);
    expect_eq(unmap(shared(1)), 0);
    peer_signal(1);
}

static void owner_may_use_it_again(void)
{
    expect_eq(balloon_out(shared(0)), 1);
    expect_eq(balloon_in(shared(0)), 1);
    expect_eq(balloon_out(shared(2)), 1);
    expect_eq(balloon_in(shared(2)), 0); /* this one the borrower still has */
    expect_true(!is_reachable(shared(2)));
}

TEST(shm, a_page_let_go_is_the_owners_alone, IDS "S2-08 S2-11", WHY "the pin goes with the map", SHM)
{
    look(owner_may_use_it_again);
}

PEER(2, shm, a_page_let_go_is_the_owners_alone)
{
    meet();
    *word_at(shared(2)) = MARK;
    require_eq(unmap(shared(0)), 0);
    show();
    expect_eq(*word_at(shared(2)), MARK);
    peer_signal(1);
}

TEST(shm, shared_memory_is_no_code, IDS "S2-02", WHY "neither for the borrower nor for the owner", SHM)
{
    *word_at(shared(3)) = BX_LR;
    code_changed((void *)(uintptr_t)shared(3), 4);
    expect_eq(try_exec(shared(3)).kind, FAULT_PREFETCH);
    look(nothing);
}

PEER(2, shm, shared_memory_is_no_code)
{
    meet();
    *word_at(shared(3)) = BX_LR;
    code_changed((void *)(uintptr_t)shared(3), 4);
    expect_eq(try_exec(shared(3)).kind, FAULT_PREFETCH);
    show();
    peer_signal(1);
}

TEST(shm, a_borrower_that_ends_lets_all_of_it_go, IDS "S2-02", WHY "its holds are dropped", SHM)
{
    meet();
    peer_signal(0);
    for (uint32_t n = 0; n < SHARED_PAGES; n++)
        require_eq(balloon_out(shared(n)), 1);
    for (uint32_t n = 0; n < SHARED_PAGES; n++) {
        for (uint32_t round = 0; round < 2000 && balloon_in(shared(n)) == 0; round++)
            sched_yield();
        expect_true(is_reachable(shared(n)));
    }
}

PEER(2, shm, a_borrower_that_ends_lets_all_of_it_go)
{
    meet();
    peer_wait(0);
    shutdown(SHUTDOWN_poweroff);
}
