/* SPDX-License-Identifier: Apache-2.0 */
/* Restarts at the edges: a bank of one page, slots of time, both vCPUs asking, pages next to what is loaded. */
#include "lender.h"

enum { LAST_PAGE = RAM(0x21020000), SLICE_NS = 20 * 1000, LIVES = 6, SPAN_NS = 50 * 1000, LEAD_NS = 300, TURN_NS = 2000 };

/* ---- a bank of one page ---- */

TEST(restart, a_bank_of_one_page_is_waited_for_and_starts_empty, IDS "S0-05 X-31 X-39", WHY "the smallest piece there is",
     NEEDS "system=restart-page strategies=window,switch,mask")
{
    require_soon(board->done == FIRST);
    require_eq(map(2, LAST_PAGE), 0);
    expect_eq(*word_at(LAST_PAGE), OLD);
    let_it_reboot();
    expect_never(board->lives != FIRST);
    expect_eq(map(2, spare(0)), -XEN_EINVAL); /* its pages are nobody's to have meanwhile */
    expect_eq(unmap(LAST_PAGE), 0);
    expect_soon(board->done == SECOND);
}

PEER(2, restart, a_bank_of_one_page_is_waited_for_and_starts_empty)
{
    expect_true(is_reachable(LAST_PAGE));
    expect_eq(*word_at(LAST_PAGE), 0);
    *word_at(LAST_PAGE) = OLD;
    if (live_and_reboot() == SECOND)
        end_part();
}

/* ---- slices ---- */

TEST(restart, a_restart_shares_the_cpu_in_slices, IDS "S0-05 S3-04", WHY "with somebody of its own priority",
     NEEDS "system=restart-slice strategies=window,switch preset=release")
{
    uint64_t last, worst = 0;

    require_soon(board->done == FIRST);
    let_it_reboot();
    const uint64_t begin = last = now_ns();

    while (board->lives == FIRST) {
        const uint64_t now = now_ns();

        worst = now - last > worst ? now - last : worst;
        last = now;
        require_true(now - begin < SOON_NS);
    }
    note("%llu ns in all, %llu ns at once", (unsigned long long)(last - begin), (unsigned long long)worst);
    expect_true(last - begin > 6 * SLICE_NS); /* or nothing is shown here */
    expect_true(worst < 2 * SLICE_NS);
}

PEER(2, restart, a_restart_shares_the_cpu_in_slices)
{
    live_and_reboot();
}

/* ---- both vCPUs end the life ---- */

static volatile uint64_t due; /* vCPU 1 asks then */

static const char unfinished[] =
    "It takes the hypervisor some time to write a line as long as this one, and all that time the domain stops on one CPU "
    "and goes on on the other; that is when the other vCPU asks, too.";

static void ask_for_reboot(volatile uint32_t *came_back)
{
    const struct sched_shutdown arg = {.reason = SHUTDOWN_reboot};

    hypercall_sched_op(SCHEDOP_shutdown, &arg);
    ++*came_back; /* the other one had asked before, and has not stopped us yet */
}

static void ask_too(uint32_t intid)
{
    (void)intid;
    timer_disarm();
    ask_for_reboot(&diary->word[1]);
}

static void ask_by_the_clock(void *unused)
{
    (void)unused;
    irq_init();
    irq_set_handler(INTID_TIMER, ask_too);
    irq_enable_source(INTID_TIMER);
    timer_arm_ns(SPAN_NS);
    due = now_ns() + SPAN_NS;
    irq_unmask();
    for (;;)
        relax();
}

TEST(restart, a_life_that_both_vcpus_end_is_ended_once, IDS "S0-05", WHY "one CPU stops a domain, however many want to",
     NEEDS "system=restart-two preset=release")
{
    expect_soon(board->done == LIVES);
    expect_never(board->lives != LIVES);
    note("vCPU 1 came back %u times", diary->word[1]);
    if (diary->word[1] == 0)
        skip_("the calls of the two never met on this machine");
}

/*
 * vCPU 0 asks a little before the time of vCPU 1. It leaves a long line unfinished: while the hypervisor writes that, the
 * domain is stopping and vCPU 1 is not stopped yet. Its own timer, which nobody hears, makes the emulator change CPUs then;
 * the checked image is too slow for that.
 */
PEER(2, restart, a_life_that_both_vcpus_end_is_ended_once)
{
    const uint32_t life = begin_life();

    if (life < LIVES) {
        require_eq(cpu_start(1, ask_by_the_clock, NULL), PSCI_SUCCESS);
        spin_until(due != 0);
        console_write(unfinished, sizeof(unfinished) - 1);
        timer_arm_ns(due + TURN_NS - now_ns());
        while (now_ns() < due - LEAD_NS * life)
            continue;
        ask_for_reboot(&diary->word[0]);
        idle_for_ever();
    }
    end_part();
}

/* ---- reserved pages beside what is loaded ---- */

static uintptr_t tree_page(void)
{
    return board->word[0];
}

TEST(restart, a_page_between_image_and_tree_is_left_out, IDS "X-39 S0-05", WHY "nothing is loaded there",
     NEEDS "system=restart-reserve")
{
    require_soon(board->done == FIRST);
    require_eq(map(2, tree_page() - PAGE), 0);
    let_it_reboot();
    require_soon(board->done == SECOND);
    expect_eq(unmap(tree_page() - PAGE), 0);
}

PEER(2, restart, a_page_between_image_and_tree_is_left_out)
{
    board->word[0] = (uintptr_t)machine.device_tree & ~(uint32_t)(PAGE - 1);
    if (live_and_reboot() == FIRST)
        return;
    expect_true(!is_reachable(tree_page() - PAGE));
    expect_true(is_reachable(tree_page()));
    end_part();
}

TEST(restart, a_page_of_the_tree_cannot_be_left_out, IDS "X-39", WHY "the next life reads it first",
     NEEDS "system=restart-reserve")
{
    require_soon(board->done == FIRST);
    require_eq(map(2, tree_page()), 0);
    let_it_reboot();
    expect_never(board->lives != FIRST);
    expect_eq(unmap(tree_page()), 0);
    expect_soon(board->done == SECOND);
}

PEER(2, restart, a_page_of_the_tree_cannot_be_left_out)
{
    board->word[0] = (uintptr_t)machine.device_tree & ~(uint32_t)(PAGE - 1);
    if (live_and_reboot() == SECOND)
        end_part();
}

/* ---- the system ends first ---- */

TEST(restart, the_system_may_end_while_a_domain_waits_to_restart, IDS "S0-05", WHY "an essential domain waits for nobody",
     NEEDS "system=restart")
{
    require_soon(board->done == FIRST);
    require_eq(map(2, spare(0)), 0);
    let_it_reboot();
    expect_never(board->lives != FIRST);
}

PEER(2, restart, the_system_may_end_while_a_domain_waits_to_restart)
{
    live_and_reboot();
}
