/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event pages that the sender, or somebody else, has mapped. A window over a page that the loaded view holds
 * would be an overlap, so the hypervisor must know who holds which page, at any time.
 */
#include "foreign.h"

enum { LAST_BYTES = PAGE - 48, ROUNDS = 4 };

#define ALL NEEDS "system=foreign strategies=all"

/* With `shared` every view holds all event pages for ever, so the place is taken. */
static bool held_by_all;

static bool map_event_page(uint32_t owner, uintptr_t page)
{
    const int32_t result = map(owner, page);

    held_by_all = result == -XEN_EBUSY;
    return result == 0 || held_by_all;
}

static bool unmap_event_page(uintptr_t page)
{
    return unmap(page) == (held_by_all ? -XEN_ENOENT : 0);
}

/* The client answers each event; both ways go through its or our event page. */
static void play(void)
{
    for (uint32_t round = 0; round < ROUNDS; round++)
        give_turn(2);
}

static void answer(uint32_t games)
{
    meet();
    for (uint32_t round = 0; round < games * ROUNDS; round++)
        pass_turn();
}

TEST(foreign, events_reach_a_page_that_the_sender_has_mapped, IDS "S4-24 S2-02", WHY "no window over it", ALL)
{
    meet_client(2);
    play();
    require_true(map_event_page(2, EVENTS_2));
    play();
}

PEER(2, foreign, events_reach_a_page_that_the_sender_has_mapped)
{
    answer(2);
}

TEST(foreign, events_reach_a_page_that_was_mapped_before_it_was_registered, IDS "S4-24", WHY "either order", ALL)
{
    require_true(map_event_page(2, EVENTS_2));
    meet_client(2);
    play();
}

PEER(2, foreign, events_reach_a_page_that_was_mapped_before_it_was_registered)
{
    answer(1);
}

TEST(foreign, events_reach_a_page_after_its_unmap, IDS "S4-24 S2-11", WHY "the window is used again", ALL)
{
    meet_client(2);
    for (uint32_t round = 0; round < 3; round++) {
        require_true(map_event_page(2, EVENTS_2));
        play();
        expect_true(unmap_event_page(EVENTS_2));
        play();
    }
}

PEER(2, foreign, events_reach_a_page_after_its_unmap)
{
    answer(6);
}

TEST(foreign, events_reach_a_page_whose_neighbours_are_mapped, IDS "S4-24", WHY "a window beside a region", ALL)
{
    meet_client(2);
    require_true(map_event_page(2, EVENTS_2 + PAGE));
    play();
    require_true(map_event_page(2, EVENTS_2));
    play();
    expect_true(unmap_event_page(EVENTS_2));
    play();
}

PEER(2, foreign, events_reach_a_page_whose_neighbours_are_mapped)
{
    answer(3);
}

TEST(foreign, events_reach_vcpu_info_in_a_mapped_page, IDS "S4-17 S4-24", WHY "a second page of the receiver", ALL)
{
    require_true(map_event_page(2, EVENTS_2 + PAGE));
    meet_client(2);
    play();
    require_true(map_event_page(2, EVENTS_2));
    play();
}

PEER(2, foreign, events_reach_vcpu_info_in_a_mapped_page)
{
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(0, (uint8_t *)event_page(1) + LAST_BYTES), 0);
    events_quiet(0);
    meet();
    for (uint32_t round = 0; round < 2 * ROUNDS; round++) {
        pass_turn();
        expect_true(upcall_flag(0));
        expect_eq(selector(0), 1);
        events_quiet(0);
    }
    pass_turn();
}

TEST(foreign, upcalls_come_though_the_sender_has_the_page, IDS "S4-15 S4-24", WHY "by interrupt, too", ALL)
{
    meet_client(2);
    require_true(map_event_page(2, EVENTS_2));
    play();
}

PEER(2, foreign, upcalls_come_though_the_sender_has_the_page)
{
    meet();
    events_quiet(0);
    irq_init();
    upcall_enable();
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        require_eq(evtchn_send(CLIENT_PORT), 0);
        while (event_count(CLIENT_PORT) < round) {
            sched_block();
            irq_mask();
        }
    }
    require_eq(evtchn_send(CLIENT_PORT), 0);
}

