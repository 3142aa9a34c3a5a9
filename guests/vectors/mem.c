/* SPDX-License-Identifier: Apache-2.0 */
#include "play.h"

enum { OUT = XENMEM_decrease_reservation, IN = XENMEM_populate_physmap, ORDER_9 = 9, MANY = 512 };
#define BEYOND (1ull << 36)

static uint64_t frames[MANY];

static void out(uint64_t one, uint32_t order) { result(extent(OUT, one, order)); }
static void in(uint64_t one, uint32_t order) { result(extent(IN, one, order)); }

static void reservations(void)
{
    static const uint16_t domains[] = {DOMID_SELF, NO_DOMAIN, 0, 2};
    static const uint32_t commands[] = {77, 9, 10, 12};
    const struct xen_memory_domain self = {.domid = DOMID_SELF};

    result(hypercall_memory_op(XENMEM_current_reservation, &self));
    result(hypercall_memory_op(XENMEM_maximum_reservation, &self));
    result(hypercall_memory_op(XENMEM_maximum_ram_page, NULL));
    for (uint32_t i = 1; i < 4; i++)
        result(hypercall_memory_op(XENMEM_current_reservation, &(struct xen_memory_domain){.domid = domains[i]}));
    for (uint32_t i = 0; i < 4; i++)
        result(hypercall_memory_op(commands[i], zeros()));
}

static void single_pages(void)
{
    result(hypercall_memory_op(OUT, NOWHERE));
    store(T, 0x1122334455667788ull);
    decrease(T);
    pages_changed();
    load(T);
    store(T, 1);
    decrease(T);
    pages_changed();
    populate(T);
    pages_changed();
    load(T);
    store(T, 0xabcd);
    populate(T);
    pages_changed();
    load(T);
    decrease(T);
    pages_changed();
    load(T);
    populate(T);
    pages_changed();
}

static void bad_frames(uintptr_t distributor)
{
    out(frame(HOLE), 0);
    out(0, 0);
    out(~0ull, 0);
    out(BEYOND, 0);
    out(frame(distributor), 0);
    result(extents(OUT, frames, 0, 0));
}

static void fill(uint32_t count, uintptr_t from)
{
    for (uint32_t i = 0; i < count; i++)
        frames[i] = frame(from) + i;
}

static void lists(void)
{
    fill(4, T);
    result(extents(OUT, frames, 4, 0));
    pages_changed();
    result(extents(IN, frames, 4, 0));
    pages_changed();
    frames[0] = frame(T);
    frames[1] = frame(HOLE);
    frames[2] = frame(T) + 1;
    result(extents(OUT, frames, 3, 0));
    pages_changed();
    load(T + PAGE);
    populate(T);
    populate(T + PAGE);
    pages_changed();
}

static void orders(void)
{
    out(frame(T), ORDER_9);
    pages_changed();
    load(T + 0x100000);
    in(frame(T), ORDER_9);
    pages_changed();
    load(T + 0x100000);
    out(frame(T) + 1, ORDER_9);
    pages_changed();
    in(frame(T) + 1, ORDER_9);
    pages_changed();
    out(frame(T) + 1, ORDER_9);
    pages_changed();
    fill(MANY, T + PAGE);
    result(extents(IN, frames, MANY, 0));
    pages_changed();
    out(frame(T), 10);
    pages_changed();
    in(frame(T), 10);
    pages_changed();
    out(frame(T), 18);
    out(frame(T), 40);
    pages_changed();
}

static void bad_arguments(void)
{
    static const uint32_t nobody[] = {NO_DOMAIN, 2, 0, DOMID_IO, DOMID_XEN};
    const uint64_t one = frame(T);

    for (uint32_t i = 0; i < 5; i++)
        result(extents_of(nobody[i], OUT, &one, 1, 0, 0));
    result(extents(OUT, NOWHERE, 1, 0));
    result(extents(OUT, NULL, 1, 0));
    result(extents(IN, NOWHERE, 1, 0));
    result(extents(OUT, &one, 1ull << 62, 0));
    result(extents_of(DOMID_SELF, OUT, &one, 1, 0, 0xffff));
    result(extents_of(DOMID_SELF, IN, &one, 1, 0, 0xffff));
    pages_changed();
}

static void at_the_limit(uintptr_t distributor)
{
    uint64_t made = 0;

    populate(T);
    pages_changed();
    result(extents(XENMEM_increase_reservation, &made, 1, 0));
    pages_changed();
    populate(HOLE + 4 * PAGE);
    pages_changed();
    decrease(T);
    populate(HOLE + 4 * PAGE);
    pages_changed();
    load(HOLE + 4 * PAGE);
    decrease(HOLE + 4 * PAGE);
    populate(T);
    pages_changed();
    in(~0ull, 0);
    in(BEYOND, 0);
    in(0, 0);
    pages_changed();
    in(frame(distributor), 0);
    pages_changed();
}

