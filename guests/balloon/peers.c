/* SPDX-License-Identifier: Apache-2.0 */
/* Two domains: what one gives back the other never gets, and neither notices how often views change. */
#include "../views/exchange.h"
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"

/* Domain 2: nothing of domain 1's spare bank can be reached, and no call gets it. */
static void try_everything(uintptr_t page)
{
    expect_out(page);
    expect_eq(populate(page, 0), 0);
    expect_eq(decrease(page, 0), 0);
    expect_eq(remove_page(page), -XEN_ENOENT);
    expect_eq(reservation(XENMEM_increase_reservation, NULL, 1, 0, DOMID_SELF), 0);
    expect_eq(hypercall_xen_version(XENVER_get_features, (void *)page), -XEN_EFAULT);
    expect_out(page);
}

TEST(balloon, a_peer_never_gets_a_page_that_is_out, IDS "S1-05 S1-07 S1-11", WHY "it is still its owner's", ALL)
{
    peers_meet();
    expect_true(exchange()); /* in */
    require_eq(decrease(PAGE_AT(5), 0), 1);
    require_eq(remove_page(PAGE_AT(7)), 0);
    expect_true(exchange()); /* out */
    expect_out(PAGE_AT(5));
    expect_out(PAGE_AT(7));
    require_eq(populate(PAGE_AT(4), 2), 1);
    expect_true(exchange()); /* in again */
    expect_range_in(PAGE_AT(4), 4);
}

PEER(2, balloon, a_peer_never_gets_a_page_that_is_out)
{
    peers_meet();
    for (;;) {
        try_everything(PAGE_AT(5));
        try_everything(PAGE_AT(7));
        exchange();
    }
}

TEST(balloon, a_view_with_gaps_is_the_same_after_a_switch, IDS "S1-06 S4-24", WHY "every region is loaded again", ALL)
{
    peers_meet();
    for (uint32_t round = 0; round < 4; round++) {
        require_eq(decrease(PAGE_AT(10 + 4 * round), 1), 1);
        expect_true(exchange());
        for (uint32_t n = 0; n <= round; n++) {
            expect_range_out(PAGE_AT(10 + 4 * n), 2);
            expect_range_in(PAGE_AT(12 + 4 * n), 2);
        }
    }
    for (uint32_t round = 0; round < 4; round++) {
        require_eq(populate(PAGE_AT(10 + 4 * round), 1), 1);
        expect_true(exchange());
        expect_range_in(PAGE_AT(9), 3 + 4 * round);
    }
    exchange();
}

PEER(2, balloon, a_view_with_gaps_is_the_same_after_a_switch)
{
    peers_meet();
    for (;;) {
        expect_out(PAGE_AT(0));
        expect_out(PAGE_AT(10));
        expect_in(image_bank_page(0));
        exchange();
    }
}

TEST(balloon, both_domains_give_back_pages_at_once, IDS "S1-06 S4-24", WHY "each view changes alone", ALL)
{
    const uint32_t mine = image_bank_page(8);

    peers_meet();
    for (uint32_t round = 0; round < 6; round++) {
        require_eq(decrease(mine + round * 2 * PAGE, 0), 1);
        expect_true(exchange());
        expect_out(mine + round * 2 * PAGE);
        require_eq(populate(mine + round * 2 * PAGE, 0), 1);
        expect_in(mine + round * 2 * PAGE);
    }
    exchange();
}

PEER(2, balloon, both_domains_give_back_pages_at_once)
{
    const uint32_t mine = image_bank_page(8);

    peers_meet();
    for (uint32_t round = 0;; round++) {
        const uintptr_t page = mine + (round % 8) * PAGE;

        expect_in(page);
        require_eq(decrease(page, 0), 1);
        exchange();
        expect_out(page);
        require_eq(populate(page, 0), 1);
        expect_in(page);
    }
}

/* The peer's events come while shared_info is out: its send reaches a page that no view holds. */
TEST(balloon, a_peers_event_arrives_in_a_page_that_is_out, IDS "X-30 S4-05", WHY "the sender's window opens it", ALL)
{
    const uintptr_t page = PAGE_AT(50);

    require_eq(events_register_shared_info((void *)page), 0);
    peers_meet();
    events_quiet(0);
    for (uint32_t round = 0; round < 3; round++) {
        require_eq(decrease(page, 0), 1);
        peer_signal(1);
        expect_eq(sched_yield(), 0); /* the peer runs until it waits */
        expect_out(page);
        require_eq(populate(page, 0), 1);
        expect_true(event_clear(peer_port(1)));
        expect_true(upcall_flag(0));
        events_quiet(0);
    }
}

PEER(2, balloon, a_peers_event_arrives_in_a_page_that_is_out)
{
    peers_meet();
    for (;;) {
        peer_wait(1);
        peer_signal(1);
    }
}

TEST(balloon, a_send_to_a_peer_whose_page_is_out, IDS "X-30 S4-05", WHY "its page is in no view at all", ALL)
{
    peers_meet();
    for (uint32_t round = 0; round < 3; round++) {
        peer_signal(0);
        peer_wait(1); /* the peer's page is out now */
        peer_signal(0);
        peer_wait(1); /* it has looked */
    }
}

PEER(2, balloon, a_send_to_a_peer_whose_page_is_out)
{
    const uintptr_t page = image_bank_page(3);
    const uint32_t port = peer_port(0);

    require_eq(events_register_shared_info((void *)page), 0);
    peers_meet();
    for (;;) {
        peer_wait(0);
        require_eq(decrease(page, 0), 1);
        peer_signal(1);
        expect_eq(sched_poll(&port, 1, 0), 0);
        expect_out(page);
        require_eq(populate(page, 0), 1);
        expect_true(event_clear(port));
        expect_true(upcall_flag(0));
        peer_signal(1);
    }
}
