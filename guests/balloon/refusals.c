/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that do nothing: their result is the start extent, never an error. */
#include "balloon.h"

#define ONE NEEDS "system=balloon"

static const uint32_t counting[] = {XENMEM_decrease_reservation, XENMEM_populate_physmap, XENMEM_increase_reservation};
enum { NR_COUNTING = sizeof(counting) / sizeof(counting[0]) };

static uint64_t frames[16];

/* Pages of the first bank, apart from the one that holds the list: what a guest names most of the time. */
#define TARGET(n) image_bank_page(1 + (n))

static void prepare(void)
{
    require_eq(decrease(image_bank_page(0), 0), 1);
    list_fill(frames, 16, TARGET(1), 2 * PAGE);
}

/* All three calls, from the beginning and from extent 3. */
static void expect_nothing(const void *list, uint64_t count, uint32_t order, uint32_t flags, uint32_t domid)
{
    const struct xen_memory_reservation request = {.extent_start = (uintptr_t)list, .nr_extents = count,
                                                   .extent_order = order, .mem_flags = flags,
                                                   .domid = (uint16_t)domid};

    for (uint32_t i = 0; i < NR_COUNTING; i++) {
        expect_eq(hypercall_memory_op(counting[i], &request), 0);
        expect_eq(hypercall_memory_op(counting[i] | 3u << MEMOP_EXTENT_SHIFT, &request), 3);
    }
    expect_range_in(TARGET(0), 33);
}

TEST(balloon, no_extents_are_done_of_none, IDS "X-20", WHY "the list is not looked at", ONE)
{
    prepare();
    expect_nothing(frames, 0, 0, 0, DOMID_SELF);
    expect_nothing((void *)NO_PLACE, 0, 0, 0, DOMID_SELF);
}

TEST(balloon, too_many_extents_are_refused, IDS "X-20", WHY "the command has no room for their progress", ONE)
{
    prepare();
    expect_nothing(frames, 0x4000000, 0, 0, DOMID_SELF);
    expect_nothing(frames, 0xffffffff, 0, 0, DOMID_SELF);
    expect_nothing(frames, 1ull << 32, 0, 0, DOMID_SELF);
    expect_nothing(frames, (1ull << 32) + 1, 0, 0, DOMID_SELF);
    expect_nothing(frames, 1ull << 62, 0, 0, DOMID_SELF);
    expect_nothing(frames, ~0ull, 0, 0, DOMID_SELF);
}

TEST(balloon, the_greatest_count_is_looked_at_one_by_one, IDS "X-20", WHY "0x3ffffff is allowed; the list ends it", ONE)
{
    frames[0] = frame_of(PAGE_AT(2));
    frames[1] = frame_of(NO_PLACE);
    expect_eq(decrease_list(frames, 0x3ffffff, 0), 1);
    expect_out(PAGE_AT(2));
    expect_eq(populate_list(frames, 0x3ffffff, 0), 1);
    expect_in(PAGE_AT(2));
}

TEST(balloon, orders_above_nine_are_refused, IDS "X-20", WHY "the limit of an unprivileged domain", ONE)
{
    static const uint32_t orders[] = {10, 11, 18, 20, 31, 32, 40, 0x80000000, 0xffffffff};

    prepare();
    for (uint32_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++)
        expect_nothing(frames, 16, orders[i], 0, DOMID_SELF);
}

