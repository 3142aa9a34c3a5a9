/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One domain on two CPUs: what vCPU 0 gives back is at once gone for vCPU 1, whatever that one does. The two
 * talk through flags; no step relies on time.
 */
#include "balloon.h"

#define TWO_CPUS NEEDS "system=smp-dom strategies=window,window-domain,switch,switch-entry,auto,mask,shared"
#define TWO_VCPUS NEEDS "system=two-vcpus strategies=all"

enum { ROUNDS = 20, BOOT_NS = 1000 * 1000 /* by then the other CPU waits for something to do */ };

/* vCPU 0 says which step it is at; vCPU 1 says which one it has finished. */
static volatile uint32_t step, done;
static volatile uintptr_t page;
static volatile int32_t answer;

static void tell(uint32_t number)
{
    __asm__ volatile("dmb sy" ::: "memory");
    step = number;
    __asm__ volatile("dsb sy\n\tsev" ::: "memory");
}

static void finished(uint32_t number)
{
    __asm__ volatile("dmb sy" ::: "memory");
    done = number;
    __asm__ volatile("dsb sy\n\tsev" ::: "memory");
}

/* On one CPU the other vCPU runs only when this one gives way; the hint does the same for an emulated CPU. */
static void await(volatile uint32_t *word, uint32_t number)
{
    while (*word < number) {
        sched_yield();
        relax();
    }
    __asm__ volatile("dmb sy" ::: "memory");
}

/* ---- even steps: the page is in; odd steps: it is out ---- */

static void look_at_each_step(void *argument)
{
    (void)argument;
    for (uint32_t at = 1; at <= 2 * ROUNDS; at++) {
        await(&step, at);
        if (at % 2)
            expect_out(page);
        else
            expect_in(page);
        finished(at);
    }
}

static void go_in_and_out(void)
{
    page = image_bank_page(10);
    require_eq(cpu_start(1, look_at_each_step, NULL), 0);
    for (uint32_t at = 1; at <= 2 * ROUNDS; at++) {
        if (at % 2)
            require_eq(decrease(page, 0), 1);
        else
            require_eq(populate(page, 0), 1);
        tell(at);
        await(&done, at);
    }
}

TEST(balloon, a_page_is_gone_for_the_other_cpu_at_once, IDS "S1-05 S1-07", WHY "before the call returns", TWO_CPUS)
{
    go_in_and_out();
}

TEST(balloon, a_page_is_gone_for_the_other_vcpu_of_this_cpu, IDS "S1-05", WHY "vCPUs share the view", TWO_VCPUS)
{
    go_in_and_out();
}

/* ---- nothing has run on the other CPU yet ---- */

static void look_at_once(void *unused)
{
    (void)unused;
    expect_out(page);
    finished(1);
}

TEST(balloon, a_page_may_go_before_the_other_cpu_has_run_anything, IDS "S1-05 S1-07", WHY "it holds still and has no view to load", TWO_CPUS)
{
    page = image_bank_page(10);
    delay_ns(BOOT_NS);
    require_eq(decrease(page, 0), 1);
    require_eq(cpu_start(1, look_at_once, NULL), 0);
    await(&done, 1);
}

/* ---- vCPU 1 uses the page all the time ---- */

static volatile uint32_t tries_that_worked, tries_that_faulted;

static void use_without_pause(void *argument)
{
    uint32_t value;

    (void)argument;
    finished(1);
    while (step == 0) {
        if (try_read32(page, &value).kind == FAULT_NONE)
            tries_that_worked = tries_that_worked + 1;
        else
            tries_that_faulted = tries_that_faulted + 1;
        relax();
    }
    finished(2);
}

TEST(balloon, a_page_in_use_by_the_other_cpu_can_go, IDS "S1-07", WHY "its next access faults; nothing else happens", TWO_CPUS)
{
    page = image_bank_page(10);
    require_eq(cpu_start(1, use_without_pause, NULL), 0);
    await(&done, 1);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint32_t worked = tries_that_worked;

        spin_until(tries_that_worked != worked);
        require_eq(decrease(page, 0), 1);
        const uint32_t faulted = tries_that_faulted;

        spin_until(tries_that_faulted - faulted >= 2);
        require_eq(populate(page, 0), 1);
    }
    tell(1);
    await(&done, 2);
}

/* ---- vCPU 1 uses the page for calls ---- */

static void call_at_each_step(void *argument)
{
    (void)argument;
    for (uint32_t at = 1; at <= 2 * ROUNDS; at++) {
        await(&step, at);
        if (at % 2 == 0)
            *(struct xen_feature_info *)page = (struct xen_feature_info){0};
        answer = hypercall_xen_version(XENVER_get_features, (void *)page);
        finished(at);
    }
}

