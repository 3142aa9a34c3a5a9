/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What bench guests share. A BENCH measures one or more series; a series is BENCH_ROUND_COUNT rounds of one
 * operation between round_start() and round_stop(), then series_end() with the metric's name as in
 * bench/METRICS.md. Everything outside the two marks is free: it puts the state back. The marks are
 * instructions without effect that the counter knows (bench/plugin/decode.h); on a real core they cost what a
 * MOV costs.
 *
 * The bench clock is a second witness. CNTPCT is read before the start mark and after the stop mark, and the sums of
 * the stamps of a series are told with its name. In an emulator whose counter ticks once an instruction, stops minus
 * starts is what the counter of instructions saw, plus STAMP_OVERHEAD a round (bench/clock.py). Sums are modulo 2^32.
 * A domain whose rounds end elsewhere has its own sums, and tells them too: only their total means something.
 *
 * Rules: no console output between the first round and series_end(). A peer never marks, except where an
 * operation starts in one domain and ends in the other.
 */
#ifndef BENCH_GUESTS_BENCH_H
#define BENCH_GUESTS_BENCH_H

#include "cycles.h"
#include "fencepost.h"
#include "stamp.h"

struct bench_clock {
    uint32_t starts, stops;
};

extern struct bench_clock bench_clock; /* of the series that is measured now */

/* From the stamp to the mark: 5 instructions, the first of which reads the clock. */
static inline void round_start_by(struct bench_clock *clock) { stamp_and_start(&clock->starts); }

/* From the mark to the stamp: 1 instruction. */
static inline void round_stop_by(struct bench_clock *clock) { clock->stops += stop_and_stamp(); }

static inline void round_start(void)
{
    cycles_begin();
    round_start_by(&bench_clock);
}

static inline void round_stop(void)
{
    round_stop_by(&bench_clock);
    cycles_end();
}

/* The sums of the n-th series, as far as this domain has stamped it. */
void clock_tell(uint32_t series, const struct bench_clock *clock);

/* Ends a series for the counter. */
static inline void series_mark(void) { __asm__ volatile(FP_MARK_SERIES ::: "memory"); }

/* Names the series that was marked last, and tells its clock; the next begins with none. */
void series_tell(const char *format, ...);

/* Series are told apart by their order: the n-th series_end() of domain 1 names the n-th series counted. */
#define series_end(...)           \
    do {                          \
        series_mark();            \
        series_tell(__VA_ARGS__); \
    } while (0)

#define for_rounds(round) for (uint32_t round = 0; round < BENCH_ROUND_COUNT; round++)

/* The two ends of a channel inside the calling domain: a send on `sends` makes `receives` pending. */
struct loopback {
    uint32_t sends, receives;
};

static inline struct loopback loopback_open(void)
{
    int32_t receives = evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);
    require_true(receives > 0);
    int32_t sends = evtchn_bind_interdomain(DOMID_SELF, (uint32_t)receives);
    require_true(sends > 0);
    return (struct loopback){.sends = (uint32_t)sends, .receives = (uint32_t)receives};
}

/* The bench-only hypercall, present in systems that say `fencepost,bench`. */
enum bench_op {
    BENCH_OP_TOUCH = 0,  /* a1: pages of domain 2, one load and one store each */
    BENCH_OP_VIEW = 1,   /* a1: slots to rewrite */
    BENCH_OP_WINDOW = 2, /* open and close one window on a page of domain 2 */
    BENCH_OP_MASK = 3,   /* both views enabled, then one */
    HYPERCALL_BENCH_OP = 62,
};

static inline int32_t bench_op(enum bench_op op, uint32_t argument)
{
    return hypercall_3(HYPERCALL_BENCH_OP, (uint32_t)op, argument, 0);
}

#endif
