/* SPDX-License-Identifier: Apache-2.0 */
/* The guest's own banks: everything inside, not one byte outside. */
#include "places.h"

enum { WORD = 4, GRANULE = 64 };

static uint32_t bank_base(uint32_t n)
{
    return (uint32_t)machine.bank[n].base;
}

static uint32_t bank_limit(uint32_t n)
{
    return (uint32_t)(machine.bank[n].base + machine.bank[n].size);
}

static void deny_both_sides_of_bank_0(enum attempt attempt)
{
    for (uint32_t distance = 0; distance < 2 * GRANULE; distance += WORD) {
        expect_denied(attempt, bank_base(0) - WORD - distance, "below the first bank");
        expect_denied(attempt, bank_limit(0) + distance, "above the first bank");
    }
}

TEST(isolation, the_first_and_last_words_of_every_bank_are_the_guests, IDS "S4-23 S1-01",
     WHY "a region one granule too small starves its owner", NEEDS "strategies=all")
{
    require_true(machine.nr_banks == 2);
    for (uint32_t n = 0; n < machine.nr_banks; n++)
        for (uint32_t distance = 0; distance < 2 * GRANULE; distance += WORD) {
            expect_own_word(bank_base(n) + distance);
            expect_own_word(bank_limit(n) - WORD - distance);
        }
}

TEST(isolation, el1_cannot_read_beside_its_bank, IDS "S4-23", WHY "one word below, one above", NEEDS "strategies=all")
{
    deny_both_sides_of_bank_0(READ);
}

TEST(isolation, el1_cannot_write_beside_its_bank, IDS "S4-23", WHY "one word below, one above", NEEDS "strategies=all")
{
    deny_both_sides_of_bank_0(WRITE);
}

TEST(isolation, el1_cannot_execute_beside_its_bank, IDS "S4-23", WHY "one word below, one above",
     NEEDS "strategies=all")
{
    deny_both_sides_of_bank_0(EXECUTE);
}

TEST(isolation, el0_cannot_leave_the_bank_either, IDS "S4-23", WHY "one word below, one above", NEEDS "strategies=all")
{
    deny_both_sides_of_bank_0(READ_EL0);
    deny_both_sides_of_bank_0(WRITE_EL0);
    deny_both_sides_of_bank_0(EXECUTE_EL0);
}

TEST(isolation, nothing_below_the_event_bank_is_reachable, IDS "S4-23", WHY "the lower edge of the last region",
     NEEDS "strategies=all")
{
    for (uint32_t distance = 0; distance < 2 * GRANULE; distance += WORD) {
        expect_denied(READ, bank_base(1) - WORD - distance, "below the event bank");
        expect_denied(WRITE, bank_base(1) - WORD - distance, "below the event bank");
    }
}

TEST(isolation, the_word_above_the_event_bank_cannot_be_read, IDS "S4-23 S4-11",
     WHY "the neighbour's event page begins there", NEEDS "strategies=all xfail=shared")
{
    expect_denied(READ, bank_limit(1), "above the event bank");
}

TEST(isolation, a_word_across_the_edge_is_denied_whole, IDS "S4-23", WHY "an unaligned access is checked byte by byte",
     NEEDS "strategies=all")
{
    const uintptr_t limit = bank_limit(0), base = bank_base(0);
    uint32_t value;

    for (uint32_t inside = 1; inside < WORD; inside++) {
        expect_eq(try_read32(limit - inside, &value).kind, FAULT_DATA);
        expect_eq(try_write32(limit - inside, 0x11111111).kind, FAULT_DATA);
        expect_eq(try_read32(base - inside, &value).kind, FAULT_DATA);
        expect_eq(try_write32(base - inside, 0x11111111).kind, FAULT_DATA);
    }
}
