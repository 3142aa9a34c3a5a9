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

static void timer_arm(uint32_t ticks)
{
    taken = false;
    timer->control = 0;
    timer->load = ticks;
}

static void timer_start(void)
{
    timer->control = CONTROL_ONE_SHOT | CONTROL_32_BIT | CONTROL_INTERRUPT | CONTROL_ENABLE;
}

static void timer_init(void)
{
    irq_init();
    irq_set_handler(INTID_DUAL_TIMER, on_timer);
    irq_enable_source(INTID_DUAL_TIMER);
    irq_unmask();
}

BENCH(irq, to_guest, IDS "S4-13 S4-27", WHY "interrupt, injected, guest resumes", NEEDS "system=device")
{
    enum { TIMER_TICKS = 20 };

    timer_init();
    for_rounds (round) {
        timer_arm(TIMER_TICKS);
        round_start();
        timer_start();
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
    enum { TIMER_TICKS = 400 };

    timer_init();
    for_rounds (round) {
        timer_arm(TIMER_TICKS);
        round_start();
        timer_start();
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
