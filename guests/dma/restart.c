/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A domain stops while its device writes. Domain 2 runs its PEER function in each of its lives; the shared memory that
 * it owns keeps what is to be known of them. Behind the firewall nothing of the device can hold up a restart;
 * without it the device must stop by its own registers and say so.
 */
#include "dma.h"

#define CHECKED NEEDS "system=dma"
#define CHECKED_ALL NEEDS "system=dma strategies=all"
#define TRUSTED NEEDS "system=dma-trusted"

enum { OWN = D1_PLACE + 5 * PAGE, NAP_NS = 20 * 1000, RETRY_NS = 500 * 1000, LONG_NS = 30 * 1000 * 1000 };

struct diary {
    uint32_t lives; /* of domain 2, this one included */
    uint32_t done;  /* the life that came to its end */
};

#define diary ((volatile struct diary *)SHARED)

static struct dma dma;

static void sleep_ns(uint64_t ns)
{
    sched_poll(NULL, 0, now_ns() + ns);
}

static void wait_for_life(uint32_t life)
{
    while (diary->done != life)
        sleep_ns(NAP_NS);
}

/* Domain 2: its start code and then its place, for ever, when it stops. */
static void write_over_everything(uint32_t more_flags)
{
    static struct dma_descriptor chain[2];

    chain[0] = dma_fill(D2_IMAGE, 64, PATTERN); /* nothing runs there any more */
    chain[0].next = (uintptr_t)&chain[1];
    chain[1] = dma_flood(D2_PLACE, PLACE_BYTES, PATTERN);
    chain[1].flags |= DMA_IRQ | more_flags;
    dma.registers->irq_enable = 1;
    dma_start(&dma, chain);
    dma_await_bytes(&dma, 2 * PAGE);
    expect_true(is_filled(D2_PLACE, PAGE, PATTERN));
}

static void expect_clean_place(void)
{
    expect_true(is_filled(D2_PLACE, PLACE_BYTES, 0));
    sleep_ns(10 * NAP_NS);
    expect_true(is_filled(D2_PLACE, PLACE_BYTES, 0));
}

static void expect_fresh_channel(void)
{
    const struct dma_descriptor d = dma_fill(D2_PLACE, PAGE, ~PATTERN);

    for (uint32_t i = 1; i < sizeof(struct dma_registers) / 4; i++)
        expect_eq(((volatile uint32_t *)dma.registers)[i], 0);
    expect_true(!irq_is_pending(dma.intid));
    expect_eq(dma_run(&dma, &d), DMA_ERROR_NONE);
    expect_true(is_filled(D2_PLACE, PAGE, ~PATTERN));
    expect_true(is_filled(D2_PLACE + PAGE, PLACE_BYTES - PAGE, 0));
}

/* Three lives; two end in the middle of a transfer. */
static void live_thrice(void)
{
    const uint32_t life = ++diary->lives;

    dma_open(&dma, 0);
    expect_clean_place();
    expect_fresh_channel();
    if (life < 3) {
        write_over_everything(0);
        shutdown(SHUTDOWN_reboot);
    }
    diary->done = life;
}

TEST(dma, a_restart_under_a_running_transfer_gives_a_whole_image, IDS "S1-11 S2-01",
     WHY "the firewall is closed before the first byte is scrubbed", CHECKED_ALL)
{
    wait_for_life(3);
}

PEER(2, dma, a_restart_under_a_running_transfer_gives_a_whole_image)
{
    live_thrice();
}

TEST(dma, a_trusted_device_is_stopped_by_its_own_registers_before_a_restart, IDS "S1-11 S3-10",
     WHY "no firewall: the reset list, and its idle word", TRUSTED)
{
    wait_for_life(3);
}

PEER(2, dma, a_trusted_device_is_stopped_by_its_own_registers_before_a_restart)
{
    live_thrice();
}

TEST(dma, a_device_that_hangs_behind_the_firewall_does_not_hold_up_a_restart, IDS "S1-11 S2-01 S3-05",
     WHY "its firewall stays closed, whatever it does", CHECKED)
{
    wait_for_life(3);
}

