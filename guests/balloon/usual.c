/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What guests do most: single pages of the first bank, apart from the memory that holds the call's argument. The
 * hypervisor has a short way for it, which must answer as the long one does, and hand over wherever it ends.
 */
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"
#define ONE NEEDS "system=balloon"

/* Page n behind a gap: what the hypervisor remembers of buffers ends at the gap. */
static uint32_t usual_page(uint32_t n)
{
    return image_bank_page(1 + n);
}

static void make_gap(void)
{
    require_eq(decrease(image_bank_page(0), 0), 1);
}

TEST(balloon, the_short_way_leaves_pages_fit_for_everything, IDS "S1-06 X-30", WHY "their state is right, not only the view", ALL)
{
    make_gap();
    for (uint32_t n = 0; n < 3; n++) {
        require_eq(decrease(usual_page(n), 0), 1);
        expect_out(usual_page(n));
        memory_query(XENMEM_current_reservation); /* a fault makes the hypervisor forget what it remembered */
        require_eq(populate(usual_page(n), 0), 1);
        expect_in(usual_page(n));
    }
    require_eq(decrease(usual_page(3), 0), 1);
    expect_eq(events_register_shared_info((void *)(uintptr_t)usual_page(3)), -XEN_EINVAL);
    expect_eq(events_register_shared_info((void *)(uintptr_t)usual_page(0)), 0);
    expect_eq(events_register_vcpu_info(0, (void *)(uintptr_t)usual_page(1)), 0);
}

TEST(balloon, the_short_way_ends_at_an_event_page, IDS "X-30", WHY "who writes there must learn that it goes", ALL)
{
    uint64_t frames[6];

    make_gap();
    require_eq(events_register_shared_info((void *)(uintptr_t)usual_page(3)), 0);
    const int32_t near = evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);
    const int32_t far = evtchn_bind_interdomain(DOMID_SELF, (uint32_t)near);

    require_true(near > 0 && far > 0);
    events_quiet(0);
    list_fill(frames, 6, usual_page(0), PAGE);
    require_eq(decrease_list(frames, 6, 0), 6);
    expect_eq(evtchn_send((uint32_t)far), 0);
    expect_range_out(usual_page(0), 6);
    require_eq(populate_list(frames, 6, 0), 6);
    expect_true(event_is_pending((uint32_t)near));
    expect_eq(evtchn_send((uint32_t)near), 0);
    expect_true(event_is_pending((uint32_t)far));
}

TEST(balloon, a_list_may_leave_the_short_way_anywhere, IDS "S1-06 X-20", WHY "other banks, own buffers, errors", ALL)
{
    const uint32_t others[] = {PAGE_AT(3), image_bank_page(0) - PAGE};

    make_gap();
    for (uintptr_t place = 0; place < 5; place++)
        for (uint32_t i = 0; i < 2; i++) {
            uint64_t frames[5];

            list_fill(frames, 5, usual_page(0), PAGE);
            frames[place] = frame_of(others[i]);
            expect_eq(decrease_list(frames, 5, 0), 5);
            expect_out(others[i]);
            expect_eq(populate_list(frames, 5, 0), 5);
            frames[place] = frame_of(NO_PLACE);
            expect_eq(decrease_list(frames, 5, 0), place);
            expect_range_out(usual_page(0), place);
            expect_range_in(usual_page(place), 6 - place);
            expect_eq(populate_list(frames, 5, 0), place);
            expect_range_in(usual_page(0), 6);
            expect_in(others[i]);
        }
}

TEST(balloon, the_short_way_cuts_no_frame_number, IDS "X-27", WHY "64 bits are compared", ONE)
{
    make_gap();
    require_eq(decrease(usual_page(8), 0), 1);
    for (uint32_t bit = 20; bit < 64; bit++) {
        expect_eq(decrease_frame(frame_of(usual_page(2)) | 1ull << bit, 0), 0);
        expect_eq(populate_frame(frame_of(usual_page(8)) | 1ull << bit, 0), 0);
    }
    expect_in(usual_page(2));
    expect_out(usual_page(8));
}

TEST(balloon, the_short_way_ends_where_the_bank_ends, IDS "S1-07", WHY "the frames right below and above", ONE)
{
    const uintptr_t base = (uint32_t)machine.bank[0].base, limit = base + (uint32_t)machine.bank[0].size;

    make_gap();
    expect_eq(decrease(base - PAGE, 0), 0);
    expect_eq(decrease(limit, 0), 0);
    expect_eq(populate(base - PAGE, 0), 0);
    expect_eq(populate(limit, 0), 0);
    expect_eq(decrease(limit - 2 * PAGE, 0), 1);
    expect_eq(populate(limit - 2 * PAGE, 0), 1);
    expect_in(limit - 2 * PAGE);
}

TEST(balloon, sixteen_single_pages_and_one_more, IDS "S1-06", WHY "the longest list that goes the short way", ONE)
{
    uint64_t frames[17];

    make_gap();
    list_fill(frames, 17, usual_page(0), PAGE);
    for (uint32_t count = 15; count <= 17; count++) {
        expect_eq(decrease_list(frames, count, 0), count);
        expect_range_out(usual_page(0), count);
        expect_in(usual_page(count));
        expect_eq(populate_list(frames, count, 0), count);
        expect_range_in(usual_page(0), 18);
    }
}

/* The hypervisor remembers the memory that holds the place. */
static void make_remembered(void *place)
{
    const struct xen_memory_domain self = {.domid = DOMID_SELF};

    expect_true(hypercall_memory_op(XENMEM_current_reservation, memcpy(place, &self, sizeof(self))) > 0);
}

/* A list of two that ends `inside` bytes before the end of the memory that also holds the argument. */
static int32_t reservation_at_the_end(uint32_t command, uintptr_t limit, uint32_t inside, const uint64_t frames[2])
{
    struct xen_memory_reservation *const request = (void *)(limit - 256);

    make_remembered(request);
    memcpy((void *)(limit - inside), frames, inside < 16 ? inside : 16);
    *request = (struct xen_memory_reservation){.extent_start = limit - inside, .nr_extents = 2, .domid = DOMID_SELF};
    return hypercall_memory_op(command, request);
}

static void end_lists_at(uintptr_t limit, uint32_t first_page)
{
    uint64_t frames[2];

    list_fill(frames, 2, first_page, PAGE);
    for (uint32_t inside = 1; inside <= 20; inside++) {
        const uint32_t whole = inside < 16 ? inside / 8 : 2;

        expect_eq(reservation_at_the_end(XENMEM_decrease_reservation, limit, inside, frames), whole);
        expect_range_out(first_page, whole);
        expect_range_in(first_page + whole * PAGE, 3 - whole);
        expect_eq(reservation_at_the_end(XENMEM_populate_physmap, limit, inside, frames), whole);
        expect_range_in(first_page, 3);
    }
}

TEST(balloon, a_list_at_the_end_of_the_short_ways_memory_is_read_in_whole_entries, IDS "X-20 S1-07",
     WHY "on any address, and half an entry is none", ONE)
{
    make_gap();
    end_lists_at(image_bank_page(0), usual_page(0));
}

TEST(balloon, a_list_at_the_end_of_a_bank_is_read_in_whole_entries, IDS "X-20 S1-07", WHY "the long way says the same", ONE)
{
    end_lists_at(SPARE_LIMIT, PAGE_AT(1));
}
