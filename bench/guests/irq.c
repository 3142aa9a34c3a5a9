/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupt of a device that is passed through to domain 1. */
#include "bench.h"
#include "interrupter.h"

static volatile bool taken;

static void on_interrupt(uint32_t intid)
{
    (void)intid;
    interrupter_clear();
    taken = true;
}

static void device_arm(uint32_t ticks)
{
    taken = false;
    interrupter_arm(ticks);
}

static void device_init(void)
{
    irq_init();
    irq_set_handler(INTERRUPTER_INTID, on_interrupt);
    irq_enable_source(INTERRUPTER_INTID);
    irq_unmask();
}

BENCH(irq, to_guest, IDS "S4-13 S4-27", WHY "interrupt, injected, guest resumes", NEEDS "system=" INTERRUPTER_SYSTEM)
{
    enum { TICKS = 20 };

    device_init();
    for_rounds (round) {
        device_arm(TICKS);
        round_start();
        interrupter_start();
        while (!taken)
            ;
        round_stop();
    }
    irq_mask();
    series_end("irq.to_guest");
}

BENCH(irq, to_higher, IDS "S3-04", WHY "what a real-time domain waits for while another one loads the CPU",
      NEEDS "system=bench-latency")
{
    enum { TICKS = 400 };

    device_init();
    for_rounds (round) {
        device_arm(TICKS);
        round_start();
        interrupter_start();
        while (!taken)
            wait_for_interrupt();
        round_stop();
    }
    irq_mask();
    series_end("irq.to_higher");
}

PEER(2, irq, to_higher)
{
    for (;;)
        __asm__ volatile("");
}

/* Booting is what is measured. */
BENCH(boot, first_guest_insn, IDS "S4-25", WHY "from reset to the first instruction of the first guest",
      NEEDS "system=solo")
{
}
