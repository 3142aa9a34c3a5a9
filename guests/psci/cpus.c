/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vCPUs on and off, with the two vCPUs on a CPU each and on one CPU: the calls are the same, the way through
 * the hypervisor is not. Every wait yields, so that the other vCPU gets the CPU when they share it.
 */
#include "fencepost.h"
#include "entry.h"

#define wait_until(condition) \
    do {                      \
        sched_yield();        \
        relax();              \
    } while (!(condition))

struct entry_state entry_state;

static int32_t cpu_on(uint32_t function, uintptr_t entry)
{
    entry_state.done = 0;
    __asm__ volatile("dsb sy" ::: "memory");
    return psci(function, 1, entry, (uintptr_t)&entry_state);
}

static void expect_entry_state(bool with_context)
{
    if (with_context)
        expect_eq(entry_state.context, (uintptr_t)&entry_state);
    expect_eq(entry_state.mode & ENTRY_MODE_MASK, ENTRY_MODE); /* EL1; A, I and F masked */
    expect_eq(entry_state.sctlr & 0x1005, 0);                  /* no translation or protection, caches off */
    expect_eq(entry_state.mpidr & 0xffffff, 1);
}

static void start_and_look(uint32_t function, uintptr_t entry)
{
    expect_true(cpu_is_off(1));
    require_eq(cpu_on(function, entry), PSCI_SUCCESS);
    wait_until(entry_state.done);
    wait_until(cpu_is_off(1));
    expect_entry_state(function != PSCI_0_1_CPU_ON); /* which takes no context id */
}

static void start_in_every_way(void)
{
    const struct entry_way *way = entry_ways;

    for (; way->entry != NULL; way++)
        start_and_look(way->function, (uintptr_t)way->entry | way->low_bits);
}

TEST(psci, a_vcpu_starts_at_its_entry_on_another_cpu, IDS "S1-20", WHY "context in r0, SVC, everything masked",
     NEEDS "system=smp-dom")
{
    start_in_every_way();
}

TEST(psci, a_vcpu_starts_at_its_entry_on_the_same_cpu, IDS "S1-20", WHY "context in r0, SVC, everything masked",
     NEEDS "system=two-vcpus")
{
    start_in_every_way();
}

/* ---- running, until told to stop ---- */

static volatile uint32_t running, stop, starts_seen, argument_seen;

static void run_until_stopped(void *argument)
{
    argument_seen = (uintptr_t)argument;
    starts_seen++;
    running = 1;
    wait_until(stop);
    running = 0;
}

static void stop_it(void)
{
    stop = 1;
    wait_until(cpu_is_off(1));
    stop = 0;
}

static void on_and_off_again_and_again(void)
{
    enum { TIMES = 10 };

    for (uint32_t round = 1; round <= TIMES; round++) {
        require_eq(cpu_start(1, run_until_stopped, (void *)(uintptr_t)round), PSCI_SUCCESS);
        wait_until(running);
        expect_eq(psci((uint32_t)PSCI_AFFINITY_INFO, 1, 0, 0), PSCI_AFFINITY_ON);
        expect_eq(cpu_start(1, run_until_stopped, NULL), PSCI_ALREADY_ON);
        stop_it();
        expect_eq(argument_seen, round);
        expect_eq(starts_seen, round);
    }
}

TEST(psci, a_vcpu_can_be_switched_on_and_off_on_another_cpu, IDS "S1-20", WHY "each life starts afresh",
     NEEDS "system=smp-dom")
{
    on_and_off_again_and_again();
}

TEST(psci, a_vcpu_can_be_switched_on_and_off_on_the_same_cpu, IDS "S1-20", WHY "each life starts afresh",
     NEEDS "system=two-vcpus")
{
    on_and_off_again_and_again();
}

/* Back to back: the second call meets the vCPU on its way, or already on. */
static void start_twice(void)
{
    require_eq(cpu_start(1, run_until_stopped, NULL), PSCI_SUCCESS);
    const int32_t second = psci((uint32_t)PSCI_CPU_ON, 1, 0, 0);
    const int32_t state = psci((uint32_t)PSCI_AFFINITY_INFO, 1, 0, 0);

    expect_true(second == PSCI_ALREADY_ON || second == PSCI_ON_PENDING);
    expect_true(state == PSCI_AFFINITY_ON || state == PSCI_AFFINITY_ON_PENDING);
    wait_until(running);
    stop_it();
    expect_eq(starts_seen, 1);
}

TEST(psci, a_second_cpu_on_does_not_start_it_twice_on_another_cpu, IDS "S1-20", WHY "off, on pending, on",
     NEEDS "system=smp-dom")
{
    start_twice();
}

TEST(psci, a_second_cpu_on_does_not_start_it_twice_on_the_same_cpu, IDS "S1-20", WHY "off, on pending, on",
     NEEDS "system=two-vcpus")
{
    start_twice();
}

/* ---- interrupts to a vCPU that is off ---- */

enum { SGI = 3 };
static volatile uint32_t prepared, looked;

static void enable_sgi(void *argument)
{
    (void)argument;
    irq_init();
    irq_enable_source(SGI);
    prepared = 1;
}

static void look_for_sgi(void *argument)
{
    (void)argument;
    irq_init();
    irq_unmask();
    __asm__ volatile("isb");
    irq_mask();
    looked = 1;
}

static void interrupts_are_cleared(void)
{
    irq_init();
    require_eq(cpu_start(1, enable_sgi, NULL), PSCI_SUCCESS);
    wait_until(prepared);
    wait_until(cpu_is_off(1));
    irq_send_sgi(SGI, 1);
    delay_ns(20000);
    require_eq(cpu_start(1, look_for_sgi, NULL), PSCI_SUCCESS);
    wait_until(looked);
    expect_eq(irq_count(1, SGI), 0);
}

TEST(psci, interrupts_pending_before_cpu_on_are_gone_on_another_cpu, IDS "S1-20", WHY "CPU_ON clears them",
     NEEDS "system=smp-dom")
{
    interrupts_are_cleared();
}

TEST(psci, interrupts_pending_before_cpu_on_are_gone_on_the_same_cpu, IDS "S1-20", WHY "CPU_ON clears them",
     NEEDS "system=two-vcpus")
{
    interrupts_are_cleared();
}

/* ---- the first vCPU goes, the second stays ---- */

static void finish_from_here(void *argument)
{
    (void)argument;
    wait_until(cpu_is_off(0));
    expect_eq(psci((uint32_t)PSCI_CPU_ON, 1, 0, 0), PSCI_ALREADY_ON);
    finish();
}

static void hand_over(void)
{
    require_eq(cpu_start(1, finish_from_here, NULL), PSCI_SUCCESS);
    cpu_off();
}

TEST(psci, the_first_vcpu_may_leave_the_second_behind_on_another_cpu, IDS "S1-20", WHY "vCPU 0 is nothing special",
     NEEDS "system=smp-dom")
{
    hand_over();
}

TEST(psci, the_first_vcpu_may_leave_the_second_behind_on_the_same_cpu, IDS "S1-20", WHY "vCPU 0 is nothing special",
     NEEDS "system=two-vcpus")
{
    hand_over();
}
