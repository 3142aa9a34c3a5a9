/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of domain 2 that domain 1 borrows for its device: the race of founding document 002. The firewall follows
 * the maps, and a page that the device may still write is not used again.
 *
 * Domain 2's steps are numbered in both functions; lane 0 hands over.
 */
#include "dma.h"

#define ALL NEEDS "system=dma strategies=all"
#define ONE NEEDS "system=dma"

enum { LENT = D2_PLACE + 5 * PAGE, OWN = D1_PLACE + 5 * PAGE, FRESH = 0xf2e5 };

static struct dma dma;

/* Domain 2 has the page again and wrote FRESH into it: the device cannot. */
static void expect_out_of_reach(uintptr_t page)
{
    const struct dma_descriptor first = dma_fill(page, 64, 0xbad), last = dma_fill(page + PAGE - 64, 64, 0xbad);

    dma_expect_error(&dma, &first, DMA_ERROR_FIREWALL, page);
    dma_expect_error(&dma, &last, DMA_ERROR_FIREWALL, page + PAGE - 64);
}

TEST(dma, a_borrowed_page_under_dma_is_not_used_again, IDS "S2-01 S2-03 S2-10 S0-11",
     WHY "the five steps: the owner takes it back while the device writes", ALL)
{
    const struct dma_descriptor flood = dma_flood(LENT, PAGE, PATTERN);

    dma_open(&dma, 0);
    meet();
    expect_out_of_reach(LENT);
    require_eq(map(2, LENT), 0);
    dma_start(&dma, &flood);
    dma_await_bytes(&dma, 2 * PAGE);
    hand_over(); /* 1: ballooned out, and not to be had again */
    dma_await_bytes(&dma, 2 * PAGE);
    expect_true(is_filled(LENT, PAGE, PATTERN));
    require_eq(unmap(LENT), 0);
    expect_eq(dma_wait(&dma), DMA_ERROR_FIREWALL);
    expect_true(dma.registers->error_address - LENT < PAGE);
    hand_over(); /* 2: has it again, and writes */
    expect_out_of_reach(LENT);
    dma_let_engine_run();
    hand_over(); /* 3: finds what it wrote */
}

PEER(2, dma, a_borrowed_page_under_dma_is_not_used_again)
{
    meet();
    peer_wait(0);
    expect_eq(balloon_out(LENT), 1);
    expect_eq(balloon_in(LENT), 0);
    hand_over();
    require_eq(balloon_in(LENT), 1);
    mark(LENT, PAGE, FRESH);
    hand_over();
    expect_true(is_marked(LENT, PAGE, FRESH));
    peer_signal(0);
}

/* When the unmap returns, nothing that was let through before is still on its way. */
TEST(dma, an_unmap_waits_for_the_burst_that_is_on_its_way, IDS "S2-01 S2-03 S2-10",
     WHY "the firewall has obeyed before the pin is dropped", ALL)
{
    struct dma_descriptor flood = dma_flood(LENT, PAGE, PATTERN);

    flood.flags |= DMA_LATE;
    dma_open(&dma, 0);
    meet();
    for (uint32_t round = 0; round < 4; round++) {
        require_eq(map(2, LENT), 0);
        dma_start(&dma, &flood);
        dma_await_bytes(&dma, 64);
        for (uint32_t i = 0; i < 10; i++)
            relax(); /* the next one has been let through */
        require_eq(unmap(LENT), 0);
        hand_over(); /* 1, 3, 5, 7: ballooned out and in, and writes */
        expect_eq(dma_wait(&dma), DMA_ERROR_FIREWALL);
        hand_over(); /* 2, 4, 6, 8: finds what it wrote */
    }
}

PEER(2, dma, an_unmap_waits_for_the_burst_that_is_on_its_way)
{
    meet();
    peer_wait(0);
    for (uint32_t round = 0; round < 4; round++) {
        expect_eq(balloon_out(LENT), 1);
        expect_eq(balloon_in(LENT), 1);
        mark(LENT, PAGE, FRESH + round);
        hand_over();
        expect_true(is_marked(LENT, PAGE, FRESH + round));
        if (round < 3)
            hand_over();
        else
            peer_signal(0);
    }
}

