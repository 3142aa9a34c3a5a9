/* SPDX-License-Identifier: Apache-2.0 */
/* A device that interrupts its owner: the dual timer, which the system `device` passes through. */
#ifndef INTERRUPTER_H
#define INTERRUPTER_H

#include <stdint.h>

#define INTERRUPTER_SYSTEM "device"

enum { INTERRUPTER_INTID = 35 };

struct dual_timer {
    uint32_t load, value, control, interrupt_clear;
};
enum { CONTROL_ONE_SHOT = 1, CONTROL_32_BIT = 2, CONTROL_INTERRUPT = 0x20, CONTROL_ENABLE = 0x80 };

static volatile struct dual_timer *const dual_timer = (volatile struct dual_timer *)0xe0101000u;

static inline void interrupter_arm(uint32_t ticks)
{
    dual_timer->control = 0;
    dual_timer->load = ticks;
}

/* The interrupt comes after the armed ticks. */
static inline void interrupter_start(void)
{
    dual_timer->control = CONTROL_ONE_SHOT | CONTROL_32_BIT | CONTROL_INTERRUPT | CONTROL_ENABLE;
}

static inline void interrupter_clear(void)
{
    dual_timer->interrupt_clear = 1;
}

#endif
