/* SPDX-License-Identifier: Apache-2.0 */
/* Restarts with more than one vCPU, on more than one CPU, beside somebody more important. */
#include "restart.h"

#define TWO NEEDS "system=restart-two strategies=window,switch,mask"

enum { FIRST = 1, SECOND = 2, ROUNDS = 10, KILLS = 20, CLOCK = RAM(0x30020000), TICK_NS = 5000 };

static volatile uint32_t running;

static void run_for_ever(void *unused)
{
    (void)unused;
    __atomic_store_n(&running, 1, __ATOMIC_SEQ_CST);
    for (;;) {
        diary->word[9]++;
        hypercall_xen_version(XENVER_version, NULL);
    }
}

static void sleep_for_ever(void *unused)
{
    (void)unused;
    __atomic_store_n(&running, 1, __ATOMIC_SEQ_CST);
    idle_for_ever();
}

static void start_second(void (*function)(void *))
{
    require_eq(cpu_start(1, function, NULL), PSCI_SUCCESS);
    spin_until(__atomic_load_n(&running, __ATOMIC_SEQ_CST) != 0);
}

TEST(restart, further_vcpus_are_off_in_a_new_life, IDS "S0-05", WHY "only vCPU 0 starts", TWO)
{
    expect_soon(board->done == SECOND);
    expect_never(board->lives != SECOND);
}

PEER(2, restart, further_vcpus_are_off_in_a_new_life)
{
    const uint32_t life = begin_life();

    expect_true(cpu_is_off(1));
    start_second(sleep_for_ever);
    expect_true(!cpu_is_off(1));
    if (life == FIRST)
        reboot();
    end_part();
}

TEST(restart, a_vcpu_that_runs_elsewhere_is_stopped, IDS "S0-05 X-60", WHY "nothing of the old life runs on", TWO)
{
    require_soon(board->done == SECOND);
    const uint32_t count = diary->word[9];

    expect_true(count > 0);
    expect_never(diary->word[9] != count);
}

PEER(2, restart, a_vcpu_that_runs_elsewhere_is_stopped)
{
    if (begin_life() == FIRST) {
        start_second(run_for_ever);
        while (diary->word[9] < 20)
            relax();
        reboot();
    }
    end_part();
}

static void reboot_from_here(void *unused)
{
    (void)unused;
    reboot();
}

TEST(restart, any_vcpu_may_ask_for_the_restart, IDS "S0-05", WHY "vCPU 0 starts, whoever asked", TWO)
{
    expect_soon(board->done == SECOND);
    expect_never(board->lives != SECOND);
}

PEER(2, restart, any_vcpu_may_ask_for_the_restart)
{
    if (begin_life() == FIRST) {
        require_eq(cpu_start(1, reboot_from_here, NULL), PSCI_SUCCESS);
        for (;;)
            relax();
    }
    expect_eq(this_cpu(), 0);
    expect_true(cpu_is_off(1));
    end_part();
}

/* The second vCPU maps and unmaps pages of domain 1 while the first one ends the life: later in each life. */
static void map_for_ever(void *unused)
{
    (void)unused;
    __atomic_store_n(&running, 1, __ATOMIC_SEQ_CST);
    for (;;) {
        static uint64_t frames[32];
        static int32_t errs[32];
        const struct xen_add_to_physmap_batch arg = {.domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign, .size = 32,
            .foreign_domid = 1, .idxs = (uintptr_t)frames, .gpfns = (uintptr_t)frames, .errs = (uintptr_t)errs};

        for (uint32_t n = 0; n < 32; n++)
            frames[n] = (OWN_1 + n * PAGE) >> XEN_PAGE_SHIFT;
        hypercall_memory_op(XENMEM_add_to_physmap_batch, &arg);
        for (uint32_t n = 0; n < 32; n++)
            unmap(OWN_1 + n * PAGE);
    }
}

TEST(restart, a_domain_killed_in_the_middle_of_a_batch_leaves_no_pin, IDS "S2-02 S0-05",
     WHY "at many places of the batch, map and unmap", TWO)
{
    expect_within(board->done == KILLS, 5ull * SOON_NS);
    for (uint32_t n = 0; n < 32; n++) {
        expect_eq(balloon_out(OWN_1 + n * PAGE), 1);
        expect_eq(balloon_in(OWN_1 + n * PAGE), 1);
    }
}

PEER(2, restart, a_domain_killed_in_the_middle_of_a_batch_leaves_no_pin)
{
    const uint32_t life = begin_life();

    if (life < KILLS) {
        start_second(map_for_ever);
        delay_ns(1000 + 1300 * life);
        reboot();
    }
    end_part();
}

