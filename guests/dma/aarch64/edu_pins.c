/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages that a device still writes when their owner gives them back: the race of founding document 002, with a device that
 * needs so long that every step fits into one copy. Domain 2's steps are numbered in both functions; lane 0 hands over.
 */
#include "edu.h"

#define EDU NEEDS "system=edu"

enum { PATTERN = 0x5eaf00d5, FRESH = 0xf2e5, WORK = D1_PLACE, OWN = D1_PLACE + 5 * PAGE, LENT = D2_PLACE + 5 * PAGE };

static struct edu edu;

static void begin(void)
{
    edu_open(&edu);
    edu_load(&edu, WORK, PATTERN);
    meet();
}

TEST(dma, a_page_that_is_given_back_under_a_copy_reaches_nobody_else, IDS "S2-01 S1-05 S0-11",
     WHY "a static page does not change its owner", EDU)
{
    uint32_t value;

    begin();
    mark(OWN - PAGE, 3 * PAGE, 1);
    edu_start_store(&edu, OWN, PAGE, EDU_SILENT);
    require_eq(balloon_out(OWN), 1);
    hand_over(); /* 1: cannot have it in any way */
    expect_true(edu_is_busy(&edu));
    edu_wait(&edu);
    expect_eq(try_read32(OWN, &value).fsr, FSR_DENIED);
    hand_over(); /* 2: everything of its own is as it was */
    require_eq(balloon_in(OWN), 1);
    expect_true(is_filled(OWN, PAGE, PATTERN)); /* it was the same page all the time */
    expect_true(is_marked(OWN - PAGE, PAGE, 1) && is_marked(OWN + PAGE, PAGE, 1));
}

PEER(2, dma, a_page_that_is_given_back_under_a_copy_reaches_nobody_else)
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
    mark(LENT, PAGE, 2);
    hand_over();
    expect_true(is_marked(D2_PLACE, PLACE_BYTES, 2));
    peer_signal(0);
}

TEST(dma, a_page_that_is_given_back_and_had_again_under_a_copy_is_the_same, IDS "S2-01", WHY "both steps inside one copy", EDU)
{
    begin();
    edu_start_store(&edu, OWN, PAGE, EDU_SILENT);
    require_eq(balloon_out(OWN), 1);
    require_eq(balloon_in(OWN), 1);
    mark(OWN, PAGE, 1);
    expect_true(edu_is_busy(&edu));
    edu_wait(&edu);
    expect_true(is_filled(OWN, PAGE, PATTERN));
}

PEER(2, dma, a_page_that_is_given_back_and_had_again_under_a_copy_is_the_same)
{
    meet();
}

TEST(dma, a_borrowed_page_under_a_copy_is_not_used_again, IDS "S2-01 S2-03 S2-06 S0-11",
     WHY "the owner takes it back while the borrower's device writes", EDU)
{
    begin();
    require_eq(map(2, LENT), 0);
    edu_start_store(&edu, LENT, PAGE, EDU_SILENT);
    hand_over(); /* 1: given back, and not to be had again */
    expect_true(edu_is_busy(&edu));
    edu_wait(&edu);
    expect_true(is_filled(LENT, PAGE, PATTERN));
    hand_over(); /* 2: nor when the copy is over, for the map is still there */
    require_eq(unmap(LENT), 0);
    hand_over(); /* 3: has it again, and writes */
}

PEER(2, dma, a_borrowed_page_under_a_copy_is_not_used_again)
{
    meet();
    peer_wait(0);
    expect_eq(balloon_out(LENT), 1);
    expect_eq(balloon_in(LENT), 0);
    hand_over();
    expect_eq(balloon_in(LENT), 0);
    hand_over();
    require_eq(balloon_in(LENT), 1);
    mark(LENT, PAGE, FRESH);
    expect_true(is_marked(LENT, PAGE, FRESH));
    peer_signal(0);
}

TEST(dma, a_borrowed_page_that_was_let_go_in_time_is_free, IDS "S2-01", WHY "the other order: the copy, the unmap, then its owner", EDU)
{
    begin();
    require_eq(map(2, LENT), 0);
    edu_store(&edu, LENT, PAGE);
    require_eq(unmap(LENT), 0);
    hand_over(); /* 1: finds the data; given back and had again */
    sleep_ms(2 * EDU_MS);
    hand_over(); /* 2: finds what it wrote */
}

PEER(2, dma, a_borrowed_page_that_was_let_go_in_time_is_free)
{
    meet();
    peer_wait(0);
    expect_true(is_filled(LENT, PAGE, PATTERN));
    expect_eq(balloon_out(LENT), 1);
    expect_eq(balloon_in(LENT), 1);
    mark(LENT, PAGE, FRESH);
    hand_over();
    expect_true(is_marked(LENT, PAGE, FRESH));
    peer_signal(0);
}

TEST(dma, a_pci_device_of_the_borrower_writes_shared_memory_that_the_owner_sees, IDS "S0-11", WHY "a device and both domains name it alike",
     EDU)
{
    begin();
    edu_store(&edu, SHARED + PAGE, PAGE);
    hand_over(); /* 1: sees it */
}

PEER(2, dma, a_pci_device_of_the_borrower_writes_shared_memory_that_the_owner_sees)
{
    meet();
    mark(SHARED, 3 * PAGE, 2);
    peer_wait(0);
    expect_true(is_marked(SHARED, PAGE, 2));
    expect_true(is_filled(SHARED + PAGE, PAGE, PATTERN));
    expect_true(is_marked(SHARED + 2 * PAGE, PAGE, 2));
    peer_signal(0);
}
