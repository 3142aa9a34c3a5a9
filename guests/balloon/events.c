/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page shared with the hypervisor that is given back: the guest cannot see it any more, the hypervisor goes
 * on working in it, and populate brings it back with all that happened meanwhile.
 */
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"
#define ONE NEEDS "system=balloon"

enum { UNUSED = 0xff0, MARK = 0x600dda7a }; /* a word behind shared_info */

static uint32_t near_port, far_port; /* a channel to oneself */

static void listen_in(uintptr_t page)
{
    require_eq(events_register_shared_info((void *)page), 0);
    near_port = (uint32_t)evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);
    far_port = (uint32_t)evtchn_bind_interdomain(DOMID_SELF, near_port);
    require_true((int32_t)near_port > 0 && (int32_t)far_port > 0);
    events_quiet(0);
    *(volatile uint32_t *)(page + UNUSED) = MARK;
}

static void expect_event(uint32_t port)
{
    expect_true(event_is_pending(port));
    expect_true((selector(0) & 1u) != 0);
    expect_true(upcall_flag(0));
}

TEST(balloon, events_still_arrive_in_a_page_that_is_out, IDS "X-30 S1-07", WHY "the page is pinned, not gone", ALL)
{
    const uintptr_t page = PAGE_AT(50);

    listen_in(page);
    require_eq(decrease(page, 0), 1);
    expect_out(page);
    expect_eq(evtchn_send(far_port), 0);
    expect_out(page);
    require_eq(populate(page, 0), 1);
    expect_event(near_port);
    expect_true(!event_is_pending(far_port));
    expect_eq(*(volatile uint32_t *)(page + UNUSED), MARK);
}

TEST(balloon, a_removed_event_page_comes_back_with_its_content, IDS "X-40 X-26", WHY "unmapped, but in use", ALL)
{
    const uintptr_t page = PAGE_AT(50);

    listen_in(page);
    require_eq(remove_page(page), 0);
    expect_out(page);
    expect_eq(evtchn_send(far_port), 0);
    require_eq(populate(page, 0), 1);
    expect_event(near_port);
    expect_eq(*(volatile uint32_t *)(page + UNUSED), MARK);
}

TEST(balloon, an_event_page_goes_with_a_great_extent, IDS "X-30", WHY "any one page of 512", ALL)
{
    uintptr_t page = PAGE_AT(600);

    listen_in(page);
    for (uint32_t next = 701; next < 1010; next += 101) { /* at each place in a word of page states */
        require_eq(decrease(PAGE_AT(512), 9), 1);
        expect_eq(evtchn_send(far_port), 0);
        require_eq(populate(PAGE_AT(512), 9), 1);
        expect_event(near_port);
        expect_eq(*(volatile uint32_t *)(page + UNUSED), MARK);
        require_eq(remove_page(page), 0);
        require_eq(events_register_shared_info((void *)(uintptr_t)PAGE_AT(next)), 0);
        require_eq(populate(page, 0), 1);
        page = PAGE_AT(next);
        events_quiet(0);
    }
}

TEST(balloon, a_mask_in_a_page_that_is_out_still_counts, IDS "X-30", WHY "send and unmask read it there", ALL)
{
    const uintptr_t page = PAGE_AT(50);

    listen_in(page);
    event_mask(near_port);
    require_eq(decrease(page, 0), 1);
    expect_eq(evtchn_send(far_port), 0);
    require_eq(populate(page, 0), 1);
    expect_true(event_is_pending(near_port));
    expect_true(!upcall_flag(0));
    require_eq(decrease(page, 0), 1);
    expect_eq(evtchn_unmask(near_port), 0);
    require_eq(populate(page, 0), 1);
    expect_true(!event_is_masked(near_port));
    expect_event(near_port);
}

static volatile uint32_t upcalls_seen;

static void note_upcall(uint32_t intid)
{
    upcalls_seen++;
    irq_disable_source(intid); /* its flag lies where nobody can clear it */
}

