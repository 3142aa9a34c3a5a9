/* SPDX-License-Identifier: Apache-2.0 */
/* Systems that measure open the cycle counter to guests on every CPU, where the core has one. */
#include "counter.h"

TEST(isolation, the_counter_is_open_on_both_cpus_or_on_neither, IDS "S4-23", WHY "each CPU sets its own trap controls",
     NEEDS "system=bench-smp timeout_ms=10000")
{
    peers_meet();
    expect_counter_as_id_says();
    peer_signal(0);
    peer_wait(1);
}

PEER(2, isolation, the_counter_is_open_on_both_cpus_or_on_neither)
{
    peers_meet();
    peer_wait(0);
    expect_counter_as_id_says();
    peer_signal(1);
}
