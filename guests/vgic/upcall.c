/* SPDX-License-Identifier: Apache-2.0 */
/* The event upcall, PPI 31: a level whose line is the upcall flag. */
#include "gic.h"

static uint32_t port;
static volatile uint32_t taken_with_flag;

/* An event to oneself whose selector and flag start clear. */
static void prepare(void)
{
    irq_init();
    require_eq(events_init(), 0);
    port = (uint32_t)evtchn_bind_ipi(0);
    events_quiet(0);
}

static void send(void)
{
    require_eq(evtchn_send(port), 0);
}

/* Leaves the flag alone until the third time. */
static void clear_at_the_third(uint32_t intid)
{
    note_taken(intid);
    if (upcall_flag(0))
        taken_with_flag++;
    if (taken.count == 3) {
        event_scan(0);
    }
}

TEST(vgic, an_upcall_comes_again_while_its_flag_is_set, IDS "X-06 S4-05", WHY "a true level, looked at again at EOI",
     NEEDS "system=solo strategies=all")
{
    prepare();
    upcall_enable();
    upcall_set_handler(clear_at_the_third);
    send();
    irq_unmask();
    spin_until(taken.count >= 3);
    delay_ns(2000);
    irq_mask();
    expect_eq(taken.count, 3);
    expect_eq(taken_with_flag, 3);
}

TEST(vgic, an_upcall_whose_flag_was_cleared_comes_once, IDS "X-06", WHY "no echo of a served event",
     NEEDS "system=solo strategies=all")
{
    prepare();
    upcall_enable();
    send();
    irq_unmask();
    delay_ns(2000);
    irq_mask();
    expect_eq(upcall_count(0), 1);
    expect_eq(event_count(port), 1);
}

TEST(vgic, an_event_before_the_upcall_is_enabled_is_not_lost, IDS "X-06 X-14", WHY "enabling looks at the flag",
     NEEDS "system=solo strategies=all")
{
    prepare();
    send();
    irq_unmask();
    delay_ns(1000);
    irq_mask();
    expect_eq(upcall_count(0), 0);
    upcall_enable();
    take_interrupts();
    expect_eq(upcall_count(0), 1);
}

/* Nobody can clear the flag before shared_info is registered. */
static void take_once(uint32_t intid)
{
    irq_disable_source(intid);
    note_taken(intid);
}

TEST(vgic, an_event_before_shared_info_and_enabling_is_not_lost, IDS "S4-04 X-14",
     WHY "the flag is in the hypervisor's own state by then", NEEDS "system=solo")
{
    irq_init();
    port = (uint32_t)evtchn_bind_ipi(0);
    send();
    upcall_set_handler(take_once);
    upcall_enable();
    take_interrupts();
    expect_eq(taken.count, 1);
    require_eq(events_init(), 0);
    expect_true(upcall_flag(0));
    expect_true(event_is_pending(port));
}

TEST(vgic, a_disabled_upcall_is_held_back, IDS "X-06", WHY "it is in its list register by then", NEEDS "system=solo")
{
    prepare();
    upcall_enable();
    send();
    upcall_disable();
    take_interrupts();
    expect_eq(upcall_count(0), 0);
    upcall_enable();
    take_interrupts();
    expect_eq(upcall_count(0), 1);
}

TEST(vgic, the_pending_bit_of_the_upcall_is_its_flag, IDS "X-06", WHY "ISPENDR shows the line", NEEDS "system=solo")
{
    prepare();
    expect_true(!irq_is_pending(INTID_EVENT_UPCALL));
    send();
    expect_true(irq_is_pending(INTID_EVENT_UPCALL));
    event_scan(0);
    expect_true(!irq_is_pending(INTID_EVENT_UPCALL));
    *sgi_frame(0, GIC_ISPENDR) = 1u << INTID_EVENT_UPCALL;
    expect_true(!irq_is_pending(INTID_EVENT_UPCALL));
}

static void send_once_more(uint32_t own_port)
{
    if (event_count(own_port) < 3)
        send();
}

TEST(vgic, an_event_during_the_handler_brings_another_upcall, IDS "X-06", WHY "pending while active",
     NEEDS "system=solo strategies=all")
{
    prepare();
    event_set_handler(port, send_once_more);
    upcall_enable();
    send();
    irq_unmask();
    spin_until(event_count(port) >= 3);
    delay_ns(1000);
    irq_mask();
    expect_eq(event_count(port), 3);
    expect_true(!upcall_flag(0));
}

static void stop_the_timer(uint32_t intid)
{
    timer_disarm();
    note_taken(intid);
}

TEST(vgic, upcall_and_timer_are_taken_by_priority, IDS "X-06", WHY "the upcall has a list register of its own",
     NEEDS "system=solo")
{
    prepare();
    irq_set_handler(INTID_TIMER, stop_the_timer);
    irq_enable_source(INTID_TIMER);
    upcall_enable();
    upcall_set_handler(note_taken);
    irq_set_priority(INTID_TIMER, 0x40);
    irq_set_priority(INTID_EVENT_UPCALL, 0x80);
    timer_arm_ns(500);
    send();
    delay_ns(5000);
    upcall_clear(0);
    take_interrupts();
    take_interrupts();
    expect_eq(taken.count, 2);
    expect_eq(taken.intid[0], INTID_TIMER);
    expect_eq(taken.intid[1], INTID_EVENT_UPCALL);
}

TEST(vgic, the_upcall_follows_its_priority, IDS "X-06", WHY "its list register word is kept ready", NEEDS "system=solo")
{
    prepare();
    upcall_enable();
    irq_set_priority(INTID_EVENT_UPCALL, 0xc0);
    set_priority_mask(0xc0);
    send();
    take_interrupts();
    expect_eq(upcall_count(0), 0);
    event_scan(0);
    irq_set_priority(INTID_EVENT_UPCALL, 0x20);
    send();
    set_priority_mask(0xff);
    take_interrupts();
    expect_true(upcall_count(0) >= 1);
}
