/* SPDX-License-Identifier: Apache-2.0 */
/* A hundred lives that use up all there is: whatever leaks once per restart is found by the last one. */
#include "restart.h"

enum { HUNDRED = 100 };

/* None finds less of it than the first did. */
TEST(restart, a_hundred_restarts_find_everything_as_before, IDS "S0-05 S2-02 X-12", WHY "pages, ports, slots, pins",
     NEEDS "system=restart")
{
    expect_within(board->done == HUNDRED, 5ull * SOON_NS);
    for (uint32_t n = 0; n < 4; n++) {
        expect_eq(balloon_out(OWN_1 + 2 * n * PAGE), 1);
        expect_eq(balloon_in(OWN_1 + 2 * n * PAGE), 1);
    }
}

PEER(2, restart, a_hundred_restarts_find_everything_as_before)
{
    const uint32_t life = begin_life();
    uint32_t counts[4] = {0};

    counts[0] = evtchn_count_open();
    while (counts[1] < 4 && map(1, OWN_1 + 2 * counts[1] * PAGE) == 0)
        counts[1]++;
    while (counts[2] < 7 && balloon_out(spare(2 * counts[2] + 1)) == 1)
        counts[2]++;
    while (evtchn_alloc_unbound(DOMID_SELF, 1) > 0)
        counts[3]++;
    for (uint32_t i = 0; i < 4; i++) {
        if (life == 1)
            board->word[i] = counts[i];
        expect_eq(counts[i], board->word[i]);
    }
    if (life < HUNDRED)
        reboot();
    for (uint32_t i = 0; i < counts[1]; i++)
        expect_eq(unmap(OWN_1 + 2 * i * PAGE), 0);
    end_part();
}