TEST(foreign, the_borrower_sees_the_pending_bits, IDS "S2-02 S4-24", WHY "it is the page, not a copy",
     NEEDS "system=foreign strategies=window,switch,auto,mask,background")
{
    const struct shared_info *const theirs = (const void *)EVENTS_2;

    require_eq(map(2, EVENTS_2), 0);
    meet_client(2);
    expect_eq(theirs->evtchn_pending[0] >> CLIENT_PORT & 1, 0);
    require_eq(evtchn_send(client_port(2)), 0);
    expect_eq(theirs->evtchn_pending[0] >> CLIENT_PORT & 1, 1);
    event_wait(client_port(2));
    expect_eq(theirs->evtchn_pending[0] >> CLIENT_PORT & 1, 0);
}

PEER(2, foreign, the_borrower_sees_the_pending_bits)
{
    meet();
    pass_turn();
}

TEST(foreign, events_between_others_pass_a_borrowed_page, IDS "S4-24 S2-07", WHY "a third domain holds it",
     NEEDS "system=foreign strategies=all")
{
    meet_client(2);
    meet_client(3); /* domain 3 has the page of domain 1 now */
    play();
    give_turn(3);
    play();
}

PEER(2, foreign, events_between_others_pass_a_borrowed_page)
{
    answer(2);
}

PEER(3, foreign, events_between_others_pass_a_borrowed_page)
{
    expect_true(map_event_page(1, EVENTS_1));
    meet();
    expect_true(unmap_event_page(EVENTS_1));
    pass_turn();
}

TEST(foreign, an_event_to_oneself_reaches_a_page_that_another_domain_has_mapped, IDS "S4-24 S2-02",
     WHY "the own page is no special case", NEEDS "system=foreign strategies=all")
{
    require_eq(events_init(), 0);
    const int32_t port = evtchn_bind_ipi(0);

    require_true(port > 0);
    meet_client(3);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        expect_eq(evtchn_send((uint32_t)port), 0);
        expect_true(event_clear((uint32_t)port));
        give_turn(3);
    }
}

PEER(3, foreign, an_event_to_oneself_reaches_a_page_that_another_domain_has_mapped)
{
    expect_true(map_event_page(1, EVENTS_1));
    meet();
    for (;;)
        pass_turn();
}

TEST(foreign, events_reach_the_mapped_page_of_another_cpu, IDS "S4-24 S2-02", WHY "the remote send has no window",
     NEEDS "system=foreign-smp strategies=window,switch,auto,mask,shared")
{
    meet_client(2);
    require_true(map_event_page(2, EVENTS_2));
    play();
    expect_true(unmap_event_page(EVENTS_2));
    play();
}

PEER(2, foreign, events_reach_the_mapped_page_of_another_cpu)
{
    answer(2);
}

/* X-40, with everything a guest can do to a registered page. */
TEST(foreign, a_removed_event_page_moves_with_its_content, IDS "X-40", WHY "unmapped, still in use, then copied",
     NEEDS "system=foreign strategies=window,switch,auto,mask,background")
{
    require_eq(events_init(), 0);
    const uint32_t old = (uintptr_t)shared_info(), new = (uintptr_t)event_page(2);
    const uint32_t port = (uint32_t)evtchn_bind_ipi(0);

    event_mask(77);
    event_set(300);
    expect_eq(unmap(old), 0);
    expect_out(old);
    expect_eq(evtchn_send(port), 0); /* the hypervisor goes on writing there */
    memset((void *)(uintptr_t)new, 0xff, PAGE);
    expect_eq(events_register_shared_info((void *)(uintptr_t)new), 0);
    expect_true(event_is_pending(port));
    expect_true(event_is_masked(77));
    expect_true(event_is_pending(300));
    expect_true(!event_is_masked(port) && !event_is_pending(77));
    event_clear(port);
    expect_eq(evtchn_send(port), 0);
    expect_true(event_is_pending(port));
    expect_eq(balloon_in(old), 1); /* its pin went with the registration */
    expect_in(old);
}

TEST(foreign, shared_info_that_is_mapped_cannot_move, IDS "X-40", WHY "EBUSY until it is removed", ALL)
{
    require_eq(events_init(), 0);
    expect_eq(events_register_shared_info(event_page(2)), -XEN_EBUSY);
    event_set(5);
    expect_true(event_is_pending(5));
}
