/* SPDX-License-Identifier: Apache-2.0 */
/* Accesses across the edge of a gap. */
#include "../balloon.h"

#define ONE NEEDS "system=balloon"

static void store_pair(void *address)
{
    __asm__ volatile("stp xzr, xzr, [%0]" ::"r"(address) : "memory");
}

static void zero_line(void *address)
{
    __asm__ volatile("dc zva, %0" ::"r"(address) : "memory");
}

TEST(balloon, an_access_across_the_edge_of_a_gap_faults, IDS "S1-06 S4-23", WHY "the gap is exact", ONE)
{
    require_eq(decrease(PAGE_AT(31), 0), 1);
    expect_eq(fault_catch(store_pair, (void *)(uintptr_t)(PAGE_AT(31) - 8)).far, PAGE_AT(31));
    expect_eq(fault_catch(store_pair, (void *)(uintptr_t)(PAGE_AT(32) - 8)).far, PAGE_AT(32) - 8);
    expect_eq(fault_catch(store_pair, (void *)(uintptr_t)(PAGE_AT(31) - 16)).kind, FAULT_NONE);
    expect_eq(fault_catch(store_pair, (void *)(uintptr_t)PAGE_AT(32)).kind, FAULT_NONE);
    expect_eq(fault_catch(zero_line, (void *)(uintptr_t)PAGE_AT(31)).far, PAGE_AT(31));
    expect_eq(fault_catch(zero_line, (void *)(uintptr_t)PAGE_AT(32)).kind, FAULT_NONE);
}
