/* SPDX-License-Identifier: Apache-2.0 */
/* The other domain's memory: at rest, and right after the hypervisor had to reach into it. */
#include "places.h"

enum { PAGE = XEN_PAGE_SIZE };

static const uint32_t unused_word = 0xff0; /* of an event page: behind shared_info */

/* First, middle and last page of the peer's image bank. */
static bool ram_is_denied(enum attempt attempt)
{
    const uint32_t middle = peer_ram.base + (peer_ram.limit - peer_ram.base) / 2;
    const struct place pages[] = {
        {"the peer's first page", peer_ram.base, peer_ram.base + PAGE},
        {"the peer's middle page", middle, middle + PAGE},
        {"the peer's last page", peer_ram.limit - PAGE, peer_ram.limit},
    };

    return expect_place_denied(attempt, &pages[0], 256) && expect_place_denied(attempt, &pages[1], 256) &&
           expect_place_denied(attempt, &pages[2], 256);
}

static bool all_is_denied(void)
{
    return ram_is_denied(READ) && ram_is_denied(WRITE);
}

/* The hypervisor has just worked for this call: is anything of its work still open? */
static void events_are_denied(const char *after)
{
    if (!expect_denied(READ, peer_events.base, "the peer's shared_info") ||
        !expect_denied(WRITE, peer_events.base + unused_word, "the peer's event page"))
        note("after %s", after);
}

TEST(isolation, el1_cannot_read_the_peers_ram, IDS "S4-11 S4-23", WHY "another domain is in no view of ours",
     NEEDS "strategies=all")
{
    ram_is_denied(READ);
}

TEST(isolation, el1_cannot_write_the_peers_ram, IDS "S4-11 S4-23", WHY "another domain is in no view of ours",
     NEEDS "strategies=all")
{
    ram_is_denied(WRITE);
}

TEST(isolation, el1_cannot_execute_the_peers_ram, IDS "S4-11 S4-23", WHY "another domain is in no view of ours",
     NEEDS "strategies=all")
{
    ram_is_denied(EXECUTE);
}

TEST(isolation, el0_cannot_touch_the_peers_ram, IDS "S4-11 S4-23", WHY "another domain is in no view of ours",
     NEEDS "strategies=all")
{
    ram_is_denied(READ_EL0);
    ram_is_denied(WRITE_EL0);
    ram_is_denied(EXECUTE_EL0);
}

TEST(isolation, el1_cannot_read_the_peers_event_page, IDS "S4-11 S4-26",
     WHY "a region for everybody's event pages would show them", NEEDS "strategies=all xfail=shared")
{
    expect_place_denied(READ, &peer_events, 256);
}

TEST(isolation, el1_cannot_write_the_peers_event_page, IDS "S4-11 S4-26",
     WHY "a region for everybody's event pages would let us forge events", NEEDS "strategies=all xfail=shared")
{
    expect_denied(WRITE, peer_events.base + unused_word, "the peer's event page");
    expect_denied(WRITE, peer_events.limit - PAGE + unused_word, "the peer's last event page");
}

TEST(isolation, el0_cannot_touch_the_peers_event_page, IDS "S4-11 S4-26", WHY "user mode has no more than its kernel",
     NEEDS "strategies=all xfail=shared")
{
    expect_denied(READ_EL0, peer_events.base, "the peer's shared_info");
    expect_denied(WRITE_EL0, peer_events.base + unused_word, "the peer's event page");
}

TEST(isolation, el1_cannot_execute_the_peers_event_page, IDS "S4-11 S4-26", WHY "event pages hold data",
     NEEDS "strategies=all")
{
    expect_denied(EXECUTE, peer_events.base, "the peer's shared_info");
}

TEST(isolation, a_send_leaves_the_peers_event_page_closed, IDS "S4-06 S4-07",
     WHY "the window is closed, or the view is back, before the guest runs on", NEEDS "strategies=all xfail=shared")
{
    peers_meet();
    for (uint32_t round = 0; round < 3; round++) {
        peer_signal(1);
        events_are_denied("a send that sets the bit");
        peer_signal(1);
        events_are_denied("a send that finds it set");
    }
}

PEER(2, isolation, a_send_leaves_the_peers_event_page_closed)
{
    peers_meet();
}

TEST(isolation, a_send_leaves_the_peers_ram_closed, IDS "S4-06 S4-07",
     WHY "the hypervisor's own view holds all RAM, the guest's does not", NEEDS "strategies=all")
{
    peers_meet();
    peer_signal(1);
    require_true(all_is_denied());
    peer_signal(1);
    require_true(all_is_denied());
}

PEER(2, isolation, a_send_leaves_the_peers_ram_closed)
{
    peers_meet();
}

TEST(isolation, a_failing_call_leaves_the_peer_closed, IDS "S4-06 S4-07", WHY "error paths restore the view too",
     NEEDS "strategies=all")
{
    struct evtchn_status_args status;

    peers_meet();
    expect_eq(evtchn_send(1), -XEN_EINVAL);
    require_true(all_is_denied());
    expect_eq(evtchn_bind_interdomain(2, 11), -XEN_EINVAL);
    require_true(all_is_denied());
    expect_eq(evtchn_status(2, 11, &status), -XEN_EPERM);
    require_true(all_is_denied());
    expect_eq(evtchn_reset(2), -XEN_EPERM);
    require_true(all_is_denied());
}

PEER(2, isolation, a_failing_call_leaves_the_peer_closed)
{
    peers_meet();
}

TEST(isolation, every_kind_of_call_leaves_the_peers_event_page_closed, IDS "S4-06 S4-07 S4-13",
     WHY "each of them may have reached into it", NEEDS "strategies=all xfail=shared")
{
    peers_meet();
    event_mask(peer_port(1));
    expect_eq(evtchn_unmask(peer_port(1)), 0);
    events_are_denied("unmask");
    require_true(evtchn_alloc_unbound(DOMID_SELF, 2) > 0);
    events_are_denied("alloc_unbound");
    expect_eq(evtchn_close(peer_port(1)), 0);
    events_are_denied("close of a channel to the peer");
    expect_eq(events_register_vcpu_info(0, event_page(1)), 0);
    events_are_denied("register_vcpu_info");
    psci((uint32_t)PSCI_VERSION, 0, 0, 0);
    events_are_denied("PSCI");
    (void)*(volatile uint32_t *)machine.gicd;
    events_are_denied("an emulated access");
    expect_eq(sched_yield(), 0);
    events_are_denied("yield");
}

PEER(2, isolation, every_kind_of_call_leaves_the_peers_event_page_closed)
{
    peers_meet();
}

TEST(isolation, a_bind_to_the_peer_leaves_its_memory_closed, IDS "S4-06 S4-07", WHY "two domains' ports change in it",
     NEEDS "strategies=all")
{
    require_eq(events_init(), 0);
    peer_wait(0); /* the peer has allocated port 1 by now */
    expect_eq(evtchn_bind_interdomain(2, 1), 1);
    require_true(all_is_denied());
    expect_eq(evtchn_close(1), 0);
    require_true(all_is_denied());
}

PEER(2, isolation, a_bind_to_the_peer_leaves_its_memory_closed)
{
    require_eq(events_init(), 0);
    require_eq(evtchn_alloc_unbound(DOMID_SELF, 1), 1);
    peer_signal(0);
}
