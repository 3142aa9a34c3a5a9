/* SPDX-License-Identifier: Apache-2.0 */
/* Software generated interrupts of one vCPU to itself: what is delivered, when and in which order. */
#include "gic.h"

enum { SGI = 3, OTHER_SGI = 4, LEVELS = 5, MANY = 16 };

TEST(vgic, an_sgi_to_oneself_is_taken_once, IDS "S0-08", WHY "the smallest interrupt", NEEDS "system=solo")
{
    irq_init();
    enable_noted(SGI, 0xa0);
    irq_send_sgi(SGI, 0);
    expect_true(irq_is_pending(SGI));
    expect_eq(taken.count, 0);
    take_interrupts();
    take_interrupts();
    expect_eq(taken.count, 1);
    expect_true(!irq_is_pending(SGI));
}

TEST(vgic, sgis_pending_twice_are_one, IDS "S0-08", WHY "a pending bit does not count", NEEDS "system=solo")
{
    irq_init();
    enable_noted(SGI, 0xa0);
    irq_send_sgi(SGI, 0);
    irq_send_sgi(SGI, 0);
    take_interrupts();
    expect_eq(taken.count, 1);
}

TEST(vgic, a_disabled_interrupt_waits_until_it_is_enabled, IDS "S0-08", WHY "pending does not depend on enabled",
     NEEDS "system=solo")
{
    irq_init();
    enable_noted(SGI, 0xa0);
    irq_disable_source(SGI);
    irq_send_sgi(SGI, 0);
    take_interrupts();
    expect_eq(taken.count, 0);
    expect_true(irq_is_pending(SGI));
    irq_enable_source(SGI);
    take_interrupts();
    expect_eq(taken.count, 1);
}

TEST(vgic, disabling_a_pending_interrupt_holds_it_back, IDS "S0-08", WHY "it is in a list register by then",
     NEEDS "system=solo")
{
    irq_init();
    enable_noted(SGI, 0xa0);
    irq_send_sgi(SGI, 0);
    irq_disable_source(SGI);
    take_interrupts();
    expect_eq(taken.count, 0);
    irq_enable_source(SGI);
    take_interrupts();
    expect_eq(taken.count, 1);
}

TEST(vgic, the_pending_bit_can_be_set_and_cleared, IDS "S0-08", WHY "ISPENDR and ICPENDR", NEEDS "system=solo")
{
    irq_init();
    enable_noted(SGI, 0xa0);
    *sgi_frame(0, GIC_ISPENDR) = 1 << SGI;
    expect_true(irq_is_pending(SGI));
    *sgi_frame(0, GIC_ICPENDR) = 1 << SGI;
    expect_true(!irq_is_pending(SGI));
    take_interrupts();
    expect_eq(taken.count, 0);
    *sgi_frame(0, GIC_ISPENDR) = 1 << SGI;
    take_interrupts();
    expect_eq(taken.count, 1);
}

TEST(vgic, a_disabled_group_holds_everything_back, IDS "S0-08", WHY "GICD_CTLR.EnableGrp1", NEEDS "system=solo")
{
    irq_init();
    enable_noted(SGI, 0xa0);
    irq_send_sgi(SGI, 0);
    *gicd(GICD_CTLR) = 0;
    take_interrupts();
    expect_eq(taken.count, 0);
    *gicd(GICD_CTLR) = 2;
    take_interrupts();
    expect_eq(taken.count, 1);
}

TEST(vgic, the_priority_mask_holds_back_what_is_not_above_it, IDS "S0-08", WHY "ICC_PMR", NEEDS "system=solo")
{
    irq_init();
    enable_noted(SGI, 0xa0);
    enable_noted(OTHER_SGI, 0x40);
    set_priority_mask(0xa0);
    irq_send_sgi(SGI, 0);
    irq_send_sgi(OTHER_SGI, 0);
    take_interrupts();
    expect_eq(taken.count, 1);
    expect_eq(taken.intid[0], OTHER_SGI);
    set_priority_mask(0xff);
    take_interrupts();
    expect_eq(taken.count, 2);
}

/* With EOImode set the end of the handler drops the priority; ICC_DIR ends the interrupt. */
TEST(vgic, priority_drop_and_deactivation_can_be_apart, IDS "S0-08", WHY "ICC_CTLR.EOImode and ICC_DIR",
     NEEDS "system=solo")
{
    irq_init();
    enable_noted(SGI, 0xa0);
    icc_write_ctlr(1 << 1);
    irq_send_sgi(SGI, 0);
    take_interrupts();
    expect_eq(taken.count, 1);
    expect_eq(*sgi_frame(0, GIC_ISACTIVER), 1 << SGI);
    irq_send_sgi(SGI, 0);
    take_interrupts();
    expect_eq(taken.count, 1);
    icc_write_dir(SGI);
    take_interrupts();
    expect_eq(taken.count, 2);
}

/* Priorities 0xf0, 0xe0 ... for SGI 0, 1 ...: the order of sending is the opposite of the order of service. */
static void enable_many(void)
{
    irq_init();
    for (uint32_t n = 0; n < MANY; n++)
        enable_noted(n, (uint8_t)(0xf0 - 0x10 * n));
}

static void expect_by_priority(void)
{
    expect_eq(taken.count, MANY);
    for (uint32_t n = 0; n < MANY; n++)
        expect_eq(taken.intid[n], MANY - 1 - n);
}

TEST(vgic, more_pending_than_list_registers_are_all_taken_by_priority, IDS "S0-08",
     WHY "list registers are few, interrupts are not", NEEDS "system=solo")
{
    enable_many();
    for (uint32_t n = 0; n < MANY; n++)
        irq_send_sgi(n, 0);
    expect_eq(*sgi_frame(0, GIC_ISPENDR) & 0xffff, 0xffff);
    irq_unmask();
    spin_until(taken.count >= MANY);
    irq_mask();
    expect_by_priority();
}

