/* SPDX-License-Identifier: Apache-2.0 */
/* The edges of the own banks, crossed by instructions that carry no syndrome. */
#include "../places.h"

enum { WORD = 4 };

static uint32_t bank_base(uint32_t n)
{
    return (uint32_t)machine.bank[n].base;
}

static uint32_t bank_limit(uint32_t n)
{
    return (uint32_t)(machine.bank[n].base + machine.bank[n].size);
}

static void store_four(void *address)
{
    __asm__ volatile("mov r4, #1\n\tmov r5, #2\n\tmov r6, #3\n\tmov r7, #4\n\tstmia %0, {r4-r7}" ::"r"(address)
                     : "r4", "r5", "r6", "r7", "memory");
}

static void load_four(void *address)
{
    __asm__ volatile("ldmia %0, {r4-r7}" ::"r"(address) : "r4", "r5", "r6", "r7", "memory");
}

static void exclusive(void *address)
{
    uint32_t value, failed;

    __asm__ volatile("ldrex %0, [%2]\n\tstrex %1, %0, [%2]" : "=&r"(value), "=&r"(failed) : "r"(address) : "memory");
}

TEST(isolation, a_multiple_load_or_store_across_the_edge_is_denied, IDS "S4-23", WHY "these carry no syndrome",
     NEEDS "strategies=all")
{
    void *across = (void *)(uintptr_t)(bank_limit(0) - 2 * WORD);
    struct fault fault = fault_catch(load_four, across);

    expect_eq(fault.kind, FAULT_DATA);
    expect_eq(fault.far, bank_limit(0));
    fault = fault_catch(store_four, across);
    expect_eq(fault.kind, FAULT_DATA);
    expect_eq(fault.far, bank_limit(0));
}

TEST(isolation, exclusives_bytes_and_halves_are_denied_too, IDS "S4-23", WHY "every form of access is checked",
     NEEDS "strategies=all")
{
    const uint32_t outside = bank_limit(0);
    uint8_t byte;

    expect_eq(fault_catch(exclusive, (void *)(uintptr_t)outside).kind, FAULT_DATA);
    expect_eq(try_read8(outside, &byte).kind, FAULT_DATA);
    expect_eq(try_write8(outside, 0).kind, FAULT_DATA);
    expect_eq(try_read8(bank_base(0) - 1, &byte).kind, FAULT_DATA);
    expect_eq(try_write8(bank_base(0) - 1, 0).kind, FAULT_DATA);
}
