/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counting itself, without QEMU: executed instructions and memory accesses go in, one JSON line per
 * record comes out. bench/METRICS.md says what the numbers mean.
 *
 * A guest marks a round by START before and STOP after the operation, and closes a series of rounds by NEXT
 * (decode.h). Markers count nowhere. Rounds are numbered from 1: round 1 is the cold value, rounds 5 ... 1004
 * are warm and reported as the minimum and the maximum of every counter.
 *
 * The CPU that ran the start marker is the local one; it counts until the stop marker. Of any other CPU the
 * first episode that ends after the start marker counts, even past the stop marker: its instructions from
 * the exception, or from the last WFI of its idle loop, to the ERET.
 *
 * Who executes is said from outside: the CPU with every instruction, its level by tally_level(). The level can
 * only have changed where tally_asks_level() says so, at the start of a block of instructions.
 */
#ifndef BENCH_PLUGIN_TALLY_H
#define BENCH_PLUGIN_TALLY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "decode.h"
#include "isa_map.h"
#include "probes.h"

enum { TALLY_MAX_CPUS = 2, TALLY_COLD = 1, TALLY_FIRST_WARM = 5, TALLY_LAST_WARM = 1004 };

/* What is counted of hypervisor instructions: the classes, then these. */
enum { COUNT_LOAD_WORDS = NR_CLASSES, COUNT_STORE_WORDS, COUNT_EL1_MPU, NR_COUNTS };

enum { NR_VECTORS = 8 };

/* A round is a flat row of counters, so that minimum and maximum are taken element by element. */
enum {
    ROW_ALL,      /* instructions of every level and CPU */
    ROW_CLASSES,  /* the same by class */
    ROW_EPISODES = ROW_CLASSES + NR_CLASSES, /* ERETs of the local CPU */
    ROW_ABORTS,   /* loads and stores that aborted: no tick of the icount clock */
    ROW_CUT,      /* ticks of that clock that no instruction made: see tally_block() */
    ROW_SLEEPS,   /* WFI of any level and CPU */
    ROW_VECTOR,   /* hypervisor instructions by the vector of the last exception */
    ROW_HYP = ROW_VECTOR + NR_VECTORS,
    ROW_REMOTE = ROW_HYP + NR_COUNTS,
    ROW_WINDOW = ROW_REMOTE + NR_COUNTS,
    ROW_WINDOW_STRIDE = 1 + NR_COUNTS, /* passes, counts */
    ROW_SIZE = ROW_WINDOW + MAX_WINDOWS * ROW_WINDOW_STRIDE,
};

/* One instruction at one address, prepared once when QEMU translates it. */
struct site {
    uint64_t address;
    enum insn_class class;
    enum marker marker;
    bool text; /* in the hypervisor's text; who executes it is another question */
    bool wfi, el1_mpu, accesses;
    bool sysreg;      /* accesses a system register, which may trap */
    bool moves_level; /* after it the level, or whether interrupts are masked, may be another */
    bool irq_poll;    /* interrupts are looked for here although they are masked */
    bool irq_out;     /* the stretch does not count: nobody waits for an interrupt any more */
    unsigned nr_probes;
    const struct probe *probes;
};

struct tally_image {
    uint64_t text_start, text_end; /* [start, end) */
    const struct probe_table *probes;
    const struct isa_map *isas; /* of the text; NULL: all `isa` */
    enum isa isa;               /* of everything else */
    bool profile;               /* counts by address too (profile.h) */
};

struct tally;

/* `out` gets the records; the image is kept by reference. */
struct tally *tally_new(const struct tally_image *image, FILE *out);

/* Fills a site from the instruction word. */
void tally_prepare(const struct tally *tally, struct site *site, uint64_t address, uint32_t word);

/*
 * A block of so many instructions starts. The icount clock ticks for all of them at once, and takes ticks back when a
 * memory access leaves the block early, but not when a system register access does that traps.
 */
void tally_block(struct tally *tally, unsigned cpu, unsigned instructions);

/* Is the CPU's level to be told, now that a block begins at `first`? */
bool tally_asks_level(const struct tally *tally, unsigned cpu, const struct site *first);
void tally_level(struct tally *tally, unsigned cpu, bool at_el2, bool irqs_masked);

/* The instruction starts to execute. */
void tally_insn(struct tally *tally, unsigned cpu, const struct site *site);

/* It made a memory access. */
void tally_access(struct tally *tally, unsigned cpu, bool is_store, unsigned bytes);

/* Where its EL2 stack lies, [bottom, top): from now on it is known how deep that gets. */
void tally_stack(struct tally *tally, unsigned cpu, uint64_t bottom, uint64_t top);

/* The access was a store, to this address. */
void tally_store(struct tally *tally, unsigned cpu, uint64_t address);

/* Writes what is still open, and the totals of the run. */
void tally_finish(struct tally *tally);

#endif