/* Both domains leave the CPU to each other with sixteen interrupts pending each. */
static void keep_many_pending_across_switches(void)
{
    peers_meet();
    enable_many();
    *sgi_frame(0, GIC_ISPENDR) = 0xffff;
    for (uint32_t round = 0; round < 3; round++)
        sched_yield();
    while (taken.count < MANY) {
        take_interrupts();
        sched_yield();
    }
    expect_by_priority();
}

TEST(vgic, what_is_pending_survives_a_switch_to_another_domain, IDS "S4-13",
     WHY "list registers and what waits for one",
     NEEDS "system=pair")
{
    keep_many_pending_across_switches();
    peer_signal(0);
    peer_wait(0);
}

PEER(2, vgic, what_is_pending_survives_a_switch_to_another_domain)
{
    keep_many_pending_across_switches();
    peer_wait(0);
    peer_signal(0);
}

TEST(vgic, all_pending_at_once_are_all_taken_by_priority, IDS "S0-08", WHY "one write, sixteen interrupts",
     NEEDS "system=solo")
{
    enable_many();
    *sgi_frame(0, GIC_ISPENDR) = 0xffff;
    irq_unmask();
    spin_until(taken.count >= MANY);
    irq_mask();
    expect_by_priority();
}

static void send_again_twice(uint32_t intid)
{
    note_taken(intid);
    if (taken.count <= 2)
        irq_send_sgi(intid, 0);
}

TEST(vgic, an_sgi_sent_in_its_own_handler_is_taken_afterwards, IDS "S0-08", WHY "active and pending at the same time",
     NEEDS "system=solo")
{
    irq_init();
    irq_set_handler(SGI, send_again_twice);
    irq_enable_source(SGI);
    irq_send_sgi(SGI, 0);
    take_interrupts();
    take_interrupts();
    take_interrupts();
    expect_eq(taken.count, 3);
}

static volatile uint32_t active_seen;

static void look_at_active(uint32_t intid)
{
    active_seen = *sgi_frame(0, GIC_ISACTIVER);
    note_taken(intid);
}

TEST(vgic, an_interrupt_is_active_in_its_handler, IDS "S0-08", WHY "ISACTIVER", NEEDS "system=solo")
{
    irq_init();
    irq_set_handler(SGI, look_at_active);
    irq_enable_source(SGI);
    irq_send_sgi(SGI, 0);
    take_interrupts();
    expect_eq(active_seen, 1 << SGI);
    expect_eq(*sgi_frame(0, GIC_ISACTIVER), 0);
}

TEST(vgic, an_interrupt_made_active_is_not_taken, IDS "S0-08", WHY "ISACTIVER and ICACTIVER by a driver",
     NEEDS "system=solo")
{
    irq_init();
    enable_noted(SGI, 0xa0);
    *sgi_frame(0, GIC_ISACTIVER) = 1 << SGI;
    irq_send_sgi(SGI, 0);
    take_interrupts();
    expect_eq(taken.count, 0);
    *sgi_frame(0, GIC_ICACTIVER) = 1 << SGI;
    take_interrupts();
    expect_eq(taken.count, 1);
}

/* Each level's handler raises the next, more urgent one, and lets it in. */
static volatile uint32_t depth, deepest;

static void nest(uint32_t intid)
{
    note_taken(intid);
    depth++;
    if (depth > deepest)
        deepest = depth;
    if (intid + 1 < LEVELS) {
        irq_send_sgi(intid + 1, 0);
        take_interrupts();
    }
    depth--;
}

static void nest_levels(uint32_t first)
{
    irq_init();
    for (uint32_t n = first; n < LEVELS; n++) {
        irq_set_handler(n, nest);
        irq_enable_source(n);
        irq_set_priority(n, (uint8_t)(0xc0 - 0x20 * n));
    }
    irq_send_sgi(first, 0);
    irq_unmask();
    spin_until(taken.count >= LEVELS - first);
    irq_mask();
    expect_eq(taken.count, LEVELS - first);
}

TEST(vgic, a_more_urgent_interrupt_preempts_a_handler, IDS "S0-08", WHY "priorities of running handlers",
     NEEDS "system=solo")
{
    nest_levels(LEVELS - 3);
    expect_eq(deepest, 3);
}

TEST(vgic, nesting_deeper_than_the_list_registers_loses_nothing, IDS "S0-08",
     WHY "three are active, the fourth has to wait", NEEDS "system=solo")
{
    nest_levels(0);
    expect_true(deepest >= 3);
}

static void raise_a_more_urgent_one_late(uint32_t intid)
{
    note_taken(intid);
    if (intid == 8)
        irq_send_sgi(9, 0);
}

TEST(vgic, a_late_urgent_interrupt_overtakes_those_in_list_registers, IDS "S0-08",
     WHY "the least urgent gives up its place", NEEDS "system=solo")
{
    static const uint8_t order[] = {8, 9, 0, 1, 2, 3};

    irq_init();
    for (uint32_t n = 0; n < 4; n++)
        enable_noted(n, (uint8_t)(0x80 + 0x10 * n));
    enable_noted(8, 0x20);
    enable_noted(9, 0x30);
    irq_set_handler(8, raise_a_more_urgent_one_late);
    for (uint32_t n = 0; n < 4; n++)
        irq_send_sgi(n, 0);
    irq_send_sgi(8, 0);
    irq_unmask();
    spin_until(taken.count >= sizeof(order));
    irq_mask();
    for (uint32_t n = 0; n < sizeof(order); n++)
        expect_eq(taken.intid[n], order[n]);
}
