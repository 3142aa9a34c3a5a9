/* SPDX-License-Identifier: Apache-2.0 */
/* What tally.c (one instruction) and rounds.c (where rounds and series begin and end) share. */
#ifndef BENCH_PLUGIN_TALLY_STATE_H
#define BENCH_PLUGIN_TALLY_STATE_H

#include "profile.h"
#include "record.h"
#include "stretch.h"

/* Exception vectors of Hyp mode by their number, and what A64 calls the same. */
enum { VECTOR_SERROR = 4, VECTOR_TRAP = 5, VECTOR_IRQ = 6, VECTOR_FIQ = 7 };

struct cpu {
    const struct site *previous;
    enum insn_class previous_class;
    bool previous_at_el2;
    bool at_el2;
    bool level_may_move; /* since it was told last */
    bool entering;       /* an exception was taken; the next instruction is the vector's first */
    bool awaits_access;  /* the previous instruction has made no access so far */
    bool remote_done;    /* its episode of this round is complete */
    unsigned block_left; /* instructions of its block that did not start yet */
    unsigned vector;
    uint32_t open_windows;
    uint64_t episode[NR_COUNTS]; /* of a remote CPU, not yet ended */
    struct stretch stretch;
    uint64_t stack_bottom, stack_top; /* of EL2; equal: not known */
};

struct tally {
    struct tally_image image;
    FILE *out;
    struct cpu cpus[TALLY_MAX_CPUS];
    bool booting, counting, round_open;
    unsigned local;
    uint64_t row[ROW_SIZE];
    uint64_t instructions;
    uint64_t longest; /* stretch that ended since the last series did */
    uint64_t deepest; /* stack since then, in bytes */
    unsigned series_index;
    struct series series;
    struct profile *profile; /* NULL: not wanted */
    bool profiling;          /* this round */
};

/* The first instruction below EL2 ends the boot. */
void round_end_boot(struct tally *tally);

/* A guest's mark, run by this CPU. */
void round_take_marker(struct tally *tally, unsigned cpu, enum marker marker);

/* Writes the series that is open, its last round included. */
void round_end_series(struct tally *tally);

#endif
