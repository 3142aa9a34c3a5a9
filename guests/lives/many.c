/* SPDX-License-Identifier: Apache-2.0 */
/* Many short lives. The image is as small as the guest library allows: a restart scrubs and copies all of it. */
#include "../restart/restart.h"

enum { THOUSAND = 1000 };

TEST(lives, a_thousand_restarts_in_a_row, IDS "S0-05 S1-11", WHY "nothing leaks, nothing drifts",
     NEEDS "system=restart-small slow")
{
    expect_within(board->done == THOUSAND, 9ull * SOON_NS);
    expect_never(board->lives != THOUSAND);
}

PEER(2, lives, a_thousand_restarts_in_a_row)
{
    if (begin_life() < THOUSAND)
        reboot();
    end_part();
}
