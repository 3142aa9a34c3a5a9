/* SPDX-License-Identifier: Apache-2.0 */
/* Two domains on two CPUs: one sends while the other's event page goes, comes, or moves. */
#include "balloon.h"

#define TWO_DOMAINS NEEDS "system=smp strategies=all"

TEST(balloon, events_from_the_other_cpu_survive_a_page_that_comes_and_goes, IDS "X-30 S4-17",
     WHY "the sender reaches the page whichever way it is", TWO_DOMAINS)
{
    const uint32_t events = image_bank_page(20);

    require_eq(events_register_shared_info((void *)(uintptr_t)events), 0);
    peers_meet();
    for (uint32_t round = 0; round < 50; round++) {
        peer_signal(0);
        do {
            require_eq(decrease(events, 0), 1);
            require_eq(populate(events, 0), 1);
            relax();
        } while (!event_clear(peer_port(0)));
    }
}

PEER(2, balloon, events_from_the_other_cpu_survive_a_page_that_comes_and_goes)
{
    peers_meet();
    for (;;) {
        peer_wait(0);
        peer_signal(0);
    }
}

TEST(balloon, shared_info_moves_while_the_other_cpu_sends, IDS "X-40 S4-17", WHY "no event is lost on the way", TWO_DOMAINS)
{
    uint32_t events = image_bank_page(20), next = image_bank_page(22);

    require_eq(events_register_shared_info((void *)(uintptr_t)events), 0);
    peers_meet();
    for (uint32_t round = 0; round < 50; round++) {
        const uint32_t old = events;

        peer_signal(0);
        require_eq(remove_page(old), 0);
        require_eq(events_register_shared_info((void *)(uintptr_t)next), 0);
        require_eq(populate(old, 0), 1);
        events = next;
        next = old;
        peer_wait(0);
    }
}

PEER(2, balloon, shared_info_moves_while_the_other_cpu_sends)
{
    peers_meet();
    for (;;) {
        peer_wait(0);
        peer_signal(0);
    }
}

TEST(balloon, shared_info_moves_while_the_other_cpu_sends_without_pause, IDS "X-40 S4-17",
     WHY "the sender finds the old page or the new one, never half of each", TWO_DOMAINS)
{
    uint32_t events = image_bank_page(20), next = image_bank_page(22);

    require_eq(events_register_shared_info((void *)(uintptr_t)events), 0);
    peers_meet();
    for (uint32_t round = 0; round < 200; round++) {
        const uint32_t old = events;

        require_eq(remove_page(old), 0);
        require_eq(events_register_shared_info((void *)(uintptr_t)next), 0);
        require_eq(populate(old, 0), 1);
        event_wait(peer_port(1));
        events = next;
        next = old;
    }
}

PEER(2, balloon, shared_info_moves_while_the_other_cpu_sends_without_pause)
{
    peers_meet();
    for (uint32_t round = 0;; round++) {
        peer_signal(1);
        if (round % 3 == 0)
            relax();
    }
}
