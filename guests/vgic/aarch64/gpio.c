/* SPDX-License-Identifier: Apache-2.0 */
/* A passed-through device, the PL061: its registers directly, its SPI through a list register. */
#include "../gic.h"
#include "interrupter.h"

static void clear_device(uint32_t intid)
{
    interrupter_clear();
    note_taken(intid);
}

static void leave_device(uint32_t intid)
{
    note_taken(intid);
    if (taken.count == 3)
        interrupter_clear();
}

static void prepare(void (*handler)(uint32_t intid))
{
    irq_init();
    irq_set_handler(INTERRUPTER_INTID, handler);
    irq_enable_source(INTERRUPTER_INTID);
    interrupter_arm(0);
}

static void arrives(void)
{
    prepare(clear_device);
    for (uint32_t n = 1; n <= 4; n++) {
        interrupter_start();
        irq_unmask();
        spin_until(taken.count == n);
        irq_mask();
        expect_eq(taken.intid[n - 1], INTERRUPTER_INTID);
    }
    irq_unmask();
    delay_ns(5000);
    irq_mask();
    expect_eq(taken.count, 4);
}

TEST(vgic, the_interrupt_of_an_assigned_device_arrives, IDS "S3-10 S3-01", WHY "its registers and its SPI are the domain's",
     NEEDS "system=gpio")
{
    arrives();
}

TEST(vgic, a_device_of_a_translated_domain_works_the_same, IDS "S3-10", WHY "RAM is elsewhere, the device is where the tree says",
     NEEDS "system=gpio-translated")
{
    arrives();
}

TEST(vgic, a_level_that_stays_up_interrupts_again, IDS "S3-10", WHY "the guest's EOI is the device's", NEEDS "system=gpio")
{
    prepare(leave_device);
    interrupter_start();
    irq_unmask();
    spin_until(taken.count >= 3);
    delay_ns(5000);
    irq_mask();
    expect_eq(taken.count, 3);
}
