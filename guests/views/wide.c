/* SPDX-License-Identifier: Apache-2.0 */
/* Views of different size: no region of the larger one stays behind when the smaller one is loaded. */
#include "exchange.h"

enum { WIDE_BANKS = 5, WIDE_BASE = RAM(0x20200000), WIDE_STRIDE = 0x10000, WIDE_SIZE = 0x4000 };

static uint32_t wide_bank(uint32_t n)
{
    return WIDE_BASE + n * WIDE_STRIDE;
}

TEST(views, a_smaller_view_leaves_no_region_of_a_larger_one, IDS "S4-24 S4-11 X-70",
     WHY "slots that the next view does not use must be off", NEEDS "system=wide strategies=window,switch,mask")
{
    peers_meet();
    for (uint32_t round = 0; round < 4; round++) {
        for (uint32_t n = 0; n < WIDE_BANKS; n++) {
            *(volatile uint32_t *)(uintptr_t)wide_bank(n) = n + round;
            *(volatile uint32_t *)(uintptr_t)(wide_bank(n) + WIDE_SIZE - 4) = ~n;
        }
        expect_true(exchange());
        for (uint32_t n = 0; n < WIDE_BANKS; n++) {
            expect_eq(*(volatile uint32_t *)(uintptr_t)wide_bank(n), n + round);
            expect_eq(*(volatile uint32_t *)(uintptr_t)(wide_bank(n) + WIDE_SIZE - 4), ~n);
        }
    }
}

PEER(2, views, a_smaller_view_leaves_no_region_of_a_larger_one)
{
    peers_meet();
    for (;;) {
        for (uint32_t n = 0; n < WIDE_BANKS; n++) {
            uint32_t value;

            expect_eq(try_read32(wide_bank(n), &value).kind, FAULT_DATA);
            expect_eq(try_write32(wide_bank(n) + WIDE_SIZE - 4, 0xbad).kind, FAULT_DATA);
        }
        exchange();
    }
}

TEST(views, the_larger_view_is_complete_after_every_send, IDS "S4-07 S4-24", WHY "a reload must not forget the last region",
     NEEDS "system=wide strategies=window,switch,mask")
{
    peers_meet();
    for (uint32_t round = 0; round < 4; round++) {
        peer_signal(1);
        for (uint32_t n = 0; n < WIDE_BANKS; n++) {
            uint32_t value;

            expect_eq(try_read32(wide_bank(n) + 4 * round, &value).kind, FAULT_NONE);
            expect_eq(try_write32(wide_bank(n) + WIDE_SIZE - 4, round).kind, FAULT_NONE);
            expect_eq(try_read32(wide_bank(n) - 4, &value).kind, FAULT_DATA);
            expect_eq(try_read32(wide_bank(n) + WIDE_SIZE, &value).kind, FAULT_DATA);
        }
    }
}

PEER(2, views, the_larger_view_is_complete_after_every_send)
{
    peers_meet();
}
