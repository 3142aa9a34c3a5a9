/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A borrower that ends with pages mapped: the hypervisor drops its holds. Domain 2 of `pair` borrows from
 * domain 1 here. Dropping may take a while after the borrower's ports are closed.
 */
#include "foreign.h"

#define PAIR NEEDS "system=pair"
#define ALL NEEDS "system=pair strategies=all"

enum { PAGES = 16, PATIENCE = 2000 };

static uint32_t own(uint32_t n)
{
    return (uint32_t)OWN_1 + n * PAGE;
}

/* Gives the CPU to domain 2 until it is no more, by the sign of it that every peer gets. */
static void wait_for_its_end(void)
{
    struct evtchn_status_args status = {0};

    require_eq(evtchn_send(peer_port(0)), 0);
    for (uint32_t round = 0; round < PATIENCE; round++) {
        sched_yield();
        require_eq(evtchn_status(DOMID_SELF, peer_port(0), &status), 0);
        if (status.status != EVTCHNSTAT_interdomain)
            return;
    }
    fail_("domain 2 did not end");
    finish();
}

static void expect_free(uintptr_t page)
{
    for (uint32_t round = 0; round < PATIENCE; round++) {
        if (balloon_in(page) == 1)
            return;
        sched_yield();
    }
    fail_("the page at 0x%x is still pinned", page);
    finish();
}

/* An event page, which with `shared` was in the other's view, too, is not counted wrong. */
static void expect_event_page_free(void)
{
    expect_eq(balloon_out((uintptr_t)event_page(3)), 1);
    expect_eq(balloon_in((uintptr_t)event_page(3)), 1);
}

static void lend_and_bury(uint32_t pages)
{
    peers_meet();
    peer_wait(0); /* they are mapped */
    for (uint32_t n = 0; n < pages; n++)
        require_eq(balloon_out(own(n)), 1);
    expect_eq(balloon_in(own(0)), 0);
    wait_for_its_end();
    for (uint32_t n = 0; n < pages; n++) {
        expect_free(own(n));
        expect_in(own(n));
    }
    expect_event_page_free();
}

static void borrow_and_end(uint32_t reason)
{
    peers_meet();
    require_eq(map_run(1, OWN_1, PAGE, PAGES), PAGES);
    peer_signal(0);
    event_wait(peer_port(0));
    shutdown(reason);
}

TEST(foreign, a_borrower_that_crashes_lets_go, IDS "S2-02", WHY "the holds were remembered",
     NEEDS "system=pair crash=2")
{
    lend_and_bury(PAGES);
}

PEER(2, foreign, a_borrower_that_crashes_lets_go)
{
    borrow_and_end(SHUTDOWN_crash);
}

TEST(foreign, a_borrower_that_powers_off_lets_go, IDS "S2-02", WHY "an orderly end needs no orderly guest", ALL)
{
    lend_and_bury(PAGES);
}

PEER(2, foreign, a_borrower_that_powers_off_lets_go)
{
    borrow_and_end(SHUTDOWN_poweroff);
}

TEST(foreign, a_borrower_that_ends_with_scattered_pages_lets_go, IDS "S2-02 S2-09", WHY "each piece of its view", PAIR)
{
    peers_meet();
    peer_wait(0);
    require_eq(balloon_extent(XENMEM_decrease_reservation, own(0), 4), 1);
    wait_for_its_end();
    for (uint32_t n = 0; n < PAGES; n += 4)
        expect_free(own(n));
    expect_eq(balloon_extent(XENMEM_populate_physmap, own(0), 4), 1);
}

PEER(2, foreign, a_borrower_that_ends_with_scattered_pages_lets_go)
{
    peers_meet();
    require_eq(map_run(1, OWN_1, 4 * PAGE, PAGES / 4), PAGES / 4);
    peer_signal(0);
    event_wait(peer_port(0));
    shutdown(SHUTDOWN_poweroff);
}

TEST(foreign, a_borrower_that_crashes_in_the_middle_of_a_batch_lets_go, IDS "S2-02 X-35",
     WHY "a batch that broke off left some pages mapped", NEEDS "system=pair crash=2")
{
    lend_and_bury(3);
    expect_eq(balloon_out(own(3)), 1);
    expect_eq(balloon_in(own(3)), 1);
}

