/* SPDX-License-Identifier: Apache-2.0 */
/* Event pages anywhere in the guest's own RAM: they are found there, and they cost no region. */
#include "exchange.h"

static uint32_t bank_base(uint32_t n)
{
    return (uint32_t)machine.bank[n].base;
}

static uint32_t last_page(uint32_t n)
{
    return (uint32_t)(machine.bank[n].base + machine.bank[n].size) - XEN_PAGE_SIZE;
}

/* Both domains put shared_info at the same place of their bank and send both ways. */
static void talk_through(uintptr_t page)
{
    require_eq(events_register_shared_info((void *)page), 0);
    peers_meet();
    for (uint32_t round = 0; round < 3; round++) {
        expect_true(exchange());
        expect_true((selector(0) & 1u) != 0);
        expect_true(upcall_flag(0));
    }
    exchange();
}

#define TALKS_THROUGH(name, page, why)                                                           \
    TEST(views, name, IDS "S4-05 S4-17", WHY why, NEEDS "strategies=window,switch,mask") { talk_through(page); } \
    PEER(2, views, name) { talk_through(page); }

TALKS_THROUGH(an_event_page_may_be_the_first_of_the_image_bank, bank_base(0), "the lower edge of a region")
TALKS_THROUGH(an_event_page_may_be_the_last_of_the_image_bank, last_page(0), "the upper edge of a region")
TALKS_THROUGH(an_event_page_may_be_the_first_of_the_last_bank, bank_base(1), "next to nothing below")
TALKS_THROUGH(an_event_page_may_be_the_last_of_the_last_bank, last_page(1), "next to the other domain's bank")

/* vcpu_info at `info`: pending bits there, selector and flag here. */
static void talk_with_vcpu_info(uint32_t info)
{
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(0, (void *)(uintptr_t)info), 0);
    events_quiet(0);
    peers_meet();
    events_quiet(0);
    shared_info()->vcpu_info[0].evtchn_upcall_pending = 0; /* the old place keeps what it had */
    for (uint32_t round = 0; round < 3; round++) {
        selector_take(0);
        upcall_clear(0);
        expect_true(exchange());
        expect_eq(selector(0), 1);
        expect_true(upcall_flag(0));
        expect_eq(shared_info()->vcpu_info[0].evtchn_upcall_pending, 0);
    }
    exchange();
}

#define TALKS_WITH_INFO(name, info, why)                                                                     \
    TEST(views, name, IDS "S4-12 S4-16 S4-17", WHY why, NEEDS "strategies=window,switch,mask") { talk_with_vcpu_info(info); } \
    PEER(2, views, name) { talk_with_vcpu_info(info); }

TALKS_WITH_INFO(vcpu_info_may_share_the_page_of_shared_info, (uintptr_t)event_page(0) + 0x800,
                "one window serves both")
TALKS_WITH_INFO(vcpu_info_may_be_the_last_bytes_of_the_page, (uintptr_t)event_page(0) + 0x1000 - 48,
                "48 bytes that just fit")
TALKS_WITH_INFO(vcpu_info_may_lie_in_another_bank, bank_base(0) + 0x40, "one send, two pages, one window")
TALKS_WITH_INFO(vcpu_info_may_lie_in_the_next_page, (uintptr_t)event_page(1), "one send, two pages, one window")

TEST(views, a_full_view_has_room_for_event_pages, IDS "S0-20 S4-16 S4-02",
     WHY "ten banks fill every slot; the pages cost none", NEEDS "system=many strategies=window,auto,background,switch")
{
    require_eq(machine.nr_banks, 10);
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(0, (void *)(uintptr_t)(bank_base(3) + 64)), 0);
    for (uint32_t n = 0; n < machine.nr_banks; n++) {
        uint32_t value;

        expect_eq(try_read32(bank_base(n), &value).kind, FAULT_NONE);
        expect_eq(try_read32(last_page(n) + XEN_PAGE_SIZE - 4, &value).kind, FAULT_NONE);
        expect_eq(try_read32(bank_base(n) - 4, &value).kind, FAULT_DATA);
        expect_eq(try_read32(last_page(n) + XEN_PAGE_SIZE, &value).kind, FAULT_DATA);
    }
}

TEST(views, a_full_view_can_send_and_receive, IDS "S0-20 S4-10", WHY "the window is not one of the guest's slots",
     NEEDS "system=many strategies=window,auto,background,switch")
{
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(0, (void *)(uintptr_t)(bank_base(5) + 0x100)), 0);
    const int32_t a = evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);
    const int32_t b = evtchn_bind_interdomain(DOMID_SELF, (uint32_t)a);

    require_true(a > 0 && b > 0);
    events_quiet(0);
    expect_eq(evtchn_send((uint32_t)b), 0);
    expect_true(event_is_pending((uint32_t)a));
    expect_eq(selector(0), 1);
}

TEST(views, a_send_to_oneself_needs_no_peer, IDS "S4-19", WHY "the own page is in the loaded view", NEEDS "system=solo strategies=window,switch,mask")
{
    require_eq(events_init(), 0);
    const int32_t a = evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);
    const int32_t b = evtchn_bind_interdomain(DOMID_SELF, (uint32_t)a);

    require_true(a > 0 && b > 0);
    events_quiet(0);
    for (uint32_t round = 0; round < 3; round++) {
        expect_eq(evtchn_send((uint32_t)b), 0);
        expect_true(event_clear((uint32_t)a));
        expect_eq(evtchn_send((uint32_t)a), 0);
        expect_true(event_clear((uint32_t)b));
    }
}

TEST(views, memory_is_the_same_after_the_view_was_switched, IDS "S4-07 S4-24", WHY "the reload restores every region",
     NEEDS "strategies=window,switch,mask")
{
    volatile uint32_t *const spare = (volatile uint32_t *)(uintptr_t)(last_page(1) + 0x800);

    peers_meet();
    for (uint32_t round = 0; round < 8; round++) {
        *spare = round;
        expect_true(exchange());
        expect_eq(*spare, round);
    }
}

PEER(2, views, memory_is_the_same_after_the_view_was_switched)
{
    volatile uint32_t *const spare = (volatile uint32_t *)(uintptr_t)(last_page(1) + 0x800);

    peers_meet();
    for (;;) {
        *spare = 0xbad;
        exchange();
    }
}
