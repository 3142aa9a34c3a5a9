/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the counter is tested with (testsuite/test_counter.py): both CPUs make the same call, each its own number of
 * times, in one round. They run at the same time, from the first call to the last of the slower one.
 */
#include "bench.h"

enum { CALLS_1 = 300, CALLS_2 = 700, LANE = 0 };

static void make_calls(uint32_t calls)
{
    while (calls-- > 0) {
        hypercall_xen_version(XENVER_version, NULL);
        relax(); /* the emulator's turn of the other CPU */
    }
}

BENCH(counter, both_cpus, IDS "", WHY "who executes is told by the core", NEEDS "system=bench-smp")
{
    peers_meet();
    spin_until(event_clear(peer_port(LANE))); /* the peer runs */
    round_start();
    peer_signal(LANE);
    make_calls(CALLS_1);
    spin_until(event_clear(peer_port(LANE)));
    round_stop();
    series_end("counter.both_cpus %u %u", CALLS_1, CALLS_2);
}

PEER(2, counter, both_cpus)
{
    peers_meet();
    event_mask(peer_port(LANE));
    peer_signal(LANE);
    spin_until(event_clear(peer_port(LANE)));
    make_calls(CALLS_2);
    peer_signal(LANE);
}

/* Nothing of the hypervisor runs in its rounds. */
BENCH(counter, nothing, IDS "", WHY "a bench that measures nothing is no measurement", NEEDS "system=bench-pair")
{
    for_rounds (round) {
        round_start();
        round_stop();
    }
    series_end("hypercall.null");
}