static void shared_info_page(void)
{
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, frame(HOLE)));
    load(HOLE);
    load(HOLE + offsetof(struct shared_info, evtchn_mask));
    pages_changed();
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, frame(HOLE)));
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, frame(HOLE) + 1));
    load(HOLE);
    load(HOLE + PAGE);
    store(HOLE + 0xf00, 0x77);
    load(HOLE + PAGE + 0xf00);
    store(T, 0x5a5a);
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, frame(T)));
    pages_changed();
    load(T + 0xf00);
    load(T);
}

static void removing(void)
{
    decrease(T);
    pages_changed();
    load(T);
    result(unmap_frame(frame(T)));
    pages_changed();
    result(unmap_frame(frame(T)));
    load(T);
    populate(T);
    pages_changed();
    load(T);
    decrease(HOLE);
    load(HOLE);
    result(unmap_frame(frame(HOLE) + 1));
    load(HOLE + PAGE);
    result(unmap_frame(frame(T) + 2));
    pages_changed();
    load(T + 2 * PAGE);
    populate(T + 2 * PAGE);
    pages_changed();
    result(unmap_frame(frame(HOLE) + 8));
    result(unmap_frame(~0ull));
}

static void spaces(uintptr_t distributor)
{
    static const uint32_t nobody[] = {NO_DOMAIN, 0, 2};

    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 1, frame(HOLE)));
    result(map_space(DOMID_SELF, 99, 0, frame(HOLE)));
    for (uint32_t space = XENMAPSPACE_gmfn; space <= XENMAPSPACE_dev_mmio; space++)
        result(map_space(DOMID_SELF, space, frame(T), frame(HOLE)));
    for (uint32_t i = 0; i < 3; i++)
        result(map_space(nobody[i], XENMAPSPACE_shared_info, 0, frame(HOLE)));
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, ~0ull));
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, BEYOND));
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, 1ull << 27));
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, 0));
    result(unmap_frame(0));
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, frame(distributor)));
    load(distributor + 8);
    result(unmap_frame(frame(distributor)));
    result(map_space(DOMID_SELF, XENMAPSPACE_grant_table, 0, frame(HOLE) + 16));
    load(HOLE + 16 * PAGE);
    result(map_space(DOMID_SELF, XENMAPSPACE_grant_table, 64, frame(HOLE) + 17));
    result(map_space(DOMID_SELF, XENMAPSPACE_grant_table, 0, frame(HOLE) + 18));
    load(HOLE + 16 * PAGE);
}

TEST(vectors, mem, IDS "", WHY "as recorded", SYSTEM)
{
    static const uint32_t commands[] = {XENMEM_exchange, XENMEM_add_to_physmap_batch, 28, 13, 24, 21, 26};
    const uintptr_t distributor = machine.gicd;

    group_begin("mem");
    reservations();
    single_pages();
    bad_frames(distributor);
    lists();
    orders();
    bad_arguments();
    at_the_limit(distributor);
    shared_info_page();
    removing();
    spaces(distributor);
    for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        result(hypercall_memory_op(commands[i], zeros()));
    pages_changed();
}

TEST(vectors, m2, IDS "", WHY "as recorded", SYSTEM)
{
    group_begin("m2");
    store(T, 0x5a5a);
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, frame(T)));
    pages_changed();
    load(T);
    result(unmap_frame(frame(T)));
    pages_changed();
    load(T);
    populate(T);
    pages_changed();
    decrease(T);
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, frame(T)));
    load(T);
    populate(T);
    pages_changed();
    load(T);
    decrease(T);
    pages_changed();
    load(T);
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, frame(HOLE)));
    load(HOLE);
    result(unmap_frame(frame(HOLE)));
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, frame(HOLE)));
    decrease(HOLE);
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, frame(HOLE)));
    populate(HOLE);
    pages_changed();
    load(HOLE);
    result(map_space(DOMID_SELF, XENMAPSPACE_grant_table, 0, frame(T) + 2));
    load(T + 2 * PAGE);
    result(map_space(DOMID_SELF, XENMAPSPACE_grant_table, 0, frame(HOLE) + 3));
    result(map_space(DOMID_SELF, XENMAPSPACE_shared_info, 0, frame(HOLE) + 3));
    populate(T);
    pages_changed();
}
