/* SPDX-License-Identifier: Apache-2.0 */
/* First instructions of a vCPU that was switched on: what they note, and in which ways they may be asked for. */
#ifndef GUESTS_PSCI_ENTRY_H
#define GUESTS_PSCI_ENTRY_H

#include "fencepost.h"
#include "entry_mode.h"

/* What a vCPU finds at its entry, before any code of ours has run. */
struct entry_state {
    volatile uintptr_t context;
    volatile uint32_t mode, sctlr, mpidr, done;
};

struct entry_way {
    uint32_t function; /* of PSCI */
    void (*entry)(void);
    uintptr_t low_bits;
};

extern struct entry_state entry_state;
extern const struct entry_way entry_ways[]; /* ends with an entry of NULL */

#endif
