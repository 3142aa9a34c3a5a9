/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bare ways to another domain's pages, through the bench-only hypercall: probes inside the hypervisor
 * mark what is counted, so entry, exit and argument checks are out.
 */
#include "bench.h"

BENCH(access, touch, IDS "S4-08 S4-12 S4-20 S4-26", WHY "cost over the number of pages",
      NEEDS "system=bench-pair strategies=all")
{
    enum { MAX_PAGES = 16 };

    peers_meet();
    for (uint32_t pages = 1; pages <= MAX_PAGES; pages++) {
        require_eq(bench_op(BENCH_OP_TOUCH, pages), 0);
        for_rounds (round) {
            round_start();
            bench_op(BENCH_OP_TOUCH, pages);
            round_stop();
        }
        series_end("access.touch.%u", pages);
    }
}

PEER(2, access, touch)
{
    peers_meet();
}

/* Up to the first number of slots the board does not have. */
BENCH(view, switch, IDS "S0-06 S4-09", WHY "the question of the founding document", NEEDS "system=bench-pair")
{
    uint32_t slots = 1;

    for (; bench_op(BENCH_OP_VIEW, slots) == 0; slots++) {
        for_rounds (round) {
            round_start();
            bench_op(BENCH_OP_VIEW, slots);
            round_stop();
        }
        series_end("view.switch.%u", slots);
    }
    expect_true(slots > 1);
}

BENCH(region, add_remove, IDS "S4-09", WHY "the other half of the question", NEEDS "system=bench-pair")
{
    peers_meet();
    require_eq(bench_op(BENCH_OP_WINDOW, 0), 0);
    for_rounds (round) {
        round_start();
        bench_op(BENCH_OP_WINDOW, 0);
        round_stop();
    }
    series_end("region.add_remove");
}

PEER(2, region, add_remove)
{
    peers_meet();
}

BENCH(view, mask, IDS "S4-09", WHY "one register write each way", NEEDS "system=bench-pair strategies=mask")
{
    require_eq(bench_op(BENCH_OP_MASK, 0), 0);
    for_rounds (round) {
        round_start();
        bench_op(BENCH_OP_MASK, 0);
        round_stop();
    }
    series_end("view.mask");
}