PEER(2, foreign, a_borrower_that_crashes_in_the_middle_of_a_batch_lets_go)
{
    static struct batch batch;
    uint64_t *const edge = (uint64_t *)((uint8_t *)event_page(3) + PAGE - 3 * sizeof(uint64_t));

    peers_meet();
    batch_fill(&batch, 1, OWN_1, PAGE, PAGES);
    batch.arg.idxs = (uintptr_t)memcpy(edge, batch.idxs, 3 * sizeof(uint64_t));
    expect_eq(batch_call(&batch), -XEN_EFAULT);
    peer_signal(0);
    event_wait(peer_port(0));
    shutdown(SHUTDOWN_crash);
}

TEST(foreign, pages_never_lent_are_not_touched_by_a_crash, IDS "S2-02", WHY "exactly those holds are dropped",
     NEEDS "system=foreign crash=3")
{
    require_eq(map(2, LENT_2), 0); /* ours, of the same page */
    meet_client(3); /* has it mapped, too */
    meet_client(2);
    give_turn(2); /* has it out */
    require_eq(evtchn_send(client_port(3)), 0);
    for (uint32_t round = 0; round < 100; round++)
        sched_yield();
    expect_in(LENT_2);
    give_turn(2); /* still pinned by us */
    expect_eq(unmap(LENT_2), 0);
    give_turn(2); /* free */
}

PEER(2, foreign, pages_never_lent_are_not_touched_by_a_crash)
{
    meet();
    require_eq(balloon_out(LENT_2), 1);
    pass_turn();
    expect_eq(balloon_in(LENT_2), 0);
    pass_turn();
    expect_eq(balloon_in(LENT_2), 1);
    pass_turn();
}

PEER(3, foreign, pages_never_lent_are_not_touched_by_a_crash)
{
    require_eq(map_run(2, LENT_2, PAGE, 8), 8);
    meet();
    shutdown(SHUTDOWN_crash);
}

TEST(foreign, pages_of_a_lender_that_ended_cannot_be_mapped, IDS "S1-11 X-39", WHY "they are in nobody's map", PAIR)
{
    const uint32_t theirs = RAM(0x20490000);

    peers_meet();
    require_eq(map(2, theirs), 0);
    peer_wait(0);
    wait_for_its_end();
    for (uint32_t round = 0; round < PATIENCE && map(2, theirs + PAGE) == 0; round++) {
        require_eq(unmap(theirs + PAGE), 0);
        sched_yield();
    }
    expect_eq(map(2, theirs + PAGE), -XEN_EINVAL);
    expect_eq(*word_at(theirs), 4711); /* what is mapped stays as it was, until we let go */
    expect_eq(unmap(theirs), 0);
    expect_eq(map(2, theirs), -XEN_EINVAL);
    expect_out(theirs);
}

PEER(2, foreign, pages_of_a_lender_that_ended_cannot_be_mapped)
{
    *word_at(RAM(0x20490000)) = 4711;
    peers_meet();
    peer_signal(0);
    event_wait(peer_port(0));
    shutdown(SHUTDOWN_poweroff);
}

/* ---- a run of foreign pages that touches memory of the borrower's own ---- */

enum { BETWEEN = RAM(0x21000000), NR_BETWEEN = 16 };

TEST(foreign, a_borrower_whose_own_memory_touches_what_it_borrows_lets_go, IDS "S2-02 S2-09",
     WHY "one region of its view holds pages of both", NEEDS "system=foreign-shm strategies=window,switch,mask")
{
    peers_meet();
    peer_wait(0);
    for (uint32_t n = 0; n < NR_BETWEEN; n++)
        require_eq(balloon_out(BETWEEN + n * PAGE), 1);
    wait_for_its_end();
    for (uint32_t n = 0; n < NR_BETWEEN; n++)
        expect_free(BETWEEN + n * PAGE);
}

PEER(2, foreign, a_borrower_whose_own_memory_touches_what_it_borrows_lets_go)
{
    require_eq(events_register_shared_info((void *)EVENTS_2), 0); /* the tree lists the shared memory last */
    peers_meet();
    require_eq(map_run(1, BETWEEN, PAGE, NR_BETWEEN), NR_BETWEEN);
    expect_in(BETWEEN - PAGE);
    expect_in(BETWEEN);
    expect_in(BETWEEN + NR_BETWEEN * PAGE);
    require_eq(unmap(BETWEEN + 5 * PAGE), 0);
    expect_out(BETWEEN + 5 * PAGE);
    require_eq(map(1, BETWEEN + 5 * PAGE), 0);
    peer_signal(0);
    event_wait(peer_port(0));
    shutdown(SHUTDOWN_poweroff);
}