TEST(dma, a_page_that_was_let_go_in_time_is_free_and_out_of_reach, IDS "S2-01 S2-10",
     WHY "the other order: unmapped before the owner takes it back", ALL)
{
    const struct dma_descriptor fill = dma_fill(LENT, PAGE, PATTERN);

    dma_open(&dma, 0);
    meet();
    require_eq(map(2, LENT), 0);
    expect_eq(dma_run(&dma, &fill), DMA_ERROR_NONE);
    require_eq(unmap(LENT), 0);
    expect_out_of_reach(LENT);
    hand_over(); /* 1: finds the data, ballooned out and in */
    expect_out_of_reach(LENT);
    hand_over(); /* 2: finds what it wrote, ballooned out */
    expect_eq(map(2, LENT), -XEN_EINVAL);
    expect_out_of_reach(LENT);
}

PEER(2, dma, a_page_that_was_let_go_in_time_is_free_and_out_of_reach)
{
    meet();
    peer_wait(0);
    expect_true(is_filled(LENT, PAGE, PATTERN));
    expect_eq(balloon_out(LENT), 1);
    expect_eq(balloon_in(LENT), 1);
    mark(LENT, PAGE, FRESH);
    hand_over();
    expect_true(is_marked(LENT, PAGE, FRESH));
    expect_eq(balloon_out(LENT), 1);
    peer_signal(0);
}

TEST(dma, a_forgotten_unmap_shows, IDS "S2-01 S2-06", WHY "the device is idle, but the map may be used again", ONE)
{
    const struct dma_descriptor fill = dma_fill(LENT, PAGE, PATTERN), again = dma_fill(LENT, PAGE, ~PATTERN);

    dma_open(&dma, 0);
    meet();
    require_eq(map(2, LENT), 0);
    expect_eq(dma_run(&dma, &fill), DMA_ERROR_NONE);
    hand_over(); /* 1: ballooned out, does not get it */
    expect_eq(dma_run(&dma, &again), DMA_ERROR_NONE);
    expect_true(is_filled(LENT, PAGE, ~PATTERN));
    hand_over(); /* 2: still does not get it */
    require_eq(unmap(LENT), 0);
    hand_over(); /* 3: gets it */
}

PEER(2, dma, a_forgotten_unmap_shows)
{
    meet();
    peer_wait(0);
    expect_eq(balloon_out(LENT), 1);
    expect_eq(balloon_in(LENT), 0);
    hand_over();
    expect_eq(balloon_in(LENT), 0);
    hand_over();
    expect_eq(balloon_in(LENT), 1);
    peer_signal(0);
}

TEST(dma, the_firewall_lets_through_exactly_the_pages_that_are_mapped, IDS "S2-10 S3-05",
     WHY "each map and unmap is a new table", ALL)
{
    static const uint8_t pages[] = {1, 3, 4}; /* of domain 2's place; the last two become one run */

    dma_open(&dma, 0);
    meet();
    for (uint32_t i = 0; i < sizeof(pages); i++)
        require_eq(map(2, D2_PLACE + pages[i] * PAGE), 0);
    for (uintptr_t page = 0; page < 6; page++) {
        const bool mapped = page == 1 || page == 3 || page == 4;
        const struct dma_descriptor d = dma_fill(D2_PLACE + page * PAGE, PAGE, PATTERN);

        expect_eq(dma_run(&dma, &d), mapped ? DMA_ERROR_NONE : DMA_ERROR_FIREWALL);
    }
    const struct dma_descriptor run = dma_fill(D2_PLACE + 3 * PAGE, 2 * PAGE, ~PATTERN);

    expect_eq(dma_run(&dma, &run), DMA_ERROR_NONE);
    require_eq(unmap(D2_PLACE + 3 * PAGE), 0);
    dma_expect_error(&dma, &run, DMA_ERROR_FIREWALL, D2_PLACE + 3 * PAGE);
    expect_eq(unmap(D2_PLACE + PAGE), 0);
    expect_eq(unmap(D2_PLACE + 4 * PAGE), 0);
    hand_over(); /* 1: looks at every page */
}

