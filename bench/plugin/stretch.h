/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The longest run of instructions at EL2 with interrupts masked, on one CPU, in rounds and outside: from an
 * exception, from where interrupts are masked again, or from where the hypervisor looked for interrupts (WFI, the
 * probe `irq.poll`), to the next of these, to where they are unmasked, or to the ERET. A run that passes the probe
 * `irq.out` is left out: nobody waits for interrupts any more.
 */
#ifndef BENCH_PLUGIN_STRETCH_H
#define BENCH_PLUGIN_STRETCH_H

#include "tally.h"

struct stretch {
    bool started;  /* the CPU took an exception after boot: its stretches count */
    bool left_out; /* not this one */
    bool unmasked; /* interrupts are taken: nothing to follow */
    uint64_t instructions; /* so far */
    uint64_t longest;      /* that ended since this was cleared */
};

/* An exception is taken; the next instruction is the first of its vector. */
void stretch_enter(struct stretch *stretch, bool booting);

/* Interrupts are masked or not from the next instruction on. */
void stretch_mask(struct stretch *stretch, bool masked);

/* One instruction at EL2. True when one longer than `longest` has just ended, which is then its length. */
bool stretch_insn(struct stretch *stretch, const struct site *site);

#endif
