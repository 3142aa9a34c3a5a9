/* SPDX-License-Identifier: Apache-2.0 */
/* A device interrupt for the running vCPU: the dual timer, SPI 3, passed through to domain 1. */
#include "bench.h"

enum { INTID_DUAL_TIMER = 35 };

struct dual_timer {
    uint32_t load, value, control, interrupt_clear;
};
enum { CONTROL_ONE_SHOT = 1, CONTROL_32_BIT = 2, CONTROL_INTERRUPT = 0x20, CONTROL_ENABLE = 0x80 };

static volatile struct dual_timer *const timer = (volatile struct dual_timer *)0xe0101000u;
static volatile bool taken;

static void on_timer(uint32_t intid)
{
    (void)intid;
    timer->interrupt_clear = 1;
    taken = true;
}

BENCH(irq, to_guest, IDS "S4-13 S4-27", WHY "interrupt, injected, guest resumes", NEEDS "system=device")
{
    enum { TIMER_TICKS = 20 };

    irq_init();
    irq_set_handler(INTID_DUAL_TIMER, on_timer);
    irq_enable_source(INTID_DUAL_TIMER);
    irq_unmask();
    for_rounds (round) {
        taken = false;
        timer->control = 0;
        timer->load = TIMER_TICKS;
        round_start();
        timer->control = CONTROL_ONE_SHOT | CONTROL_32_BIT | CONTROL_INTERRUPT | CONTROL_ENABLE;
        while (!taken)
            ;
        round_stop();
    }
    irq_mask();
    series_end("irq.to_guest");
}

/* Booting is what is measured. */
BENCH(boot, first_guest_insn, IDS "S4-25", WHY "from reset to the first instruction of the first guest",
      NEEDS "system=solo")
{
}