TEST(balloon, another_domains_reservation_is_not_ours, IDS "X-20 S1-07", WHY "unknown or not ours: the same answer", ONE)
{
    static const uint16_t others[] = {0,          2,         3,          0x1234,        DOMID_IO,
                                      DOMID_XEN,  DOMID_COW, DOMID_INVALID, DOMID_ANY, DOMID_IDLE, 0xffff};

    prepare();
    for (uint32_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        expect_nothing(frames, 16, 0, 0, others[i]);
}

TEST(balloon, the_own_id_is_as_good_as_self, IDS "S1-06", WHY "SELF is a short form", ONE)
{
    prepare();
    expect_eq(reservation(XENMEM_decrease_reservation, frames, 2, 0, 1), 2);
    expect_out(TARGET(1));
    expect_eq(reservation(XENMEM_populate_physmap, frames, 2, 0, 1), 2);
    expect_in(TARGET(1));
}

TEST(balloon, addresses_of_twelve_bits_or_less_are_refused, IDS "X-20", WHY "no page lies there", ONE)
{
    prepare();
    for (uint32_t bits = 1; bits <= 12; bits++)
        expect_nothing(frames, 2, 0, bits, DOMID_SELF);
}

TEST(balloon, an_exact_node_is_refused, IDS "X-20 S0-19", WHY "an unprivileged domain may not choose a NUMA node", ONE)
{
    enum { EXACT_NODE = 1 << 17 };

    prepare();
    expect_nothing(frames, 2, 0, EXACT_NODE | 1u << 8, DOMID_SELF);
    expect_nothing(frames, 2, 0, EXACT_NODE | 0xff00u, DOMID_SELF);
}

TEST(balloon, other_flags_change_nothing, IDS "X-20", WHY "as recorded for real Xen with 0xffff", ONE)
{
    static const uint32_t flags[] = {0, 32, 36, 0x0100, 0xff00, 0xffff, 1u << 17};

    prepare();
    for (uint32_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        const struct xen_memory_reservation request = {.extent_start = (uintptr_t)frames, .nr_extents = 2,
                                                       .mem_flags = flags[i], .domid = DOMID_SELF};

        expect_eq(hypercall_memory_op(XENMEM_decrease_reservation, &request), 2);
        expect_eq(hypercall_memory_op(XENMEM_populate_physmap, &request), 2);
    }
}

TEST(balloon, padding_of_the_argument_is_ignored, IDS "", WHY "calling convention, rule 7", ONE)
{
    struct xen_memory_reservation request = {.extent_start = (uintptr_t)frames, .nr_extents = 1, .domid = DOMID_SELF};

    prepare();
    memset(request.pad, 0xff, sizeof(request.pad));
    expect_eq(hypercall_memory_op(XENMEM_decrease_reservation, &request), 1);
    expect_eq(hypercall_memory_op(XENMEM_populate_physmap, &request), 1);
}

TEST(balloon, increase_gives_nothing_before_and_after_a_decrease, IDS "X-28 S1-06",
     WHY "given back pages make no room: they stay the domain's", ONE)
{
    uint64_t copy[16];

    list_fill(frames, 16, PAGE_AT(512), 4 * PAGE); /* its list is for results; these would be pages to take */
    memcpy(copy, frames, sizeof(copy));
    for (uint32_t order = 0; order <= MAX_ORDER; order++)
        expect_eq(reservation(XENMEM_increase_reservation, frames, 4, order, DOMID_SELF), 0);
    require_eq(decrease(PAGE_AT(512), 9), 1);
    for (uint32_t order = 0; order <= MAX_ORDER; order++)
        expect_eq(reservation(XENMEM_increase_reservation, frames, 4, order, DOMID_SELF), 0);
    expect_eq(reservation(XENMEM_increase_reservation, NULL, 4, 0, DOMID_SELF), 0);
    expect_eq(memcmp(frames, copy, sizeof(copy)), 0);
    expect_range_out(PAGE_AT(512), 512);
    prepare();
    require_eq(decrease_list(frames, 4, 0), 4);
    expect_eq(reservation(XENMEM_increase_reservation, frames, 4, 0, DOMID_SELF), 0);
    expect_out(TARGET(1));
}

TEST(balloon, a_populate_where_no_ram_ever_was_gives_nothing, IDS "S1-06 X-23",
     WHY "case 2: no dynamic page, with room made or without", ONE)
{
    expect_eq(populate(NO_PLACE, 0), 0);
    expect_eq(populate(SPARE_LIMIT, 0), 0);
    require_eq(decrease(PAGE_AT(512), 9), 1);
    expect_eq(populate(NO_PLACE, 0), 0);
    expect_eq(populate(SPARE_LIMIT, 9), 0);
    expect_eq(populate((uint32_t)SPARE - PAGE, 0), 0);
    expect_out(SPARE_LIMIT);
    expect_out((uint32_t)SPARE - PAGE);
    expect_eq(populate(PAGE_AT(512), 9), 1);
}
