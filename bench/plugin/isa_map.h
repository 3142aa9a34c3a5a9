/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which addresses hold which instruction set: an emulator's plugin cannot see the T bit. Text lines "ADDRESS a"
 * (A32), "ADDRESS t" (T32) or "ADDRESS x" (A64), hexadecimal, the mapping symbols of the image in ascending order;
 * each holds until the next.
 */
#ifndef BENCH_PLUGIN_ISA_MAP_H
#define BENCH_PLUGIN_ISA_MAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "decode.h"

enum { MAX_ISA_SPANS = 8192 };

struct isa_map {
    unsigned nr_spans;
    struct isa_span {
        uint64_t address;
        enum isa isa;
    } spans[MAX_ISA_SPANS];
};

/* False, with a reason in *why, when a line is malformed, out of order, or there are too many. */
bool isa_map_read(struct isa_map *map, FILE *in, const char **why);

/* A32 before the first span. */
enum isa isa_at(const struct isa_map *map, uint64_t address);

#endif
