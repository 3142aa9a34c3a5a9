/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static shared memory that is nobody's: its nodes say no role. Each of the two domains has it in its view and gives it
 * up for itself alone, and the firewall follows.
 */
#include "dma.h"

#define NOBODY NEEDS "system=dma-nobody strategies=window,switch,mask"

enum { PAGE_1 = SHARED + PAGE, PAGE_2 = SHARED + 2 * PAGE, NAP_NS = 20 * 1000, LAST_2 = 0x29004000 /* where the last bank of domain 1 ends */ };

struct diary {
    uint32_t lives; /* of domain 2, this one included */
    uint32_t done;  /* the life that came to its end */
};

#define diary ((volatile struct diary *)SHARED)

static struct dma dma;

static void expect_gone(uintptr_t page)
{
    const struct dma_descriptor fill = dma_fill(page, PAGE, 0xbad);
    uint32_t value;

    expect_eq(try_read32(page, &value).fsr, FSR_DENIED);
    expect_eq(try_write32(page + PAGE - 4, 0).fsr, FSR_DENIED | FSR_WRITE);
    dma_expect_error(&dma, &fill, DMA_ERROR_FIREWALL, page);
}

static void expect_there(uintptr_t page, uint32_t pattern)
{
    const struct dma_descriptor fill = dma_fill(page, PAGE, pattern);

    expect_eq(dma_run(&dma, &fill), DMA_ERROR_NONE);
    expect_true(is_filled(page, PAGE, pattern));
}

TEST(dma, memory_of_nobody_is_given_up_by_each_for_itself, IDS "S2-10 S3-05", WHY "there is no owner to ask, and no pin", NOBODY)
{
    dma_open(&dma, 0);
    meet();
    expect_there(PAGE_1, PATTERN);
    expect_there(PAGE_2, PATTERN);
    expect_eq(unmap(PAGE_1), 0);
    expect_gone(PAGE_1);
    expect_there(PAGE_2, ~PATTERN);
    expect_eq(unmap(PAGE_1), -XEN_ENOENT);
    peer_signal(0);
    peer_wait(0); /* it has looked, and given up the next one */
    expect_there(PAGE_2, PATTERN);
    expect_gone(PAGE_1);
}

PEER(2, dma, memory_of_nobody_is_given_up_by_each_for_itself)
{
    dma_open(&dma, 0);
    meet();
    peer_wait(0);
    expect_true(is_filled(PAGE_1, PAGE, PATTERN)); /* what was out of domain 1's reach did not change it */
    expect_true(is_filled(PAGE_2, PAGE, ~PATTERN));
    expect_eq(unmap(PAGE_2), 0);
    expect_gone(PAGE_2);
    expect_there(PAGE_1, ~PATTERN);
    peer_signal(0);
}

TEST(dma, memory_of_nobody_is_there_again_in_a_new_life, IDS "S0-05 S3-05", WHY "the view as configured", NOBODY)
{
    while (diary->done != 2)
        sched_poll(NULL, 0, now_ns() + NAP_NS);
    dma_open(&dma, 0);
    expect_there(PAGE_2, PATTERN);
}

PEER(2, dma, memory_of_nobody_is_there_again_in_a_new_life)
{
    const uint32_t life = ++diary->lives;

    dma_open(&dma, 0);
    expect_there(PAGE_2, life);
    if (life == 1) {
        expect_eq(unmap(PAGE_2), 0);
        expect_gone(PAGE_2);
        shutdown(SHUTDOWN_reboot);
    }
    diary->done = life;
}

/* With what was nobody's given up, the borrowed page is the first piece behind the domain's own banks. */
TEST(dma, a_borrowed_page_that_touches_the_last_bank_is_one_piece_with_it, IDS "S2-10 S3-05", WHY "a transfer may cross the seam",
     NOBODY)
{
    const struct dma_descriptor across = dma_fill(LAST_2 - PAGE, 2 * PAGE, PATTERN);

    dma_open(&dma, 0);
    meet();
    for (uintptr_t page = SHARED; page < SHARED + SHARED_BYTES; page += PAGE)
        require_eq(unmap(page), 0);
    dma_expect_error(&dma, &across, DMA_ERROR_FIREWALL, LAST_2);
    require_eq(map(2, LAST_2), 0);
    expect_eq(dma_run(&dma, &across), DMA_ERROR_NONE);
    expect_true(is_filled(LAST_2 - PAGE, 2 * PAGE, PATTERN));
    expect_eq(unmap(LAST_2), 0);
    dma_expect_error(&dma, &across, DMA_ERROR_FIREWALL, LAST_2);
    expect_gone(LAST_2);
}

PEER(2, dma, a_borrowed_page_that_touches_the_last_bank_is_one_piece_with_it)
{
    meet();
    idle_for_ever();
}