TEST(balloon, the_upcall_comes_from_a_page_that_is_out, IDS "X-30 X-06", WHY "the line follows the flag wherever it is", ALL)
{
    const uintptr_t page = PAGE_AT(50);

    listen_in(page);
    irq_init();
    irq_set_handler(INTID_EVENT_UPCALL, note_upcall);
    irq_enable_source(INTID_EVENT_UPCALL);
    irq_unmask();
    require_eq(decrease(page, 0), 1);
    expect_eq(upcalls_seen, 0);
    expect_eq(evtchn_send(far_port), 0);
    spin_until(upcalls_seen != 0);
    expect_eq(upcalls_seen, 1);
    require_eq(populate(page, 0), 1);
    expect_event(near_port);
    upcall_clear(0);
    irq_enable_source(INTID_EVENT_UPCALL);
    expect_eq(sched_yield(), 0);
    expect_eq(upcalls_seen, 1);
}

TEST(balloon, a_poll_finds_events_in_a_page_that_is_out, IDS "X-30", WHY "the hypervisor looks at the pending bit", ALL)
{
    const uintptr_t page = PAGE_AT(50);

    listen_in(page);
    require_eq(decrease(page, 0), 1);
    expect_eq(evtchn_send(far_port), 0);
    expect_eq(sched_poll(&near_port, 1, 0), 0); /* for ever, if it were not pending */
    require_eq(populate(page, 0), 1);
    expect_event(near_port);
}

TEST(balloon, closing_a_port_clears_its_bit_in_a_page_that_is_out, IDS "X-30", WHY "the next owner starts clean", ALL)
{
    const uintptr_t page = PAGE_AT(50);

    listen_in(page);
    expect_eq(evtchn_send(far_port), 0);
    require_eq(decrease(page, 0), 1);
    expect_eq(evtchn_close(near_port), 0);
    require_eq(populate(page, 0), 1);
    expect_true(!event_is_pending(near_port));
}

TEST(balloon, a_vcpu_info_in_a_page_that_is_out_is_written, IDS "X-30 S4-12", WHY "as recorded: 1, and 1 again", ALL)
{
    const uintptr_t page = PAGE_AT(50), info = PAGE_AT(60) + 0x740;

    listen_in(page);
    require_eq(events_register_vcpu_info(0, (void *)info), 0);
    selector_take(0);
    upcall_clear(0);
    require_eq(decrease(PAGE_AT(60), 0), 1);
    expect_out(PAGE_AT(60));
    expect_eq(evtchn_send(far_port), 0);
    expect_true(event_is_pending(near_port));
    require_eq(populate(PAGE_AT(60), 0), 1);
    expect_event(near_port);
}

TEST(balloon, both_event_pages_may_be_out_at_once, IDS "X-30", WHY "one send, two pages that no view holds", ALL)
{
    const uintptr_t page = PAGE_AT(50), info = PAGE_AT(51);

    listen_in(page);
    require_eq(events_register_vcpu_info(0, (void *)info), 0);
    selector_take(0);
    upcall_clear(0);
    require_eq(decrease(page, 1), 1);
    for (uint32_t round = 0; round < 3; round++) {
        expect_eq(evtchn_send(far_port), 0);
        expect_eq(evtchn_send(near_port), 0);
    }
    expect_range_out(page, 2);
    require_eq(populate(page, 1), 1);
    expect_event(near_port);
    expect_true(event_is_pending(far_port));
}

static void unmask_while_both_are_out(void)
{
    const uintptr_t page = PAGE_AT(50), info = PAGE_AT(51);

    listen_in(page);
    require_eq(events_register_vcpu_info(0, (void *)info), 0);
    selector_take(0);
    upcall_clear(0);
    event_mask(near_port);
    expect_eq(evtchn_send(far_port), 0);
    require_eq(decrease(page, 1), 1);
    expect_eq(evtchn_unmask(near_port), 0);
    expect_range_out(page, 2);
    require_eq(populate(page, 1), 1);
    expect_true(!event_is_masked(near_port));
    expect_event(near_port);
}

TEST(balloon, an_unmask_delivers_while_both_event_pages_are_out, IDS "X-30", WHY "the mask is in one, the flag in the other", ALL)
{
    unmask_while_both_are_out();
}

TEST(balloon, an_unmask_delivers_with_a_window_for_each_event_page, IDS "X-30 S4-05", WHY "both stay open until the end",
     NEEDS "system=balloon-windows strategies=window,window-domain,auto")
{
    unmask_while_both_are_out();
}

