/* SPDX-License-Identifier: Apache-2.0 */
/* The machine of a new life is the machine of the first: what the old life did to its timer and its GIC is gone. */
#include "../vgic/gic.h"
#include "fresh.h"

enum { SGI = 3 };

TEST(restart, the_timer_is_as_at_the_first_start, IDS "S0-05", WHY "a deadline of the old life wakes nobody", ONE)
{
    wait_for_the_second_life();
}

PEER(2, restart, the_timer_is_as_at_the_first_start)
{
    const uint32_t life = begin_life();

    note_word("cntv_ctl", cntv_ctl_read());
    irq_init();
    expect_true(!irq_is_pending(INTID_TIMER));
    if (life == FIRST) {
        irq_enable_source(INTID_TIMER);
        timer_arm_ns(1000);
        while (!irq_is_pending(INTID_TIMER)) {
        }
        timer_arm_ns(100 * 1000);
        reboot();
    }
    delay_ns(500 * 1000);
    expect_true(!irq_is_pending(INTID_TIMER));
    end_part();
}

TEST(restart, the_gic_is_as_at_the_first_start, IDS "S0-05", WHY "nothing enabled, nothing pending, nothing active", ALL)
{
    wait_for_the_second_life();
}

PEER(2, restart, the_gic_is_as_at_the_first_start)
{
    static const uint32_t words[] = {GIC_IGROUPR, GIC_ISENABLER, GIC_ISPENDR, GIC_ISACTIVER, GIC_ICFGR, GIC_ICFGR + 4};
    const uint32_t life = begin_life();

    note_word("GICD_CTLR", *gicd(GICD_CTLR));
    note_word("GICR_WAKER", *gicr(0, GICR_WAKER));
    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        note_word("of the SGI frame", *sgi_frame(0, words[i]));
    for (uint32_t i = 0; i < 32; i += 4)
        note_word("a priority", *sgi_frame(0, GIC_IPRIORITYR + i));
    if (life == FIRST) {
        irq_init();
        for (uint32_t i = 0; i < 32; i++)
            irq_set_priority(i, 0x50);
        for (uint32_t i = 0; i < 8; i++) {
            irq_enable_source(i);
            irq_send_sgi(i, 0); /* masked: they stay pending */
        }
        irq_enable_source(INTID_EVENT_UPCALL);
        *sgi_frame(0, GIC_ISACTIVER) = 1u << 9;
        expect_true(irq_is_pending(SGI));
        reboot();
    }
    end_part();
}

TEST(restart, no_interrupt_of_the_old_life_is_taken, IDS "S0-05", WHY "list registers are empty, too", ALL)
{
    wait_for_the_second_life();
}

PEER(2, restart, no_interrupt_of_the_old_life_is_taken)
{
    const uint32_t life = begin_life();

    irq_init();
    for (uint32_t i = 0; i < 16; i++)
        irq_enable_source(i);
    if (life == FIRST) {
        for (uint32_t i = 0; i < 16; i++)
            irq_send_sgi(i, 0);
        hypercall_xen_version(XENVER_version, NULL);
        reboot();
    }
    irq_unmask();
    delay_ns(10000);
    irq_mask();
    for (uint32_t i = 0; i < 16; i++)
        expect_eq(irq_count(0, i), 0);
    irq_send_sgi(SGI, 0);
    irq_unmask();
    delay_ns(10000);
    expect_eq(irq_count(0, SGI), 1); /* new ones are */
    end_part();
}
