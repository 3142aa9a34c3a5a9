/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A domain stops in the middle of a copy. Domain 2 runs its PEER function in each of its lives; the shared memory that it
 * owns keeps what is to be known of them. Without an SMMU the copy lands before its memory is used again; with one the
 * stream is closed first, and the copy lands nowhere.
 */
#include "edu.h"

#define EDU NEEDS "system=edu"
#define BYPASS NEEDS "system=edu-bypass"

enum { PATTERN = 0x5eaf00d5, WORK = D2_PLACE, TARGET = D2_PLACE + 8 * PAGE, OWN = D1_PLACE + 5 * PAGE, NAP_MS = 10 };

struct diary {
    uint32_t lives;   /* of domain 2, this one included */
    uint32_t done;    /* the life that came to its end */
    uint64_t started; /* a copy, ns */
};

#define diary ((volatile struct diary *)SHARED)

static struct edu edu;

static void wait_for_life(uint32_t life)
{
    while (diary->done != life)
        sleep_ms(NAP_MS);
}

static bool is_over(void)
{
    return now_ns() - diary->started >= EDU_LEAST_NS;
}

/* Nothing is there, and nothing comes. */
static void expect_clean(void)
{
    expect_true(is_filled(TARGET, EDU_BYTES, 0));
    sleep_ms(2 * EDU_MS);
    expect_true(is_filled(TARGET, EDU_BYTES, 0));
}

/* Two lives; the first ends in the middle of a copy. */
static void live_twice(void)
{
    const uint32_t life = ++diary->lives;

    if (life == 2) {
        expect_true(is_over());
        expect_clean();
    }
    edu_open(&edu);
    expect_eq(edu_raised(&edu), 0);
    edu_load(&edu, WORK, PATTERN);
    if (life == 1) {
        diary->started = now_ns();
        edu_start_store(&edu, TARGET, EDU_BYTES, EDU_SILENT);
        shutdown(SHUTDOWN_reboot);
    }
    edu_store(&edu, TARGET, EDU_BYTES);
    expect_true(is_filled(TARGET, EDU_BYTES, PATTERN));
    diary->done = life;
}

TEST(dma, a_restart_waits_for_the_copy_of_a_pci_device, IDS "S1-11 S2-01 S3-10", WHY "its idle word tells, and nothing else stops it", EDU)
{
    wait_for_life(2);
}

PEER(2, dma, a_restart_waits_for_the_copy_of_a_pci_device)
{
    live_twice();
}

TEST(dma, a_pci_device_passes_the_smmu_again_after_a_restart, IDS "S1-11 S2-01 S0-13", WHY "closed while its domain is down, then open", BYPASS)
{
    wait_for_life(2);
}

PEER(2, dma, a_pci_device_passes_the_smmu_again_after_a_restart)
{
    live_twice();
}

TEST(dma, a_domain_on_the_other_cpu_restarts_in_the_middle_of_a_copy, IDS "S1-11 S2-01 S0-13", WHY "its stream is closed from there",
     NEEDS "system=edu-smp")
{
    wait_for_life(2);
}

PEER(2, dma, a_domain_on_the_other_cpu_restarts_in_the_middle_of_a_copy)
{
    live_twice();
}

/* Where nobody finds it, or with its memory off: the idle word would not be there. */
static void hide(uint32_t life)
{
    if (life == 1)
        return; /* it was never touched: no base address yet */
    edu_open(&edu);
    if (life == 2)
        edu.config[CONFIG_BASE_0] = 0x20000000;
    else
        edu.config[CONFIG_COMMAND] = 0;
}

TEST(dma, a_restart_finds_a_pci_device_wherever_its_domain_left_it, IDS "S3-10 S1-11", WHY "its configuration space is reset first", EDU)
{
    wait_for_life(4);
}

PEER(2, dma, a_restart_finds_a_pci_device_wherever_its_domain_left_it)
{
    const uint32_t life = ++diary->lives;

    if (life < 4) {
        hide(life);
        shutdown(SHUTDOWN_reboot);
    }
    edu_open(&edu);
    edu_load(&edu, WORK, PATTERN);
    edu_store(&edu, TARGET, EDU_BYTES);
    expect_true(is_filled(TARGET, EDU_BYTES, PATTERN));
    diary->done = life;
}

/* Domain 2 borrows OWN, lets its device write it, and ends. */
static void end_with_a_borrowed_page(void)
{
    edu_open(&edu);
    edu_load(&edu, WORK, PATTERN);
    require_eq(map(1, OWN), 0);
    diary->started = now_ns();
    edu_start_store(&edu, OWN, PAGE, EDU_SILENT);
    diary->done = 1;
    shutdown(SHUTDOWN_poweroff);
}

static void get_the_page_back(void)
{
    mark(OWN, PAGE, 1);
    wait_for_life(1);
    expect_eq(balloon_out(OWN), 1);
    while (balloon_in(OWN) != 1)
        sleep_ms(NAP_MS);
}

static void expect_quiet_page(void)
{
    mark(OWN, PAGE, 2);
    sleep_ms(2 * EDU_MS);
    expect_true(is_marked(OWN, PAGE, 2));
}

TEST(dma, the_page_of_a_borrower_that_ended_under_a_copy_comes_back_after_it, IDS "S2-01 S2-08",
     WHY "first the device is idle, then the pin goes", EDU)
{
    get_the_page_back();
    expect_true(is_over());
    expect_true(is_filled(OWN, PAGE, PATTERN));
    expect_quiet_page();
}

PEER(2, dma, the_page_of_a_borrower_that_ended_under_a_copy_comes_back_after_it)
{
    end_with_a_borrowed_page();
}

TEST(dma, a_closed_stream_keeps_a_copy_off_the_page_of_a_borrower_that_ended, IDS "S2-01 S2-08 S0-14", WHY "nothing of it is written", BYPASS)
{
    get_the_page_back();
    expect_true(is_marked(OWN, PAGE, 1));
    expect_quiet_page();
}

PEER(2, dma, a_closed_stream_keeps_a_copy_off_the_page_of_a_borrower_that_ended)
{
    end_with_a_borrowed_page();
}
