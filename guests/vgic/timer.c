/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual timer, PPI 27: a level that follows CNTV_CTL, for one vCPU and for two that share a CPU. */
#include "gic.h"

enum { CNTV_CTL_ENABLE = 1 << 0, CNTV_CTL_IMASK = 1 << 1, CNTV_CTL_ISTATUS = 1 << 2 };

static uint32_t timer_control(void)
{
    return cntv_ctl_read();
}

static void set_timer_control(uint32_t control)
{
    cntv_ctl_write(control);
}

static void disarm(uint32_t intid)
{
    timer_disarm();
    note_taken(intid);
}

static void prepare(irq_handler_t handler)
{
    irq_init();
    irq_set_handler(INTID_TIMER, handler);
    irq_enable_source(INTID_TIMER);
}

TEST(vgic, the_timer_interrupts_once_when_disarmed, IDS "S0-08", WHY "the guest's clock tick", NEEDS "system=solo")
{
    prepare(disarm);
    timer_arm_ns(1000);
    irq_unmask();
    spin_until(taken.count > 0);
    delay_ns(3000);
    irq_mask();
    expect_eq(taken.count, 1);
}

TEST(vgic, the_timer_is_not_early, IDS "S0-08", WHY "CNTVOFF is 0, the compare value is the guest's",
     NEEDS "system=solo")
{
    prepare(disarm);
    const uint64_t before = now_ns();

    timer_arm_ns(20000);
    irq_unmask();
    spin_until(taken.count > 0);
    irq_mask();
    expect_true(now_ns() - before >= 20000);
}

static void disarm_at_the_third(uint32_t intid)
{
    note_taken(intid);
    if (taken.count == 3)
        timer_disarm();
}

TEST(vgic, the_timer_comes_again_while_its_line_is_up, IDS "S0-08", WHY "a level, looked at again at EOI",
     NEEDS "system=solo")
{
    prepare(disarm_at_the_third);
    timer_arm_ns(1000);
    irq_unmask();
    spin_until(taken.count >= 3);
    delay_ns(2000);
    irq_mask();
    expect_eq(taken.count, 3);
}

static void mask_the_timer(uint32_t intid)
{
    note_taken(intid);
    set_timer_control(CNTV_CTL_ENABLE | CNTV_CTL_IMASK);
}

TEST(vgic, a_timer_masked_in_its_control_is_silent, IDS "S0-08", WHY "the mask bit is the guest's alone",
     NEEDS "system=solo")
{
    prepare(mask_the_timer);
    timer_arm_ns(1000);
    expect_eq(timer_control() & CNTV_CTL_IMASK, 0);
    irq_unmask();
    spin_until(taken.count > 0);
    delay_ns(3000);
    irq_mask();
    expect_eq(taken.count, 1);
    expect_eq(timer_control(), CNTV_CTL_ENABLE | CNTV_CTL_IMASK | CNTV_CTL_ISTATUS);
}

TEST(vgic, a_timer_that_is_not_enabled_can_be_polled, IDS "S0-08", WHY "small guests have no interrupts",
     NEEDS "system=solo")
{
    timer_arm_ns(1000);
    spin_until(timer_control() & CNTV_CTL_ISTATUS);
    expect_eq(timer_control(), CNTV_CTL_ENABLE | CNTV_CTL_ISTATUS);
    timer_disarm();
    timer_arm_ns(1000);
    delay_ns(2000);
    expect_eq(timer_control(), CNTV_CTL_ENABLE | CNTV_CTL_ISTATUS);
}

TEST(vgic, a_timer_that_fired_before_it_was_enabled_is_pending, IDS "S0-08", WHY "the line is up",
     NEEDS "system=solo")
{
    irq_init();
    timer_arm_ns(500);
    delay_ns(2000);
    prepare(disarm);
    take_interrupts();
    expect_eq(taken.count, 1);
}

TEST(vgic, the_timer_ends_wfi, IDS "S0-08", WHY "an idle guest sleeps until its timer", NEEDS "system=solo")
{
    prepare(disarm);
    for (uint32_t round = 1; round <= 5; round++) {
        timer_arm_ns(100000);
        while (taken.count < round) {
            wait_for_interrupt();
            take_interrupts();
        }
    }
    expect_eq(taken.count, 5);
}

TEST(vgic, wfi_does_not_sleep_while_the_timer_is_pending, IDS "S0-08", WHY "masked in CPSR, still a reason to wake",
     NEEDS "system=solo")
{
    prepare(disarm);
    timer_arm_ns(500);
    delay_ns(2000);
    wait_for_interrupt();
    expect_eq(taken.count, 0);
    take_interrupts();
    expect_eq(taken.count, 1);
}

/* Two domains, one CPU, each with its own timer: the physical one is switched with the vCPU. */
enum { ROUNDS = 20 };

static void sleep_in_rounds(uint32_t period_ns)
{
    prepare(disarm);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        const uint64_t before = now_ns();

        timer_arm_ns(period_ns);
        while (taken.count < round) {
            wait_for_interrupt();
            take_interrupts();
        }
        expect_true(now_ns() - before >= period_ns);
    }
    expect_eq(taken.count, ROUNDS);
}

TEST(vgic, two_domains_on_one_cpu_have_a_timer_each, IDS "S4-13", WHY "one physical timer, two virtual ones",
     NEEDS "system=pair")
{
    peers_meet();
    peer_signal(0);
    sleep_in_rounds(70000);
    peer_wait(0);
}

PEER(2, vgic, two_domains_on_one_cpu_have_a_timer_each)
{
    peers_meet();
    peer_wait(0);
    sleep_in_rounds(50000);
    peer_signal(0);
}

/* The handler sleeps before its EOI: the interrupt is active while the other domain's timer fires. */
static void sleep_in_the_handler(uint32_t intid)
{
    timer_disarm();
    note_taken(intid);
    sched_yield();
}

TEST(vgic, a_timer_active_in_one_domain_does_not_hold_up_the_other, IDS "S4-13",
     WHY "the physical interrupt is let go at the switch", NEEDS "system=pair")
{
    peers_meet();
    prepare(sleep_in_the_handler);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        timer_arm_ns(1000);
        irq_unmask();
        while (taken.count < round)
            sched_yield();
        irq_mask();
    }
    expect_eq(taken.count, ROUNDS);
}

PEER(2, vgic, a_timer_active_in_one_domain_does_not_hold_up_the_other)
{
    peers_meet();
    prepare(sleep_in_the_handler);
    for (uint32_t round = 1;; round++) {
        timer_arm_ns(700);
        irq_unmask();
        while (taken.count < round)
            sched_yield();
        irq_mask();
    }
}
