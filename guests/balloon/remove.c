/* SPDX-License-Identifier: Apache-2.0 */
/* remove_from_physmap: unmaps, the page stays the domain's; and the queries that never move. */
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"
#define ONE NEEDS "system=balloon"

TEST(balloon, a_removed_page_comes_back_by_populate, IDS "X-26 S1-05", WHY "unmapped, not lost", ALL)
{
    const uintptr_t page = PAGE_AT(9);

    page_mark(page - PAGE, 1);
    expect_eq(remove_page(page), 0);
    expect_out(page);
    expect_in(page + PAGE);
    expect_true(page_has_mark(page - PAGE, 1));
    expect_eq(populate(page, 0), 1);
    expect_in(page);
}

TEST(balloon, a_page_is_removed_once, IDS "X-26", WHY "then nothing is mapped there", ONE)
{
    expect_eq(remove_page(PAGE_AT(9)), 0);
    expect_eq(remove_page(PAGE_AT(9)), -XEN_ENOENT);
    expect_eq(populate(PAGE_AT(9), 0), 1);
    expect_eq(remove_page(PAGE_AT(9)), 0);
}

TEST(balloon, a_removed_page_cannot_be_given_back, IDS "X-26", WHY "decrease wants a mapped page", ONE)
{
    require_eq(remove_page(PAGE_AT(9)), 0);
    expect_eq(decrease(PAGE_AT(9), 0), 0);
    expect_eq(decrease(PAGE_AT(8), 2), 0);
    expect_range_in(PAGE_AT(10), 2);
    expect_eq(populate(PAGE_AT(9), 0), 1);
    expect_eq(decrease(PAGE_AT(9), 0), 1);
}

TEST(balloon, a_page_that_is_out_cannot_be_removed, IDS "X-26", WHY "nothing is mapped there", ONE)
{
    require_eq(decrease(PAGE_AT(9), 0), 1);
    expect_eq(remove_page(PAGE_AT(9)), -XEN_ENOENT);
    expect_eq(populate(PAGE_AT(9), 0), 1);
    expect_in(PAGE_AT(9));
}

TEST(balloon, an_extent_may_hold_removed_and_ballooned_pages, IDS "X-26 S1-06", WHY "populate takes all in", ONE)
{
    require_eq(remove_page(PAGE_AT(9)), 0);
    require_eq(decrease(PAGE_AT(10), 1), 1);
    expect_eq(populate(PAGE_AT(8), 3), 1);
    expect_range_in(PAGE_AT(7), 10);
}

TEST(balloon, remove_has_its_errors_in_order, IDS "S1-07", WHY "EINVAL, EFAULT, ESRCH, EPERM, ENOENT", ONE)
{
    enum { LATER = XENMEM_remove_from_physmap | 1 << MEMOP_EXTENT_SHIFT };
    static const uint16_t unknown[] = {0, 3, 9, 0x1234, DOMID_IO, DOMID_XEN, DOMID_INVALID, 0xffff};
    const struct xen_remove_from_physmap fine = {.domid = DOMID_SELF, .gpfn = frame_of(PAGE_AT(9))};

    expect_eq(hypercall_memory_op(LATER, (void *)NO_PLACE), -XEN_EINVAL);
    expect_eq(hypercall_memory_op(LATER, &fine), -XEN_EINVAL);
    expect_eq(hypercall_memory_op(XENMEM_remove_from_physmap, (void *)NO_PLACE), -XEN_EFAULT);
    for (uint32_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
        expect_eq(remove_frame(~0ull, unknown[i]), -XEN_ESRCH);
    expect_eq(remove_frame(~0ull, 2), -XEN_EPERM);
    expect_eq(remove_frame(frame_of(RAM(0x20400000)), 2), -XEN_EPERM);
    expect_eq(remove_frame(~0ull, 1), -XEN_ENOENT);
    expect_in(PAGE_AT(9));
    expect_eq(remove_frame(frame_of(PAGE_AT(9)), 1), 0);
}

TEST(balloon, reservations_never_move, IDS "S1-05 X-26 X-28", WHY "a static domain owns its pages, in or out", ONE)
{
    const int32_t current = memory_query(XENMEM_current_reservation);
    const int32_t maximum = memory_query(XENMEM_maximum_reservation);
    const int32_t top = memory_query(XENMEM_maximum_gpfn);

    expect_eq(current, 0x100 + SPARE_PAGES + 4);
    expect_eq(maximum, current);
    for (uint32_t step = 0; step < 4; step++) {
        if (step == 0)
            require_eq(decrease(PAGE_AT(512), 9), 1);
        if (step == 1)
            require_eq(remove_page(PAGE_AT(3)), 0);
        if (step == 2)
            require_eq(populate(PAGE_AT(512), 9), 1);
        if (step == 3)
            require_eq(populate(PAGE_AT(3), 0), 1);
        expect_eq(memory_query(XENMEM_current_reservation), current);
        expect_eq(memory_query(XENMEM_maximum_reservation), maximum);
        expect_eq(memory_query(XENMEM_maximum_gpfn), top);
    }
}

TEST(balloon, maximum_gpfn_is_the_highest_ever, IDS "", WHY "it does not follow the last page out", ONE)
{
    const uintptr_t last = RAM(0x28003000);

    expect_eq(memory_query(XENMEM_maximum_gpfn), last >> XEN_PAGE_SHIFT);
    require_eq(decrease(last, 0), 1);
    expect_eq(memory_query(XENMEM_maximum_gpfn), last >> XEN_PAGE_SHIFT);
    require_eq(populate(last, 0), 1);
    expect_eq(memory_query(XENMEM_maximum_gpfn), last >> XEN_PAGE_SHIFT);
}

TEST(balloon, exchange_is_not_there, IDS "S2-16", WHY "arguments are checked, then EOPNOTSUPP", ONE)
{
    enum { WORDS = 9 }; /* in, out: four words each; nr_exchanged */
    uint64_t block[WORDS] = {0};

    expect_eq(hypercall_memory_op(XENMEM_exchange, (void *)NO_PLACE), -XEN_EFAULT);
    expect_eq(hypercall_memory_op(XENMEM_exchange, block), 0); /* nothing asked for, nothing done */
    block[1] = block[5] = 1;
    block[3] = block[7] = DOMID_SELF;
    expect_eq(hypercall_memory_op(XENMEM_exchange, block), -XEN_EOPNOTSUPP);
    block[2] = 10; /* in.extent_order */
    expect_eq(hypercall_memory_op(XENMEM_exchange, block), -XEN_EPERM);
    block[2] = 0;
    block[5] = 2;
    expect_eq(hypercall_memory_op(XENMEM_exchange, block), -XEN_EINVAL);
}