TEST(balloon, an_event_page_stays_registered_while_it_is_out, IDS "X-30", WHY "decrease is no way to unregister", ONE)
{
    listen_in(PAGE_AT(50));
    require_eq(events_register_vcpu_info(0, (void *)(uintptr_t)PAGE_AT(60)), 0);
    require_eq(decrease(PAGE_AT(50), 0), 1);
    require_eq(decrease(PAGE_AT(60), 0), 1);
    expect_eq(events_register_shared_info((void *)(uintptr_t)PAGE_AT(70)), -XEN_EBUSY);
    expect_eq(events_register_vcpu_info(0, (void *)(uintptr_t)PAGE_AT(70)), -XEN_EBUSY);
    require_eq(populate(PAGE_AT(60), 0), 1);
    expect_eq(events_register_vcpu_info(0, (void *)(uintptr_t)PAGE_AT(70)), -XEN_EBUSY);
}

TEST(balloon, an_event_page_can_go_and_come_many_times, IDS "X-30", WHY "nothing is used up", ALL)
{
    const uintptr_t page = PAGE_AT(50);
    const uint32_t before = slots_left();

    listen_in(page);
    for (uint32_t round = 0; round < 40; round++) {
        require_eq(decrease(page, 0), 1);
        expect_eq(evtchn_send(far_port), 0);
        require_eq(populate(page, 0), 1);
        expect_true(event_clear(near_port));
        events_quiet(0);
    }
    expect_eq(slots_left(), before);
}

TEST(balloon, a_vcpu_info_may_be_registered_while_shared_info_is_out, IDS "X-30 S4-12", WHY "its content is fetched from there", ALL)
{
    const uintptr_t page = PAGE_AT(50), info = PAGE_AT(60);

    listen_in(page);
    expect_eq(evtchn_send(far_port), 0);
    require_eq(decrease(page, 0), 1);
    require_eq(events_register_vcpu_info(0, (void *)info), 0);
    expect_true(upcall_flag(0));
    expect_eq(selector(0), ~0ull);
    selector_take(0);
    upcall_clear(0);
    expect_eq(evtchn_send(near_port), 0);
    expect_true(upcall_flag(0));
    require_eq(populate(page, 0), 1);
    expect_event(near_port);
    expect_event(far_port);
}

TEST(balloon, shared_info_moves_after_it_was_removed, IDS "X-40", WHY "its content goes to the new page", ALL)
{
    const uintptr_t page = PAGE_AT(50), next = PAGE_AT(80);

    listen_in(page);
    event_mask(200);
    require_eq(remove_page(page), 0);
    expect_eq(evtchn_send(far_port), 0); /* into the removed page */
    require_eq(events_register_shared_info((void *)next), 0);
    expect_event(near_port);
    expect_true(event_is_masked(200));
    events_quiet(0);
    expect_eq(evtchn_send(far_port), 0);
    expect_event(near_port);
    expect_out(page);
}

TEST(balloon, the_page_that_shared_info_left_is_ordinary_again, IDS "X-40 X-30", WHY "its pin is dropped", ALL)
{
    const uintptr_t page = PAGE_AT(50);

    listen_in(page);
    require_eq(remove_page(page), 0);
    require_eq(events_register_shared_info((void *)(uintptr_t)PAGE_AT(80)), 0);
    require_eq(populate(page, 0), 1);
    memset((void *)page, 0, PAGE);
    events_quiet(0);
    expect_eq(evtchn_send(far_port), 0);
    for (uintptr_t at = page; at < page + PAGE; at += 4)
        if (*(volatile uint32_t *)at != 0)
            fail_("0x%x was written", at);
    require_eq(decrease(page, 0), 1);
    require_eq(populate(page, 0), 1);
    expect_in(page);
}

TEST(balloon, an_upcall_flag_in_a_page_that_is_out_is_seen_when_the_upcall_is_enabled, IDS "X-30 X-14",
     WHY "the line is the flag, wherever it lies", ALL)
{
    const uintptr_t page = PAGE_AT(50);

    listen_in(page);
    irq_init();
    require_eq(decrease(page, 0), 1);
    expect_eq(evtchn_send(far_port), 0);
    expect_true(irq_is_pending(INTID_EVENT_UPCALL));
    expect_out(page);
    require_eq(populate(page, 0), 1);
    expect_event(near_port);
    upcall_enable();
    irq_unmask();
    spin_until(upcall_count(0) == 1);
    irq_mask();
    expect_eq(event_count(near_port), 1);
    require_eq(decrease(page, 0), 1);
    expect_true(!irq_is_pending(INTID_EVENT_UPCALL));
}
