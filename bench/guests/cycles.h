/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cycles of each round, where the core has a PMU and the hypervisor lets guests read it (fencepost,bench). Elsewhere
 * nothing is read and nothing is said. Both stamps lie outside the marks.
 *
 * A round that begins in one domain and ends in another has no cycles: each domain has its own memory.
 */
#ifndef BENCH_GUESTS_CYCLES_H
#define BENCH_GUESTS_CYCLES_H

void cycles_begin(void);
void cycles_end(void);

/* After the note that names a series: one more with its numbers, and the series is forgotten. */
void cycles_report(void);

#endif
