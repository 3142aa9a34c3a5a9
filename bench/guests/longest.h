/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a hypercall keeps interrupts masked: each call with its worst arguments, in the worst state that guests
 * can bring about. A series is one call, or one state and what follows from it; what is counted is the longest
 * stretch from one series' end to the next, preparations included. The names are printed at the end, because
 * printing is a hypercall too.
 */
#ifndef BENCH_GUESTS_LONGEST_H
#define BENCH_GUESTS_LONGEST_H

#include "bench.h"

enum { MAX_SERIES = 64, LAST_PORT = EVTCHN_DOM0LESS_MAX_PORT };

struct longest {
    const char *name;
    struct bench_clock clock;
};

extern struct longest longest[MAX_SERIES];
extern uint32_t nr_longest;

/* One series of one round: the state, then the call between the marks. */
#define LONGEST(series, state, ...)                                       \
    do {                                                                  \
        state;                                                            \
        struct longest *const this_series = &longest[nr_longest++];       \
        *this_series = (struct longest){.name = "irqoff." series};        \
        round_start_by(&this_series->clock);                              \
        __VA_ARGS__;                                                      \
        round_stop_by(&this_series->clock);                               \
        series_mark();                                                    \
    } while (0)

static inline void longest_end(void)
{
    for (uint32_t i = 0; i < nr_longest; i++) {
        note("series %s", longest[i].name);
        clock_tell(i, &longest[i].clock);
    }
}

#define EVERY_STRATEGY "strategies=window,window-domain,switch,switch-entry,auto,mask,background,background-always,shared"

#endif
