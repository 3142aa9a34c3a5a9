/* SPDX-License-Identifier: Apache-2.0 */
/* No call tells a frame number that its caller did not know: what goes in comes back as it was. */
#include "places.h"

enum { NR_FRAMES = 2, GUARD_WORDS = 4 };

static struct {
    uint64_t frames[NR_FRAMES];
    uint64_t out[NR_FRAMES];
    int32_t errs[NR_FRAMES];
    uint32_t guard[GUARD_WORDS];
} lists;

static void lists_fill(void)
{
    for (uint32_t i = 0; i < NR_FRAMES; i++) {
        lists.frames[i] = (uintptr_t)event_page(2 + i) >> XEN_PAGE_SHIFT;
        lists.out[i] = 0x5a5a5a5a5a5a5a5aull;
        lists.errs[i] = 0x5a5a5a5a;
    }
    for (uint32_t i = 0; i < GUARD_WORDS; i++)
        lists.guard[i] = 0x5a5a5a5a;
}

static void lists_are_untouched(void)
{
    for (uint32_t i = 0; i < NR_FRAMES; i++) {
        expect_eq(lists.frames[i], (uintptr_t)event_page(2 + i) >> XEN_PAGE_SHIFT);
        expect_eq(lists.out[i], 0x5a5a5a5a5a5a5a5aull);
    }
    for (uint32_t i = 0; i < GUARD_WORDS; i++)
        expect_eq(lists.guard[i], 0x5a5a5a5a);
}

static struct xen_memory_reservation reservation(const void *list)
{
    return (struct xen_memory_reservation){
        .extent_start = (uintptr_t)list, .nr_extents = NR_FRAMES, .domid = DOMID_SELF};
}

static void counting_call(uint32_t command, int32_t done)
{
    const struct xen_memory_reservation given = reservation(lists.frames);
    struct xen_memory_reservation request = given;

    expect_eq(hypercall_memory_op(command, &request), done);
    expect_eq(request.extent_start, given.extent_start);
    expect_eq(request.nr_extents, given.nr_extents);
    expect_eq(request.domid, given.domid);
    lists_are_untouched();
}

TEST(abi, counting_calls_leave_their_lists_alone, IDS "S0-21 S2-16", WHY "the frames are the caller's, before and after",
     NEEDS "system=solo")
{
    lists_fill();
    counting_call(XENMEM_increase_reservation, 0);
    counting_call(XENMEM_decrease_reservation, NR_FRAMES);
    counting_call(XENMEM_decrease_reservation, 0);
    counting_call(XENMEM_populate_physmap, NR_FRAMES);
}

TEST(abi, an_exchange_gives_no_frames, IDS "S0-21 S2-16", WHY "the one call that could hand some out",
     NEEDS "system=solo")
{
    lists_fill();
    struct xen_memory_exchange request = {.in = reservation(lists.frames), .out = reservation(lists.out)};

    expect_true(hypercall_memory_op(XENMEM_exchange, &request) < 0);
    expect_eq(request.nr_exchanged, 0);
    lists_are_untouched();
}

TEST(abi, a_batch_writes_results_only, IDS "S2-16", WHY "no reference is taken without a mapping", NEEDS "system=pair")
{
    lists_fill();
    lists.frames[0] = lists.frames[1] = 1; /* nobody's frame */
    const struct xen_add_to_physmap_batch request = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign, .size = NR_FRAMES, .foreign_domid = 2,
        .idxs = (uintptr_t)lists.frames, .gpfns = (uintptr_t)lists.frames, .errs = (uintptr_t)lists.errs};

    expect_eq(hypercall_memory_op(XENMEM_add_to_physmap_batch, &request), 0);
    for (uint32_t i = 0; i < NR_FRAMES; i++)
        expect_eq(lists.errs[i], -XEN_EINVAL);
    lists.frames[0] = (uintptr_t)event_page(2) >> XEN_PAGE_SHIFT;
    lists.frames[1] = (uintptr_t)event_page(3) >> XEN_PAGE_SHIFT;
    lists_are_untouched();
}

/* The arguments are what a toolstack would pass: a command and version word, a domain, a list to fill. */
TEST(abi, calls_that_look_frames_up_do_not_exist, IDS "S2-15 S2-16 S0-02",
     WHY "domctl, sysctl, grants, the x86 tables, access to devices", NEEDS "system=pair")
{
    static const uint32_t numbers[] = {1, 3, 14, 19, 20, 26, 27, 30, 33, 35, 36, 37, 39, 40, 41};

    lists_fill();
    for (uint32_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        expect_eq(hypercall(numbers[i], 0x33, (uintptr_t)lists.out, 2, (uintptr_t)lists.frames, 0), -XEN_ENOSYS);
        expect_eq(hypercall(numbers[i], (uintptr_t)lists.out, NR_FRAMES, 2, 0, 0), -XEN_ENOSYS);
        lists_are_untouched();
    }
}
