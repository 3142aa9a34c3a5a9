/* SPDX-License-Identifier: Apache-2.0 */
/* Systems that measure open the cycle counter to guests on every CPU, where the core has one. */
#include "../instructions.h"

static void expect_counter_as_id_says(void)
{
    static const struct instruction read = {"MRC PMCCNTR", A32_MRC(15, 0, 9, 13, 0)};
    uintptr_t registers[4] = {0};

    require_eq(try_instruction(A32_MRC(15, 0, 0, 1, 2), registers).kind, FAULT_NONE); /* ID_DFR0 */
    const uint32_t perfmon = registers[0] >> 24 & 0xf;

    if (perfmon < 3 || perfmon == 0xf)
        expect_undefined(&read, 0);
    else
        expect_eq(try_instruction(read.word, registers).kind, FAULT_NONE);
}

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
