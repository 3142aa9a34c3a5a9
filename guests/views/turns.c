/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Right after each switch a domain sees its own memory and nobody else's. Domain 3 has no channel: that it
 * ran all its rounds is known by its end, a crash that the test asks for.
 */
#include "exchange.h"

enum { ROUNDS = 12, PAGE = XEN_PAGE_SIZE };

static uint32_t image_bank(uint32_t domain)
{
    return RAM(0x20000000u) + (domain - 1) * 0x400000u;
}

static void look_around(uint32_t domains)
{
    const uint32_t own = image_bank(machine.domain);
    uint32_t value;

    expect_eq(try_read32(own, &value).kind, FAULT_NONE);
    expect_eq(try_read32(own + 0x100000 - 4, &value).kind, FAULT_NONE);
    for (uint32_t other = 1; other <= domains; other++) {
        if (other == machine.domain)
            continue;
        expect_eq(try_read32(image_bank(other), &value).kind, FAULT_DATA);
        expect_eq(try_write32(image_bank(other) + 0x100000 - PAGE, 0xbad).kind, FAULT_DATA);
        expect_eq(try_exec(image_bank(other)).kind, FAULT_PREFETCH);
    }
}

static void take_turns(uint32_t rounds)
{
    for (uint32_t round = 0; round < rounds; round++) {
        look_around(3);
        sched_yield();
        look_around(3);
    }
}

TEST(views, three_domains_in_turn_see_only_their_own_memory, IDS "S4-24 S4-23", WHY "the view loaded is the next vCPU's",
     NEEDS "system=trio strategies=window,switch,mask crash=3")
{
    peers_meet();
    take_turns(2 * ROUNDS);
    sched_poll(NULL, 0, now_ns() + 1000000); /* the others finish */
}

PEER(2, views, three_domains_in_turn_see_only_their_own_memory)
{
    peers_meet();
    take_turns(ROUNDS);
}

PEER(3, views, three_domains_in_turn_see_only_their_own_memory)
{
    take_turns(ROUNDS);
    shutdown(SHUTDOWN_crash);
}

TEST(views, a_blocking_call_that_switches_loads_the_right_view, IDS "S4-24", WHY "the call returns to another vCPU than it came from",
     NEEDS "strategies=window,switch,mask")
{
    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        peer_signal(0);
        peer_wait(0);
        look_around(2);
    }
}

PEER(2, views, a_blocking_call_that_switches_loads_the_right_view)
{
    peers_meet();
    for (;;) {
        peer_wait(0);
        look_around(2);
        peer_signal(0);
    }
}

TEST(views, a_timer_that_switches_loads_the_right_view, IDS "S4-24 S4-13", WHY "no call of the guest is involved",
     NEEDS "system=slice strategies=window,switch,mask timeout_ms=4000")
{
    peers_meet();
    const uint64_t end = now_ns() + 12000000;

    while (now_ns() < end)
        look_around(2);
}

PEER(2, views, a_timer_that_switches_loads_the_right_view)
{
    peers_meet();
    for (;;)
        look_around(2);
}

TEST(views, an_abort_that_is_emulated_returns_to_the_right_view, IDS "S4-13 S4-24", WHY "traps other than calls, with every strategy",
     NEEDS "strategies=window,switch,mask")
{
    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        expect_true((*(volatile uint32_t *)(machine.gicd + 4) & 0x1fu) != 0); /* GICD_TYPER */
        look_around(2);
        expect_true(exchange());
        look_around(2);
    }
}

PEER(2, views, an_abort_that_is_emulated_returns_to_the_right_view)
{
    peers_meet();
    for (;;) {
        (void)*(volatile uint32_t *)(machine.gicd + 4);
        look_around(2);
        exchange();
    }
}