PEER(2, dma, a_device_that_hangs_behind_the_firewall_does_not_hold_up_a_restart)
{
    const uint32_t life = ++diary->lives;
    const struct dma_descriptor d = dma_fill(D2_PLACE, PAGE, ~PATTERN);

    dma_open(&dma, 0);
    expect_clean_place();
    if (life == 1)
        write_over_everything(DMA_HANG);
    if (life == 2) {
        dma_start(&dma, &d); /* nobody hears it */
        expect_clean_place();
        expect_eq(dma.registers->control, DMA_STOP);
        expect_true(dma_is_busy(&dma));
    }
    if (life < 3)
        shutdown(SHUTDOWN_reboot);
    diary->done = life;
}

TEST(dma, a_trusted_device_that_hangs_keeps_its_domain_down, IDS "S1-11 S2-01",
     WHY "memory that a device may still write is not used again", TRUSTED)
{
    while (diary->lives == 0)
        sleep_ns(NAP_NS);
    sleep_ns(LONG_NS);
    expect_eq(diary->lives, 1);
    expect_eq(diary->done, 0);
}

PEER(2, dma, a_trusted_device_that_hangs_keeps_its_domain_down)
{
    const uint32_t life = ++diary->lives;

    dma_open(&dma, 0);
    if (life == 1) {
        write_over_everything(DMA_HANG);
        shutdown(SHUTDOWN_reboot);
    }
    fail_("a second life");
    diary->done = life;
}

/* ---- the pages that it had borrowed ---- */

/* Domain 2 borrows OWN, lets its device write it for ever, and ends. */
static void end_with_a_borrowed_page(uint32_t flags)
{
    static struct dma_descriptor flood;

    dma_open(&dma, 0);
    require_eq(map(1, OWN), 0);
    flood = dma_flood(OWN, PAGE, PATTERN);
    flood.flags |= flags;
    dma_start(&dma, &flood);
    dma_await_bytes(&dma, 2 * PAGE);
    diary->done = 1;
    shutdown(SHUTDOWN_poweroff);
}

/* The borrower is gone or going: sooner or later the page can be used again, and nobody writes it any more. */
static void get_the_page_back(void)
{
    wait_for_life(1);
    expect_eq(balloon_out(OWN), 1);
    while (balloon_in(OWN) != 1)
        sleep_ns(RETRY_NS);
    mark(OWN, PAGE, 1);
    sleep_ns(10 * NAP_NS);
    expect_true(is_marked(OWN, PAGE, 1));
}

TEST(dma, the_pages_of_a_borrower_that_ended_under_dma_come_back, IDS "S2-01 S2-08",
     WHY "its device is stopped, then its pins are dropped", CHECKED_ALL)
{
    get_the_page_back();
}

PEER(2, dma, the_pages_of_a_borrower_that_ended_under_dma_come_back)
{
    end_with_a_borrowed_page(0);
}

TEST(dma, a_firewall_that_closes_is_enough_to_get_a_borrowed_page_back, IDS "S2-01 S2-08 S3-05",
     WHY "the device hangs, but behind it", CHECKED)
{
    get_the_page_back();
}

PEER(2, dma, a_firewall_that_closes_is_enough_to_get_a_borrowed_page_back)
{
    end_with_a_borrowed_page(DMA_HANG);
}

TEST(dma, a_page_that_a_hanging_device_may_write_never_comes_back, IDS "S2-01 S2-08",
     WHY "no firewall and no stop: the pin stays, though the domain is gone", TRUSTED)
{
    wait_for_life(1);
    expect_eq(balloon_out(OWN), 1);
    sleep_ns(LONG_NS);
    expect_eq(balloon_in(OWN), 0);
}

PEER(2, dma, a_page_that_a_hanging_device_may_write_never_comes_back)
{
    end_with_a_borrowed_page(DMA_HANG);
}
