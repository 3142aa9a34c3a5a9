/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probe table: text lines "ADDRESS NAME" (hexadecimal) in the order of the image's .probes section.
 * `NAME` opens the window NAME, `NAME.end` closes it; a name without an end is a point, of which only the
 * passes are counted. Several probes may share an address (they act in table order, so an empty window opens
 * and closes) and a name may have several addresses (inlined copies).
 */
#ifndef BENCH_PLUGIN_PROBES_H
#define BENCH_PLUGIN_PROBES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { MAX_PROBES = 1024, MAX_WINDOWS = 32, MAX_PROBE_NAME = 40 };

enum probe_act { PROBE_OPEN, PROBE_CLOSE, PROBE_POINT };

struct probe {
    uint64_t address;
    uint16_t window;
    uint16_t act; /* enum probe_act */
};

struct probe_table {
    unsigned nr_probes, nr_windows;
    struct probe probes[MAX_PROBES]; /* sorted by address, table order kept within one */
    char names[MAX_WINDOWS][MAX_PROBE_NAME];
};

/* Reads a table. False, with a reason in *why, when a line is malformed or the table is too large. */
bool probes_read(struct probe_table *table, FILE *in, const char **why);

/* First probe at the address and how many there are, NULL and 0 for none. */
const struct probe *probes_at(const struct probe_table *table, uint64_t address, unsigned *nr);

#endif
