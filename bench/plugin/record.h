/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rounds of a series condensed to a cold row and the element-wise minimum and maximum of the warm ones, and
 * the JSON lines that carry them: {"record": "boot" | "series" | "masked" | "stack" | "totals", ...}. Windows that were never
 * passed are left out. Every line is flushed, because the emulator may be killed right after it.
 */
#ifndef BENCH_PLUGIN_RECORD_H
#define BENCH_PLUGIN_RECORD_H

#include "tally.h"

struct series {
    uint64_t rounds;
    uint64_t all, aborts, cut, sleeps, classes[NR_CLASSES]; /* sums over every round, warm or not */
    uint64_t cold[ROW_SIZE];
    uint64_t min[ROW_SIZE];
    uint64_t max[ROW_SIZE];
};

void series_add_round(struct series *series, const uint64_t row[ROW_SIZE]);

void record_series(FILE *out, unsigned index, const struct series *series, const struct probe_table *probes);
void record_boot(FILE *out, const uint64_t row[ROW_SIZE], const struct probe_table *probes);
/* A stretch with interrupts masked that is longer than any before of this series. */
void record_masked(FILE *out, unsigned index, uint64_t instructions);
/* Bytes of an EL2 stack in use that are more than any before of this series, or of the boot. */
enum { RECORD_BOOT = -1 };
void record_stack(FILE *out, int index, uint64_t bytes);
void record_totals(FILE *out, uint64_t instructions);

#endif
