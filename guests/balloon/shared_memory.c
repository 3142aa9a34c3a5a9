/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static shared memory under ballooning: the owner may give a page back, but while the borrower holds it, it
 * cannot be used again; the borrower may only let go of it.
 */
#include "../views/exchange.h"
#include "balloon.h"

#define SHM NEEDS "system=shm strategies=window,switch,mask"

enum { SHARED = RAM(0x30000000), SHARED_PAGES = 4 };

static void meet(void)
{
    require_eq(events_register_shared_info((void *)(uintptr_t)(uint32_t)machine.bank[1].base), 0);
    peers_meet();
}

TEST(balloon, shared_memory_counts_as_the_owners, IDS "S1-01", WHY "its reservation grows by the size", SHM)
{
    const int32_t own = 0x104 + SHARED_PAGES;

    expect_eq(memory_query(XENMEM_current_reservation), own);
    expect_eq(memory_query(XENMEM_maximum_reservation), own);
    meet();
    require_eq(decrease(SHARED, 0), 1);
    expect_eq(memory_query(XENMEM_current_reservation), own);
}

PEER(2, balloon, shared_memory_counts_as_the_owners)
{
    expect_eq(memory_query(XENMEM_current_reservation), 0x104);
    meet();
}

TEST(balloon, the_borrower_keeps_what_the_owner_gives_back, IDS "S2-08 S2-01", WHY "only the owner's map ends", SHM)
{
    page_mark(SHARED, 1);
    meet();
    require_eq(decrease(SHARED, 0), 1);
    expect_out(SHARED);
    expect_in(SHARED + PAGE);
    peer_signal(0);
    peer_wait(0);
    expect_out(SHARED);
}

PEER(2, balloon, the_borrower_keeps_what_the_owner_gives_back)
{
    meet();
    peer_wait(0);
    expect_true(page_has_mark(SHARED, 1));
    expect_range_in(SHARED, SHARED_PAGES);
    peer_signal(0);
}

TEST(balloon, a_page_that_the_borrower_holds_is_not_used_again, IDS "S2-01 S2-08",
     WHY "it comes back when the last pin is gone", SHM)
{
    meet();
    require_eq(decrease(SHARED, 0), 1);
    expect_eq(populate(SHARED, 0), 0);
    expect_eq(populate(SHARED, 2), 0); /* extents are all or nothing */
    expect_out(SHARED);
    peer_signal(0);
    peer_wait(0); /* the borrower has let go */
    expect_eq(populate(SHARED, 0), 1);
    expect_in(SHARED);
}

PEER(2, balloon, a_page_that_the_borrower_holds_is_not_used_again)
{
    meet();
    peer_wait(0);
    expect_eq(remove_page(SHARED), 0);
    expect_out(SHARED);
    expect_range_in(SHARED + PAGE, SHARED_PAGES - 1);
    peer_signal(0);
}

TEST(balloon, a_mapped_page_that_is_pinned_may_be_populated, IDS "S2-08", WHY "nothing is used again: it is in", SHM)
{
    meet();
    page_mark(SHARED, 1);
    expect_eq(populate(SHARED, 2), 1);
    expect_true(page_has_mark(SHARED, 1));
}

PEER(2, balloon, a_mapped_page_that_is_pinned_may_be_populated)
{
    meet();
}

TEST(balloon, a_borrower_cannot_give_back_what_is_not_its_own, IDS "S1-07", WHY "it can be removed, not ballooned", SHM)
{
    meet();
    expect_true(exchange());
    expect_range_in(SHARED, SHARED_PAGES);
    exchange();
}

PEER(2, balloon, a_borrower_cannot_give_back_what_is_not_its_own)
{
    meet();
    for (uint32_t order = 0; order <= 2; order++) {
        expect_eq(decrease(SHARED, order), 0);
        expect_eq(populate(SHARED, order), 0);
    }
    expect_range_in(SHARED, SHARED_PAGES);
    for (;;)
        exchange();
}

TEST(balloon, a_removed_borrowed_page_does_not_come_back_by_populate, IDS "S1-07 X-23", WHY "it is not own RAM", SHM)
{
    meet();
    expect_true(exchange());
    expect_range_in(SHARED, SHARED_PAGES);
    exchange();
}

PEER(2, balloon, a_removed_borrowed_page_does_not_come_back_by_populate)
{
    meet();
    expect_eq(remove_page(SHARED + 2 * PAGE), 0);
    expect_eq(remove_page(SHARED + 2 * PAGE), -XEN_ENOENT);
    expect_eq(populate(SHARED + 2 * PAGE, 0), 0);
    expect_out(SHARED + 2 * PAGE);
    expect_in(SHARED + PAGE);
    expect_in(SHARED + 3 * PAGE);
    for (;;)
        exchange();
}

TEST(balloon, shared_memory_is_no_buffer_for_its_owner, IDS "S1-07", WHY "somebody else may write it at any time", SHM)
{
    uint64_t *const list = (uint64_t *)(SHARED + PAGE);

    expect_eq(hypercall_xen_version(XENVER_get_features, (void *)SHARED), -XEN_EFAULT);
    *list = frame_of(image_bank_page(1));
    expect_eq(decrease_list(list, 1, 0), 0);
    meet();
}

PEER(2, balloon, shared_memory_is_no_buffer_for_its_owner)
{
    meet();
}
