/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts by address of one round: what of it was executed where, in bins. A bin of a round sums to the same
 * numbers as its row (tally.h). The round of the boot, the cold and the last warm round of a series are kept.
 *
 * What another CPU does is pending until its episode ends, and forgotten if it sleeps instead.
 */
#ifndef BENCH_PLUGIN_PROFILE_H
#define BENCH_PLUGIN_PROFILE_H

#include "tally.h"

enum profile_bin {
    BIN_HYP,    /* ROW_HYP */
    BIN_IRQ,    /* the part of it after the vector of interrupts */
    BIN_REMOTE, /* ROW_REMOTE */
    BIN_CPU,    /* everything at EL2 by CPU, between the marks */
    BIN_WINDOW = BIN_CPU + TALLY_MAX_CPUS,
    NR_BINS = BIN_WINDOW + MAX_WINDOWS,
};

struct profile;

/* NULL: no memory. */
struct profile *profile_new(void);
void profile_clear(struct profile *profile);

/* One instruction, executed at `site` in the given class. Memory that runs out ends the emulator. */
void profile_insn(struct profile *profile, unsigned bin, const struct site *site, enum insn_class class);
void profile_access(struct profile *profile, unsigned bin, const struct site *site, enum insn_class class,
                    bool is_store, unsigned words);

/* The same into BIN_REMOTE, once the episode of this CPU ends. */
void profile_pending_insn(struct profile *profile, unsigned cpu, const struct site *site, enum insn_class class);
void profile_pending_access(struct profile *profile, unsigned cpu, bool is_store, unsigned words);
void profile_commit(struct profile *profile, unsigned cpu);
void profile_forget(struct profile *profile, unsigned cpu);

/*
 * One JSON line {"record": "profile", "index", "round", "bins": {BIN: [line, ...], ...}}, each line [address, class,
 * instructions, words loaded, words stored, EL1 MPU writes], addresses ascending. BIN is `hyp`, `irq`, `remote`,
 * `cpu0`, `cpu1` or `window NAME`.
 */
void profile_write(struct profile *profile, FILE *out, unsigned index, const char *round,
                   const struct probe_table *probes);

#endif