TEST(restart, a_domain_restarts_on_the_other_cpu, IDS "S0-05 X-60", WHY "while this one goes on, event by event",
     NEEDS "system=restart-smp strategies=window,switch,mask,shared")
{
    require_eq(events_register_shared_info((void *)EVENTS_1), 0);
    while (board->done < ROUNDS) {
        evtchn_send(10); /* delivered or not: never to a page of the life before */
        evtchn_send(12);
        relax();
    }
    expect_eq(board->lives, ROUNDS);
}

PEER(2, restart, a_domain_restarts_on_the_other_cpu)
{
    const uint32_t life = begin_life(), page = EVENTS_2 + life % 2 * PAGE, other = EVENTS_2 + (life + 1) % 2 * PAGE;

    require_eq(events_register_shared_info((void *)(uintptr_t)page), 0);
    delay_ns(2000);
    for (uint32_t i = 0; i < PAGE; i += 4)
        expect_eq(*word_at(other + i), 0);
    end_part();
    if (life < ROUNDS)
        reboot();
}

TEST(restart, pages_of_a_domain_that_restarts_elsewhere_are_borrowed_whole_or_not, IDS "S1-11 X-39 X-60",
     WHY "what can be mapped belongs to a life, and stays", NEEDS "system=restart-smp strategies=window,switch,mask")
{
    uint32_t got = 0, refused = 0;

    require_soon(board->lives > 0);
    while (board->lives < ROUNDS) {
        const int32_t result = map(2, SPARE_2);

        if (result == 0) {
            const uint32_t word = *word_at(SPARE_2);

            if (got++ % 8 == 0)
                relax(); /* an emulator that runs one CPU at a time lets the other one on */
            expect_true(word == 0 || word <= ROUNDS); /* the life's own number, or not yet written */
            *word_at(SPARE_2 + 64) = word;
            expect_eq(unmap(SPARE_2), 0);
        } else {
            if (refused++ % 64 == 0)
                relax();
            expect_eq(result, -XEN_EINVAL);
        }
    }
    note("%u mapped, %u refused", got, refused);
    expect_true(got > 0 && refused > 0);
}

PEER(2, restart, pages_of_a_domain_that_restarts_elsewhere_are_borrowed_whole_or_not)
{
    const uint32_t life = begin_life();

    expect_eq(*word_at(SPARE_2), 0);
    *word_at(SPARE_2) = life;
    delay_ns(10000);
    expect_eq(*word_at(SPARE_2), life);
    if (life < ROUNDS)
        reboot();
}

/* ---- priorities ---- */

static void count_tick(uint32_t intid)
{
    (void)intid;
    ++*word_at(CLOCK);
    timer_arm_ns(TICK_NS);
}

TEST(restart, somebody_more_important_runs_during_a_restart, IDS "S0-05", WHY "it is done in short steps",
     NEEDS "system=restart-trio strategies=window,switch,mask")
{
    expect_soon(board->done == SECOND);
    note("%u ticks", board->word[1] - board->word[0]);
    expect_true(board->word[1] - board->word[0] > 5);
}

PEER(2, restart, somebody_more_important_runs_during_a_restart)
{
    if (begin_life() == FIRST) {
        while ((board->word[0] = *word_at(CLOCK)) < 5)
            relax();
        reboot();
    }
    board->word[1] = *word_at(CLOCK);
    end_part();
}

PEER(3, restart, somebody_more_important_runs_during_a_restart)
{
    irq_init();
    irq_set_handler(INTID_TIMER, count_tick);
    irq_enable_source(INTID_TIMER);
    timer_arm_ns(TICK_NS);
    for (;;) {
        sched_block();
        irq_mask();
    }
}

TEST(restart, a_channel_is_made_again_from_its_first_end, IDS "X-12 X-13", WHY "the other end starts pending",
     NEEDS "system=restart-trio")
{
    expect_soon(board->done == SECOND);
    expect_soon(*word_at(CLOCK) == SECOND);
}

PEER(2, restart, a_channel_is_made_again_from_its_first_end)
{
    const uint32_t life = begin_life();

    register_events();
    expect_true(!event_is_pending(21)); /* A starts clean */
    while (*word_at(CLOCK) < life)
        nap();
    if (life == FIRST)
        reboot();
    end_part();
}

PEER(3, restart, a_channel_is_made_again_from_its_first_end)
{
    struct evtchn_status_args status;

    require_eq(events_register_shared_info((void *)RAM(0x28008000)), 0);
    expect_true(event_clear(31)); /* B starts pending */
    *word_at(CLOCK) = FIRST;
    do {
        event_wait(31); /* told of the end, then of the start */
        require_eq(evtchn_status(DOMID_SELF, 31, &status), 0);
    } while (status.status != EVTCHNSTAT_interdomain);
    *word_at(CLOCK) = SECOND;
}
