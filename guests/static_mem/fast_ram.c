/* SPDX-License-Identifier: Apache-2.0 */
/* A bank in another memory of the board: as good as any, and the domain's alone. */
#include "../views/exchange.h"
#include "static_mem.h"

#define FAST NEEDS "system=fast-ram strategies=window,switch,auto,mask,shared"

enum { TCM = (int)0xee100000, TCM_PAGES = 8 };

#define TCM_PAGE(n) ((uint32_t)TCM + (uint32_t)(n) * PAGE)

TEST(static_mem, a_bank_may_lie_in_another_memory_of_the_board, IDS "S1-03", WHY "read, write, to both edges", FAST)
{
    uint32_t value;

    expect_eq(machine.bank[1].base, (uint32_t)TCM);
    expect_eq(machine.bank[1].size, TCM_PAGES * PAGE);
    for (uint32_t n = 0; n < TCM_PAGES; n++)
        page_mark(TCM_PAGE(n), n);
    for (uint32_t n = 0; n < TCM_PAGES; n++)
        expect_true(page_has_mark(TCM_PAGE(n), n));
    expect_eq(try_read32(TCM_PAGE(0) - 4, &value).kind, FAULT_DATA);
    expect_eq(try_read32(TCM_PAGE(TCM_PAGES), &value).kind, FAULT_DATA);
}

TEST(static_mem, fast_memory_belongs_to_one_domain, IDS "S1-03", WHY "the other's read aborts", FAST)
{
    peers_meet();
    page_mark(TCM_PAGE(0), 1);
    expect_true(exchange());
    expect_true(page_has_mark(TCM_PAGE(0), 1));
    exchange();
}

PEER(2, static_mem, fast_memory_belongs_to_one_domain)
{
    peers_meet();
    for (;;) {
        for (uint32_t n = 0; n < TCM_PAGES; n++)
            expect_out(TCM_PAGE(n));
        expect_eq(populate(TCM_PAGE(0), 0), 0);
        expect_eq(decrease(TCM_PAGE(0), 0), 0);
        exchange();
    }
}

TEST(static_mem, fast_memory_serves_calls_and_events, IDS "S1-03 S4-03", WHY "buffers, lists, shared_info", FAST)
{
    uint64_t *const list = (uint64_t *)TCM_PAGE(1);

    *(struct xen_feature_info *)TCM_PAGE(2) = (struct xen_feature_info){0};
    expect_eq(hypercall_xen_version(XENVER_get_features, (void *)TCM_PAGE(2)), 0);
    require_eq(events_register_shared_info((void *)TCM_PAGE(0)), 0);
    peers_meet();
    expect_true(exchange());
    list_fill(list, 2, TCM_PAGE(4), PAGE);
    expect_eq(decrease_list(list, 2, 0), 2);
    expect_range_out(TCM_PAGE(4), 2);
    expect_eq(populate_list(list, 2, 0), 2);
    exchange();
}

PEER(2, static_mem, fast_memory_serves_calls_and_events)
{
    peers_meet();
    for (;;)
        exchange();
}