PEER(2, dma, the_firewall_lets_through_exactly_the_pages_that_are_mapped)
{
    mark(D2_PLACE, 6 * PAGE, 2);
    meet();
    peer_wait(0);
    expect_true(is_marked(D2_PLACE, PAGE, 2));
    expect_true(is_filled(D2_PLACE + PAGE, PAGE, PATTERN));
    expect_true(is_marked(D2_PLACE + 2 * PAGE, PAGE, 2));
    expect_true(is_filled(D2_PLACE + 3 * PAGE, 2 * PAGE, ~PATTERN));
    expect_true(is_marked(D2_PLACE + 5 * PAGE, PAGE, 2));
    peer_signal(0);
}

/* A transfer between two maps goes on while they change around it. */
TEST(dma, a_map_beside_a_running_transfer_does_not_disturb_it, IDS "S2-10", WHY "closed for a moment is not refused", ONE)
{
    const struct dma_descriptor flood = dma_flood(OWN, PAGE, PATTERN);

    dma_open(&dma, 0);
    dma_start(&dma, &flood);
    for (uint32_t i = 0; i < 20; i++) {
        dma_await_bytes(&dma, 64);
        require_eq(map(2, LENT), 0);
        require_eq(unmap(LENT), 0);
    }
    dma_await_bytes(&dma, PAGE);
    expect_true(dma_is_busy(&dma));
    expect_true(is_filled(OWN, PAGE, PATTERN));
}

/* ---- the domain's own pages: its device may always write them, for they never go to anybody else ---- */

TEST(dma, an_own_page_that_is_ballooned_out_under_dma_reaches_nobody_else, IDS "S2-01 S1-05 S0-11",
     WHY "a static page does not change its owner", ALL)
{
    const struct dma_descriptor flood = dma_flood(OWN, PAGE, PATTERN);
    uint32_t value;

    dma_open(&dma, 0);
    meet();
    dma_start(&dma, &flood);
    dma_await_bytes(&dma, PAGE);
    require_eq(balloon_out(OWN), 1);
    expect_eq(try_read32(OWN, &value).fsr, FSR_DENIED);
    dma_await_bytes(&dma, 2 * PAGE);
    require_eq(map(2, D2_PLACE), 0); /* a new table for the firewall */
    dma_await_bytes(&dma, 2 * PAGE);
    require_eq(unmap(D2_PLACE), 0);
    hand_over(); /* 1: cannot have it in any way */
    dma_await_bytes(&dma, 2 * PAGE);
    expect_true(dma_is_busy(&dma));
    dma_stop(&dma);
    require_eq(balloon_in(OWN), 1);
    expect_true(is_filled(OWN, PAGE, PATTERN));
}

PEER(2, dma, an_own_page_that_is_ballooned_out_under_dma_reaches_nobody_else)
{
    uint32_t value;

    meet();
    mark(D2_PLACE, PLACE_BYTES, 2);
    peer_wait(0);
    expect_eq(map(1, OWN), -XEN_EINVAL);
    expect_eq(balloon_in(OWN), 0);
    expect_eq(try_read32(OWN, &value).fsr, FSR_DENIED);
    expect_eq(balloon_out(LENT), 1);
    expect_eq(balloon_in(LENT), 1); /* its own page, not the one of domain 1 */
    expect_true(is_marked(D2_PLACE, PLACE_BYTES, 2));
    peer_signal(0);
}

TEST(dma, an_own_page_that_was_removed_from_the_map_can_still_be_written, IDS "S2-01",
     WHY "reserved is the domain's own too", ONE)
{
    const struct dma_descriptor fill = dma_fill(OWN, PAGE, PATTERN);

    dma_open(&dma, 0);
    require_eq(unmap(OWN), 0);
    expect_eq(dma_run(&dma, &fill), DMA_ERROR_NONE);
    require_eq(balloon_in(OWN), 1);
    expect_true(is_filled(OWN, PAGE, PATTERN));
}

