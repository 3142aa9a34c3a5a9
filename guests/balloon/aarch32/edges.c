/* SPDX-License-Identifier: Apache-2.0 */
/* Accesses across the edge of a gap. */
#include "../balloon.h"

#define ONE NEEDS "system=balloon"

static void store_across(void *address)
{
    __asm__ volatile("mov r4, #1\n\tmov r5, #2\n\tmov r6, #3\n\tmov r7, #4\n\tstmia %0, {r4-r7}" ::"r"(address)
                     : "r4", "r5", "r6", "r7", "memory");
}

TEST(balloon, an_access_across_the_edge_of_a_gap_faults, IDS "S1-06 S4-23", WHY "the gap is exact", ONE)
{
    uint32_t value;

    require_eq(decrease(PAGE_AT(31), 0), 1);
    for (uint32_t inside = 1; inside < 4; inside++) {
        expect_eq(try_read32(PAGE_AT(31) - inside, &value).kind, FAULT_DATA);
        expect_eq(try_write32(PAGE_AT(32) - inside, 0).kind, FAULT_DATA);
    }
    expect_eq(fault_catch(store_across, (void *)(PAGE_AT(31) - 8)).far, PAGE_AT(31));
    expect_eq(fault_catch(store_across, (void *)(PAGE_AT(32) - 8)).far, PAGE_AT(32) - 8);
}
