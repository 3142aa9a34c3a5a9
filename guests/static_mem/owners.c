/* SPDX-License-Identifier: Apache-2.0 */
/* A page never changes its owner, whatever its owner does with it or becomes. */
#include "../views/exchange.h"
#include "static_mem.h"

enum { PEER_BANK = RAM(0x20400000), PEER_LIMIT = RAM(0x20500000) };

/* Nothing of the peer's bank is to be had. */
static void expect_peer_bank_closed(void)
{
    static uint64_t frames[256];

    for (uintptr_t at = PEER_BANK; at < PEER_LIMIT; at += 0x10000)
        expect_out(at);
    list_fill(frames, 256, PEER_BANK, PAGE);
    for (uint32_t n = 0; n < 256; n++) {
        expect_eq(populate_list(&frames[n], 1, 0), 0);
        expect_eq(decrease_list(&frames[n], 1, 0), 0);
    }
    expect_out(PEER_BANK);
}

static void wait_until_the_peer_is_gone(void)
{
    peers_meet();
    peer_signal(0);
    sched_yield();
    while (event_clear(peer_port(1)))
        sched_yield();
    sched_poll(NULL, 0, now_ns() + 100000);
}

TEST(static_mem, pages_of_a_domain_that_powered_off_are_nobodys, IDS "S1-11 S0-07",
     WHY "they are kept for it, not given to others", NEEDS "strategies=all")
{
    wait_until_the_peer_is_gone();
    expect_peer_bank_closed();
}

PEER(2, static_mem, pages_of_a_domain_that_powered_off_are_nobodys)
{
    peers_meet();
    peer_wait(0);
    shutdown(SHUTDOWN_poweroff);
}

TEST(static_mem, pages_of_a_domain_that_crashed_are_nobodys, IDS "S1-11 S0-07",
     WHY "they are kept for it, not given to others", NEEDS "strategies=all crash=2")
{
    wait_until_the_peer_is_gone();
    expect_peer_bank_closed();
}

PEER(2, static_mem, pages_of_a_domain_that_crashed_are_nobodys)
{
    peers_meet();
    peer_wait(0);
    shutdown(SHUTDOWN_crash);
}

TEST(static_mem, pages_given_back_by_a_domain_that_is_gone_stay_its_own, IDS "S1-11 S1-05",
     WHY "ballooned, then orphaned: still nobody else's", NEEDS "")
{
    wait_until_the_peer_is_gone();
    expect_peer_bank_closed();
}

PEER(2, static_mem, pages_given_back_by_a_domain_that_is_gone_stay_its_own)
{
    peers_meet();
    require_eq(decrease(image_bank_page(0), 5), 1);
    require_eq(remove_page(image_bank_page(40)), 0);
    peer_wait(0);
    shutdown(SHUTDOWN_poweroff);
}

TEST(static_mem, nothing_is_consumed_by_a_thousand_round_trips, IDS "S0-07 S1-05", WHY "no pool, no allocator, no leak",
     NEEDS "system=balloon")
{
    const uint32_t budget = slots_left();
    const int32_t pages = memory_query(XENMEM_current_reservation);

    for (uint32_t round = 0; round < 1000; round++) {
        const uintptr_t page = PAGE_AT(1 + round * 7 % (SPARE_PAGES - 2));

        if (round % 3 == 0)
            require_eq(remove_page(page), 0);
        else
            require_eq(decrease(page, 0), 1);
        require_eq(populate(page, 0), 1);
    }
    expect_eq(slots_left(), budget);
    expect_eq(memory_query(XENMEM_current_reservation), pages);
    expect_range_in(SPARE, SPARE_PAGES);
}
