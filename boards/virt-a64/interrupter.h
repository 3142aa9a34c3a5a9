/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device that interrupts its owner: PL061, which the system `gpio` passes through. Its interrupt watches the level of
 * pin 0, an output that the owner drives itself, so it comes at once. Source: Arm DDI 0190.
 */
#ifndef INTERRUPTER_H
#define INTERRUPTER_H

#include <stdint.h>

#define INTERRUPTER_SYSTEM "gpio"

enum { INTERRUPTER_INTID = 32 + 7, PIN_0 = 1 };

struct pl061 {
    uint32_t data[256]; /* by the pins that an access is about */
    uint32_t direction, is_level, both_edges, high_level, enable, raw, masked, clear;
};

static volatile struct pl061 *const pl061 = (volatile struct pl061 *)0x09030000u;

static inline void interrupter_clear(void)
{
    pl061->data[PIN_0] = 0;
    pl061->clear = PIN_0;
}

static inline void interrupter_arm(uint32_t ticks)
{
    (void)ticks; /* it has no clock */
    pl061->direction = PIN_0;
    pl061->is_level = PIN_0;
    pl061->high_level = PIN_0;
    interrupter_clear();
    pl061->enable = PIN_0;
}

static inline void interrupter_start(void)
{
    pl061->data[PIN_0] = PIN_0;
}

#endif
