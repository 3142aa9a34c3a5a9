/* SPDX-License-Identifier: Apache-2.0 */
/* Long lists: done completely, with interrupts let in between. */
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"
#define ONE NEEDS "system=balloon"

static uint64_t frames[MAX_LIST];

TEST(balloon, two_hundred_and_fifty_six_single_pages, IDS "S1-06", WHY "a restarted call is one call", ALL)
{
    list_fill(frames, 256, PAGE_AT(300), PAGE);
    expect_eq(decrease_list(frames, 256, 0), 256);
    expect_range_out(PAGE_AT(300), 256);
    expect_in(PAGE_AT(299));
    expect_in(PAGE_AT(556));
    expect_eq(populate_list(frames, 256, 0), 256);
    expect_range_in(PAGE_AT(299), 258);
}

TEST(balloon, sixty_four_extents_of_eight_pages, IDS "S1-06", WHY "a restarted call is one call", ALL)
{
    list_fill(frames, 64, PAGE_AT(1), 8 * PAGE);
    expect_eq(decrease_list(frames, 64, 3), 64);
    expect_range_out(PAGE_AT(1), 512);
    expect_eq(populate_list(frames, 64, 3), 64);
    expect_range_in(SPARE, 514);
}

TEST(balloon, a_long_list_stops_where_it_must, IDS "X-20 X-24", WHY "the count is exact behind a restart, too", ONE)
{
    list_fill(frames, 500, PAGE_AT(1), PAGE);
    frames[399] = frame_of(NO_PLACE);
    expect_eq(decrease_list(frames, 500, 0), 399);
    expect_out(PAGE_AT(399));
    expect_range_in(PAGE_AT(400), 102);
    expect_eq(populate_list(frames, 500, 0), 399);
    expect_range_in(SPARE, 502);
}

static volatile bool first_was_out, last_was_in;

static void look(uint32_t intid)
{
    uint32_t value;

    (void)intid;
    timer_disarm();
    first_was_out = try_read32(PAGE_AT(1), &value).kind != FAULT_NONE;
    last_was_in = try_read32(PAGE_AT(512), &value).kind == FAULT_NONE;
}

/* With the timer set to `after`: did the interrupt come in the middle of the list? */
static bool interrupted_in_the_middle(uint64_t after)
{
    list_fill(frames, 512, PAGE_AT(1), PAGE);
    first_was_out = last_was_in = false;
    timer_arm_ns(after);
    const int32_t done = decrease_list(frames, 512, 0);

    timer_disarm();
    expect_eq(done, 512);
    expect_range_out(PAGE_AT(1), 512);
    require_eq(populate(PAGE_AT(1), 9), 1);
    return first_was_out && last_was_in;
}

TEST(balloon, an_interrupt_gets_in_between_two_extents, IDS "S1-07", WHY "a list of 512 must not hold it up", ONE)
{
    bool seen = false;

    irq_init();
    irq_set_handler(INTID_TIMER, look);
    irq_enable_source(INTID_TIMER);
    irq_unmask();
    for (uint64_t after = 1000; !seen && after < 20000000; after += after / 2) /* some deadline lies in the call */
        seen = interrupted_in_the_middle(after);
    irq_mask();
    expect_true(seen);
}

TEST(balloon, a_pending_interrupt_that_is_masked_does_not_disturb, IDS "S1-07", WHY "the call ends all the same", ONE)
{
    irq_init();
    irq_enable_source(INTID_TIMER);
    timer_arm_ns(0);
    list_fill(frames, 512, PAGE_AT(1), PAGE);
    expect_eq(decrease_list(frames, 512, 0), 512);
    expect_eq(populate_list(frames, 512, 0), 512);
    expect_eq(irq_count(0, INTID_TIMER), 0);
    timer_disarm();
    expect_range_in(SPARE, 514);
}