/* ---- static shared memory: domain 2 owns it, domain 1 borrows it ---- */

TEST(dma, the_borrowers_device_writes_shared_memory_that_the_owner_sees, IDS "S0-11 S2-01",
     WHY "a device and both domains name it alike, and the pin holds meanwhile", ALL)
{
    const struct dma_descriptor fill = dma_fill(SHARED, SHARED_BYTES, PATTERN),
                                flood = dma_flood(SHARED + PAGE, PAGE, ~PATTERN);

    dma_open(&dma, 0);
    meet();
    expect_eq(dma_run(&dma, &fill), DMA_ERROR_NONE);
    hand_over(); /* 1: sees it; its own device writes it too */
    dma_start(&dma, &flood);
    dma_await_bytes(&dma, 2 * PAGE);
    hand_over(); /* 2: ballooned out, does not get it */
    dma_await_bytes(&dma, 2 * PAGE);
    require_eq(unmap(SHARED + PAGE), 0);
    expect_eq(dma_wait(&dma), DMA_ERROR_FIREWALL);
    hand_over(); /* 3: has it again, and writes */
    dma_expect_error(&dma, &flood, DMA_ERROR_FIREWALL, SHARED + PAGE);
    expect_eq(dma_run(&dma, &fill), DMA_ERROR_FIREWALL);
    expect_true(is_filled(SHARED, PAGE, PATTERN));
    hand_over(); /* 4: finds what it wrote */
}

PEER(2, dma, the_borrowers_device_writes_shared_memory_that_the_owner_sees)
{
    const struct dma_descriptor fill = dma_fill(SHARED, 2 * PAGE, 7);

    dma_open(&dma, 0);
    meet();
    peer_wait(0);
    expect_true(is_filled(SHARED, SHARED_BYTES, PATTERN));
    expect_eq(dma_run(&dma, &fill), DMA_ERROR_NONE);
    expect_true(is_filled(SHARED, 2 * PAGE, 7));
    hand_over();
    expect_eq(balloon_out(SHARED + PAGE), 1);
    expect_eq(balloon_in(SHARED + PAGE), 0);
    hand_over();
    expect_eq(balloon_in(SHARED + PAGE), 1);
    mark(SHARED + PAGE, PAGE, FRESH);
    hand_over();
    expect_true(is_marked(SHARED + PAGE, PAGE, FRESH));
    peer_signal(0);
}

TEST(dma, a_page_that_touches_memory_of_the_borrower_is_in_reach, IDS "S2-10 S3-05",
     WHY "both are one region of its view, and one row of the firewall's table", ONE)
{
    mark(D1_NEXT_TO_SHARED, PAGE, 1);
    meet();
    hand_over(); /* 1: its device writes up to the end of the page, and not behind it */
    expect_true(is_filled(D1_NEXT_TO_SHARED, PAGE, PATTERN));
    mark(D1_NEXT_TO_SHARED, PAGE, 1);
    hand_over(); /* 2: no more */
    expect_true(is_marked(D1_NEXT_TO_SHARED, PAGE, 1));
}

PEER(2, dma, a_page_that_touches_memory_of_the_borrower_is_in_reach)
{
    const struct dma_descriptor both = dma_fill(D1_NEXT_TO_SHARED - PAGE, 2 * PAGE, PATTERN),
                                over = dma_fill(D1_NEXT_TO_SHARED - PAGE, 2 * PAGE + 64, PATTERN);

    dma_open(&dma, 0);
    meet();
    peer_wait(0);
    require_eq(map(1, D1_NEXT_TO_SHARED), 0);
    expect_eq(dma_run(&dma, &both), DMA_ERROR_NONE);
    dma_expect_error(&dma, &over, DMA_ERROR_FIREWALL, D1_NEXT_TO_SHARED + PAGE);
    hand_over();
    require_eq(unmap(D1_NEXT_TO_SHARED), 0);
    dma_expect_error(&dma, &both, DMA_ERROR_FIREWALL, D1_NEXT_TO_SHARED);
    peer_signal(0);
}
