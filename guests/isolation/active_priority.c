/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest can write its active priorities of group 0, though no interrupt of it ever is in that group, and they hold up
 * every interrupt of no higher priority. In the system `prio` the peer runs first, on the same CPU.
 */
#include "../vgic/gic.h"

enum { SGI = 5 };

TEST(isolation, a_foreign_active_priority_holds_no_interrupt_up, IDS "S4-24", WHY "the CPU interface has one set of them",
     NEEDS "system=prio")
{
    irq_init();
    irq_enable_source(SGI);
    irq_send_sgi(SGI, 0);
    take_interrupts();
    expect_eq(irq_count(0, SGI), 1);
}

PEER(2, isolation, a_foreign_active_priority_holds_no_interrupt_up)
{
    icc_write_ap0r0(1); /* the highest */
}
