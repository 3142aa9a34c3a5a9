/* SPDX-License-Identifier: Apache-2.0 */
/* Where a vCPU's time goes, in memory of the guest. */
#include "sched.h"

enum { STEP = 8, MARK = 0xa5, HALF = sizeof(struct vcpu_runstate_info) / 2 };

static uint8_t pages[2][XEN_PAGE_SIZE] __attribute__((aligned(4096), section(".bss.page_aligned")));

static int32_t register_area(uint32_t vcpu, uintptr_t area)
{
    const struct vcpu_register_runstate_memory_area request = {.area = area};

    return (int32_t)hypercall_vcpu_op(VCPUOP_register_runstate_memory_area, vcpu, &request);
}

static const volatile struct vcpu_runstate_info *registered_at(void *place)
{
    require_eq(register_area(this_cpu(), (uintptr_t)place), 0);
    return place;
}

static uint64_t sum(const volatile struct vcpu_runstate_info *info)
{
    uint64_t all = 0;

    for (uint32_t state = 0; state < NR_RUNSTATES; state++)
        all += info->time[state];
    return all;
}

static void expect_slept(const volatile struct vcpu_runstate_info *info)
{
    const uint64_t blocked = info->time[RUNSTATE_blocked];

    expect_true(blocked >= LONG_NS - SHORT_NS && blocked <= LONG_NS + SHORT_NS);
}

TEST(sched, a_runstate_area_is_written_at_once, IDS "", WHY "it runs", NEEDS "system=solo")
{
    const uint64_t begin = now_ns();
    const volatile struct vcpu_runstate_info *const info = registered_at(pages[0] + STEP);

    expect_eq(info->state, RUNSTATE_running);
    expect_true(info->state_entry_time >= begin && info->state_entry_time <= now_ns());
    expect_true(sum(info) <= SHORT_NS);
}

TEST(sched, a_sleep_is_blocked_time, IDS "", WHY "nobody took the CPU away", NEEDS "system=solo")
{
    const volatile struct vcpu_runstate_info *const info = registered_at(pages[0]);
    const uint64_t from = info->state_entry_time - sum(info);

    sched_poll(NULL, 0, now_ns() + LONG_NS);
    expect_eq(info->state, RUNSTATE_running);
    expect_slept(info);
    expect_true(info->time[RUNSTATE_running] > 0 && info->time[RUNSTATE_running] < SHORT_NS);
    expect_eq(info->time[RUNSTATE_runnable], 0);
    expect_eq(info->time[RUNSTATE_offline], 0);
    expect_eq(info->state_entry_time - from, sum(info));
}

TEST(sched, a_runstate_area_may_cross_pages, IDS "", WHY "its address is a virtual one", NEEDS "system=solo")
{
    const volatile struct vcpu_runstate_info *const info = registered_at(pages[1] - HALF);

    sched_poll(NULL, 0, now_ns() + LONG_NS);
    expect_eq(info->state, RUNSTATE_running);
    expect_slept(info);
}

TEST(sched, a_runstate_area_moves_with_the_next_registration, IDS "", WHY "time goes on", NEEDS "system=solo")
{
    const volatile struct vcpu_runstate_info *const old = registered_at(pages[0]);

    sched_poll(NULL, 0, now_ns() + LONG_NS);
    const uint64_t kept = old->state_entry_time;
    const volatile struct vcpu_runstate_info *const info = registered_at(pages[1]);

    sched_poll(NULL, 0, now_ns() + LONG_NS);
    expect_eq(old->state_entry_time, kept);
    expect_true(info->time[RUNSTATE_blocked] >= 2 * (LONG_NS - SHORT_NS));
}

TEST(sched, a_runstate_area_has_to_be_own_ram, IDS "", WHY "EL2 writes there", NEEDS "system=pair")
{
    expect_eq(register_area(0, (uintptr_t)pages[0] + STEP / 2), -XEN_EINVAL);
    expect_eq(register_area(0, machine.gicd), -XEN_EFAULT);
    expect_eq(register_area(0, RAM(0x20400000)), -XEN_EFAULT); /* the peer's */
    expect_eq(register_area(0, machine.bank[0].base + machine.bank[0].size - HALF), -XEN_EFAULT);
    expect_eq(register_area(1, (uintptr_t)pages[0]), -XEN_ENOENT);
    expect_eq(hypercall_vcpu_op(VCPUOP_register_runstate_memory_area, 0, (void *)machine.gicd), -XEN_EFAULT);
}

/* ---- two vCPUs on one CPU ---- */

static volatile bool go, gone;

static void take_the_cpu(void *unused)
{
    (void)unused;
    while (!go)
        sched_yield();
    delay_ns(LONG_NS);
    gone = true;
}

TEST(sched, time_that_another_vcpu_took_is_runnable, IDS "", WHY "it could have run", NEEDS "system=two-vcpus")
{
    const volatile struct vcpu_runstate_info *const info = registered_at(pages[0]);

    expect_eq(register_area(1, (uintptr_t)pages[1]), -XEN_EINVAL); /* each for itself */
    require_eq(cpu_start(1, take_the_cpu, NULL), PSCI_SUCCESS);
    go = true;
    while (!gone)
        sched_yield();
    expect_eq(info->state, RUNSTATE_running);
    expect_true(info->time[RUNSTATE_runnable] >= LONG_NS && info->time[RUNSTATE_runnable] < LONG_NS + 10 * SHORT_NS);
    expect_eq(info->time[RUNSTATE_blocked], 0);
}

static void register_mark_and_stop(void *unused)
{
    (void)unused;
    require_eq(register_area(1, (uintptr_t)pages[1]), 0);
    memset(pages[1], MARK, sizeof(struct vcpu_runstate_info));
}

/* The CPU sleeps with the stopped vCPU loaded, and wakes for the other one. */
TEST(sched, nothing_is_told_to_a_vcpu_that_stopped, IDS "", WHY "its memory may be anything by then", NEEDS "system=two-vcpus")
{
    require_eq(cpu_start(1, register_mark_and_stop, NULL), PSCI_SUCCESS);
    sched_poll(NULL, 0, now_ns() + LONG_NS);
    require_true(cpu_is_off(1));
    uint32_t kept = 0;
    while (kept < sizeof(struct vcpu_runstate_info) && pages[1][kept] == MARK)
        kept++;
    expect_eq(kept, sizeof(struct vcpu_runstate_info));
}