static void call_in_and_out(void)
{
    page = image_bank_page(10);
    require_eq(cpu_start(1, call_at_each_step, NULL), 0);
    for (uint32_t at = 1; at <= 2 * ROUNDS; at++) {
        if (at % 2)
            require_eq(decrease(page, 0), 1);
        else
            require_eq(populate(page, 0), 1);
        tell(at);
        await(&done, at);
        expect_eq(answer, at % 2 ? -XEN_EFAULT : 0);
    }
}

TEST(balloon, a_page_is_no_buffer_for_the_other_cpu, IDS "S1-07", WHY "what it remembers of buffers is forgotten", TWO_CPUS)
{
    call_in_and_out();
}

TEST(balloon, a_page_is_no_buffer_for_the_other_vcpu, IDS "S1-07", WHY "each vCPU remembers buffers", TWO_VCPUS)
{
    call_in_and_out();
}

/* ---- both change the view ---- */

static void churn(void *argument)
{
    const uint32_t own = image_bank_page(40);

    (void)argument;
    finished(1);
    for (uint32_t round = 0; step == 0; round++) {
        const uint32_t mine = own + round % 4 * PAGE;

        if (decrease(mine, 0) != 1 || populate(mine, 0) != 1)
            fail_("vCPU 1 cannot give away 0x%x in round %u", mine, round);
    }
    finished(2);
}

TEST(balloon, both_cpus_give_back_pages_at_once, IDS "S1-07", WHY "one view, two hands", TWO_CPUS)
{
    require_eq(cpu_start(1, churn, NULL), 0);
    await(&done, 1);
    for (uint32_t round = 0; round < 4 * ROUNDS; round++) {
        const uint32_t mine = image_bank_page(10) + round % 4 * PAGE;

        require_eq(decrease(mine, 0), 1);
        expect_out(mine);
        require_eq(populate(mine, 0), 1);
        expect_in(mine);
    }
    tell(1);
    await(&done, 2);
    expect_range_in(image_bank_page(8), 40);
}

static void fight(void *argument)
{
    (void)argument;
    finished(1);
    while (step == 0) {
        answer = answer + decrease(page, 0);
        populate(page, 0);
    }
    finished(2);
}

TEST(balloon, both_cpus_give_back_the_same_page, IDS "S1-07", WHY "each decrease has one winner", TWO_CPUS)
{
    int32_t mine = 0;

    page = image_bank_page(10);
    require_eq(cpu_start(1, fight, NULL), 0);
    await(&done, 1);
    for (uint32_t round = 0; round < 4 * ROUNDS; round++) {
        const int32_t went = decrease(page, 0);

        expect_true(went == 0 || went == 1);
        mine += went;
        expect_eq(populate(page, 0), 1);
    }
    tell(1);
    await(&done, 2);
    expect_true(mine + answer > 0);
    expect_eq(populate(page, 0), 1);
    expect_in(page);
}

/* ---- vCPU 1 sleeps while the page goes ---- */

static uint32_t alarm; /* a port that notifies vCPU 1 */

static void sleep_and_look(void *argument)
{
    (void)argument;
    for (uint32_t at = 1; at <= 2 * ROUNDS; at++) {
        finished(at);
        event_wait(alarm);
        if (at % 2)
            expect_out(page);
        else
            expect_in(page);
    }
    finished(2 * ROUNDS + 1);
}

static void go_while_the_other_sleeps(void)
{
    page = image_bank_page(10);
    require_eq(events_init(), 0);
    alarm = (uint32_t)evtchn_bind_ipi(1);
    require_true((int32_t)alarm > 0);
    require_eq(cpu_start(1, sleep_and_look, NULL), 0);
    for (uint32_t at = 1; at <= 2 * ROUNDS; at++) {
        await(&done, at);
        for (uint32_t turn = 0; turn < 4; turn++) { /* it goes to sleep now, or finds the event before */
            sched_yield();
            relax();
        }
        if (at % 2)
            require_eq(decrease(page, 0), 1);
        else
            require_eq(populate(page, 0), 1);
        require_eq(evtchn_send(alarm), 0);
    }
    await(&done, 2 * ROUNDS + 1);
}

TEST(balloon, a_page_is_gone_when_the_other_cpu_wakes, IDS "S1-05 S1-07", WHY "an idle CPU has an old view loaded", TWO_CPUS)
{
    go_while_the_other_sleeps();
}

TEST(balloon, a_page_is_gone_when_the_other_vcpu_wakes, IDS "S1-05 S1-07", WHY "the view is the domain's", TWO_VCPUS)
{
    go_while_the_other_sleeps();
}
