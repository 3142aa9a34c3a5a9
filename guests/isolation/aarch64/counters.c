/* SPDX-License-Identifier: Apache-2.0 */
/* Systems that measure open the cycle counter to guests on every CPU, where the core has one. */
#include "fencepost.h"

static void expect_counter_as_id_says(void)
{
    uint64_t features, before, after;

    __asm__ volatile("mrs %0, id_aa64dfr0_el1" : "=r"(features));
    __asm__ volatile("isb\n\tmrs %0, pmccntr_el0" : "=r"(before)::"memory");
    delay_ns(1000);
    __asm__ volatile("isb\n\tmrs %0, pmccntr_el0" : "=r"(after)::"memory");
    const uint32_t perfmon = features >> 8 & 0xf;

    if (perfmon == 0 || perfmon == 0xf)
        expect_eq(after, 0);
    else
        expect_true(after > before);
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
