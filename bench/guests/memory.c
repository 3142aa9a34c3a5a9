/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages that leave a view and come back: own ones by ballooning, foreign ones by maps. Lists lie at fixed
 * addresses, pages are contiguous and ascending inside a bank, nothing is pinned and nothing scrubbed.
 */
#include "bench.h"

enum {
    MAX_PAGES = 16,
    GUEST_PAGES = 0x90000, /* from the base of an image's bank: behind the image, below the tree */
    PEER_PAGES = RAM(0x20400000) + GUEST_PAGES,
    SCATTERED = 64,
};

static uint64_t frames[SCATTERED];
static int32_t errs[MAX_PAGES];
static struct xen_memory_reservation extents;
static struct xen_add_to_physmap_batch batch;

static void list_fill(uintptr_t base, uint32_t step, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        frames[i] = (base + i * step) >> XEN_PAGE_SHIFT;
    extents = (struct xen_memory_reservation){
        .extent_start = (uintptr_t)frames, .nr_extents = count, .domid = DOMID_SELF};
    batch = (struct xen_add_to_physmap_batch){.domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign,
        .size = (uint16_t)count, .foreign_domid = 2, .idxs = (uintptr_t)frames, .gpfns = (uintptr_t)frames,
        .errs = (uintptr_t)errs};
}

static uint32_t own_pages(void)
{
    return (uint32_t)machine.bank[0].base + GUEST_PAGES;
}

BENCH(balloon, out_in, IDS "S1-15 S2-05 S4-21", WHY "one region becomes two, then one again", NEEDS "system=bench-pair")
{
    for (uint32_t pages = 1; pages <= MAX_PAGES; pages *= 2) {
        list_fill(own_pages(), XEN_PAGE_SIZE, pages);
        for_rounds (round) {
            round_start();
            hypercall_memory_op(XENMEM_decrease_reservation, &extents);
            hypercall_memory_op(XENMEM_populate_physmap, &extents);
            round_stop();
        }
        require_eq(hypercall_memory_op(XENMEM_decrease_reservation, &extents), pages);
        require_eq(hypercall_memory_op(XENMEM_populate_physmap, &extents), pages);
        series_end("balloon.out_in.%u", pages);
    }
}

/* Every other page, until the view has no slot for one more hole. */
BENCH(balloon, slots_out, IDS "S2-09 S0-06", WHY "contiguity matters: each run of pages costs a region",
      NEEDS "system=bench-pair")
{
    list_fill(own_pages(), 2 * XEN_PAGE_SIZE, SCATTERED / 2);
    const int32_t out = hypercall_memory_op(XENMEM_decrease_reservation, &extents);

    expect_true(out > 0 && out < SCATTERED / 2);
    metric("balloon.slots_out", (uint32_t)out, "pages");
    extents.nr_extents = (uint32_t)out;
    expect_eq(hypercall_memory_op(XENMEM_populate_physmap, &extents), out);
}

static void unmap(uint32_t pages)
{
    struct xen_remove_from_physmap request = {.domid = DOMID_SELF};

    for (uint32_t i = 0; i < pages; i++) {
        request.gpfn = frames[i];
        hypercall_memory_op(XENMEM_remove_from_physmap, &request);
    }
}

static void expect_mapped(uint32_t pages)
{
    for (uint32_t i = 0; i < pages; i++)
        expect_eq(errs[i], 0);
}

BENCH(foreign, map_unmap, IDS "S2-02 S2-05 S4-21", WHY "what a backend pays for a buffer: one list, then each page",
      NEEDS "system=bench-pair")
{
    peers_meet();
    for (uint32_t pages = 1; pages <= MAX_PAGES; pages *= 2) {
        list_fill(PEER_PAGES, XEN_PAGE_SIZE, pages);
        for_rounds (round) {
            round_start();
            hypercall_memory_op(XENMEM_add_to_physmap_batch, &batch);
            unmap(pages);
            round_stop();
        }
        expect_mapped(pages);
        series_end("foreign.map_unmap.%u", pages);
    }
}

PEER(2, foreign, map_unmap)
{
    peers_meet();
}

BENCH(foreign, map_unmap_single, IDS "S2-05", WHY "the same pages, one call each: does a list help?",
      NEEDS "system=bench-pair")
{
    peers_meet();
    for (uint32_t pages = 1; pages <= MAX_PAGES; pages *= 2) {
        list_fill(PEER_PAGES, XEN_PAGE_SIZE, pages);
        batch.size = 1;
        for_rounds (round) {
            round_start();
            for (uint32_t i = 0; i < pages; i++) {
                batch.idxs = batch.gpfns = (uintptr_t)&frames[i];
                batch.errs = (uintptr_t)&errs[i];
                hypercall_memory_op(XENMEM_add_to_physmap_batch, &batch);
            }
            unmap(pages);
            round_stop();
        }
        expect_mapped(pages);
        series_end("foreign.map_unmap_single.%u", pages);
    }
}

PEER(2, foreign, map_unmap_single)
{
    peers_meet();
}

/* One region of the view more with each page given back: the peer's page costs what it costs, or grows with them. */
BENCH(access, beside, IDS "S4-09 S4-22 S0-06", WHY "cost over the regions of the caller's own view",
      NEEDS "system=bench-pair strategies=all")
{
    uint32_t holes = 0;

    peers_meet();
    for (;;) {
        require_eq(bench_op(BENCH_OP_TOUCH, 1), 0);
        for_rounds (round) {
            round_start();
            bench_op(BENCH_OP_TOUCH, 1);
            round_stop();
        }
        series_end("access.beside.%u", machine.nr_banks + holes);
        list_fill(own_pages() + 2 * holes * XEN_PAGE_SIZE, XEN_PAGE_SIZE, 1);
        if (hypercall_memory_op(XENMEM_decrease_reservation, &extents) != 1)
            break;
        holes++;
    }
    list_fill(own_pages(), 2 * XEN_PAGE_SIZE, holes);
    expect_eq(hypercall_memory_op(XENMEM_populate_physmap, &extents), holes);
}

PEER(2, access, beside)
{
    peers_meet();
}
