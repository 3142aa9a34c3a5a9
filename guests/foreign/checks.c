/* SPDX-License-Identifier: Apache-2.0 */
/* XENMEM_add_to_physmap_batch as a call: its checks in their order, before any element is looked at. */
#include "foreign.h"

#define ONE NEEDS "system=foreign"

enum {
    FROM_1 = XENMEM_add_to_physmap_batch | 1 << MEMOP_EXTENT_SHIFT,
    BEYOND_16_BITS = XENMEM_add_to_physmap_batch | 0x10000u << MEMOP_EXTENT_SHIFT,
    UNKNOWN = 0x1234, /* no such domain */
};

static struct batch batch;

static void fill(uint32_t size)
{
    batch_fill(&batch, 2, LENT_2, PAGE, size);
}

static void expect_nothing_mapped(void)
{
    for (uint32_t i = 0; i < MAX_BATCH; i++)
        if (batch.errs[i] != NOT_WRITTEN)
            fail_("errs[%u] was written: %d", i, batch.errs[i]);
    for (uint32_t n = 0; n < 2; n++)
        expect_eq(unmap(lent(2, n)), -XEN_ENOENT);
}

TEST(foreign, a_batch_maps_pages_of_another_domain, IDS "S2-02 S2-06 S2-13", WHY "reachable at their own address",
     NEEDS "system=foreign strategies=all")
{
    fill(3);
    expect_eq(batch_call(&batch), 0);
    for (uint32_t i = 0; i < 3; i++) {
        expect_eq(batch.errs[i], 0);
        expect_in(lent(2, i));
    }
    expect_eq(batch.errs[3], NOT_WRITTEN);
    expect_out(lent(2, 3));
    expect_out((uint32_t)LENT_2 - PAGE);
}

TEST(foreign, a_single_map_is_for_other_spaces, IDS "S2-06", WHY "gmfn_foreign comes in batches only", ONE)
{
    const struct xen_add_to_physmap single = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign, .idx = frame_of(LENT_2), .gpfn = frame_of(LENT_2)};

    expect_eq(hypercall_memory_op(XENMEM_add_to_physmap, &single), -XEN_ENOSYS);
    expect_out(LENT_2);
}

TEST(foreign, a_start_beyond_16_bits_is_refused_first, IDS "S2-06", WHY "EDOM before the pointer is looked at", ONE)
{
    fill(1);
    expect_eq(hypercall_memory_op(BEYOND_16_BITS, &batch.arg), -XEN_EDOM);
    expect_eq(hypercall_memory_op(BEYOND_16_BITS, (void *)NO_PLACE), -XEN_EDOM);
    expect_eq(hypercall_memory_op(XENMEM_add_to_physmap_batch | 0x3ffffffu << MEMOP_EXTENT_SHIFT, &batch.arg), -XEN_EDOM);
    expect_nothing_mapped();
}

TEST(foreign, an_unreadable_argument_is_refused, IDS "S1-07", WHY "EFAULT", ONE)
{
    static const uint32_t places[] = {NO_PLACE, LENT_2, RAM(0x20400000), HV(0x10000000), 0xf0000000, 0xfffffff0};

    fill(1);
    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        expect_eq(hypercall_memory_op(XENMEM_add_to_physmap_batch, (void *)(uintptr_t)places[i]), -XEN_EFAULT);
    expect_nothing_mapped();
}

TEST(foreign, an_argument_cut_by_the_end_of_a_bank_is_refused, IDS "S1-07", WHY "all 32 bytes are read", ONE)
{
    uint8_t *const end = (uint8_t *)event_page(3) + PAGE;

    fill(1);
    for (uint32_t bytes = 1; bytes < sizeof(batch.arg); bytes += 5) {
        memcpy(end - bytes, &batch.arg, bytes);
        expect_eq(hypercall_memory_op(XENMEM_add_to_physmap_batch, end - bytes), -XEN_EFAULT);
    }
    expect_nothing_mapped();
    memcpy(end - sizeof(batch.arg), &batch.arg, sizeof(batch.arg));
    expect_eq(hypercall_memory_op(XENMEM_add_to_physmap_batch, end - sizeof(batch.arg)), 0);
    expect_eq(batch.errs[0], 0);
}

TEST(foreign, a_batch_of_ranges_is_refused_before_the_domain, IDS "S2-06", WHY "space 3: EOPNOTSUPP", ONE)
{
    fill(1);
    batch.arg.space = XENMAPSPACE_gmfn_range;
    expect_eq(batch_call(&batch), -XEN_EOPNOTSUPP);
    batch.arg.domid = UNKNOWN;
    expect_eq(batch_call(&batch), -XEN_EOPNOTSUPP);
    batch.arg.size = 0;
    expect_eq(batch_call(&batch), -XEN_EOPNOTSUPP);
    expect_nothing_mapped();
}

TEST(foreign, an_unknown_target_is_refused_before_its_space, IDS "S2-06", WHY "ESRCH before EACCES", ONE)
{
    static const uint16_t unknown[] = {0, 4, 9, UNKNOWN, DOMID_IO, DOMID_INVALID, 0xffff};

    fill(1);
    for (uint32_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        batch.arg.domid = unknown[i];
        batch.arg.space = XENMAPSPACE_gmfn_foreign;
        expect_eq(batch_call(&batch), -XEN_ESRCH);
        batch.arg.space = XENMAPSPACE_dev_mmio;
        expect_eq(batch_call(&batch), -XEN_ESRCH);
    }
    expect_nothing_mapped();
}

TEST(foreign, devices_are_nobodys_to_map, IDS "S2-06 S2-07", WHY "space 5: EACCES before EPERM and before size 0", ONE)
{
    fill(1);
    batch.arg.space = XENMAPSPACE_dev_mmio;
    expect_eq(batch_call(&batch), -XEN_EACCES);
    batch.arg.domid = 2;
    expect_eq(batch_call(&batch), -XEN_EACCES);
    batch.arg.size = 0;
    expect_eq(batch_call(&batch), -XEN_EACCES);
    expect_nothing_mapped();
}

TEST(foreign, nobody_maps_into_another_domain, IDS "S2-07", WHY "EPERM, whoever may map whom, before size 0", ONE)
{
    fill(1);
    batch.arg.domid = 2;
    expect_eq(batch_call(&batch), -XEN_EPERM);
    batch.arg.foreign_domid = 3;
    expect_eq(batch_call(&batch), -XEN_EPERM);
    batch.arg.foreign_domid = 1;
    expect_eq(batch_call(&batch), -XEN_EPERM);
    batch.arg.size = 0;
    expect_eq(batch_call(&batch), -XEN_EPERM);
    expect_nothing_mapped();
}

TEST(foreign, a_batch_of_nothing_succeeds, IDS "S2-06", WHY "its pointers and its owner are not looked at", ONE)
{
    fill(0);
    expect_eq(batch_call(&batch), 0);
    batch.arg.foreign_domid = UNKNOWN;
    batch.arg.idxs = batch.arg.gpfns = batch.arg.errs = NO_PLACE;
    expect_eq(batch_call(&batch), 0);
    batch.arg.space = 99;
    expect_eq(batch_call(&batch), 0);
    expect_nothing_mapped();
}

TEST(foreign, the_own_id_names_the_caller, IDS "S2-06", WHY "as well as DOMID_SELF", ONE)
{
    fill(1);
    batch.arg.domid = 1;
    expect_eq(batch_call(&batch), 0);
    expect_eq(batch.errs[0], 0);
    expect_in(LENT_2);
}

TEST(foreign, elements_before_the_start_are_not_touched, IDS "S2-06", WHY "they were done before", ONE)
{
    fill(3);
    expect_eq(hypercall_memory_op(FROM_1, &batch.arg), 0);
    expect_eq(batch.errs[0], NOT_WRITTEN);
    expect_eq(batch.errs[1], 0);
    expect_eq(batch.errs[2], 0);
    expect_out(LENT_2);
    expect_in(lent(2, 1));
}

TEST(foreign, a_long_batch_is_one_call, IDS "S2-05", WHY "interrupted and resumed, the guest sees one result", ONE)
{
    fill(MAX_BATCH);
    expect_eq(batch_call(&batch), 0);
    for (uint32_t i = 0; i < MAX_BATCH; i++)
        expect_eq(batch.errs[i], 0);
    for (uint32_t i = 0; i < LENT_PAGES; i++)
        expect_in(lent(2, i));
    expect_out(LENT_LIMIT);
}

TEST(foreign, other_spaces_come_in_batches_too, IDS "S2-06", WHY "each element has the result of the single call", ONE)
{
    static const struct {
        uint32_t space;
        int32_t expected;
    } spaces[] = {{XENMAPSPACE_grant_table, -XEN_EINVAL}, {XENMAPSPACE_gmfn, -XEN_ENOSYS}, {6, -XEN_ENOSYS},
                  {99, -XEN_ENOSYS}, {0xffff, -XEN_ENOSYS}};

    for (uint32_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
        fill(2);
        batch.arg.space = (uint16_t)spaces[i].space;
        expect_eq(batch_call(&batch), 0);
        expect_eq(batch.errs[0], spaces[i].expected);
        expect_eq(batch.errs[1], spaces[i].expected);
        expect_eq(batch.errs[2], NOT_WRITTEN);
    }
}

TEST(foreign, shared_info_is_registered_by_a_batch, IDS "S2-06 S4-03", WHY "the second element finds it taken", ONE)
{
    const uintptr_t page = (uintptr_t)event_page(2);

    fill(4);
    batch.arg.space = XENMAPSPACE_shared_info;
    batch.idxs[0] = 1;
    batch.gpfns[0] = batch.gpfns[1] = batch.gpfns[2] = frame_of(page);
    batch.idxs[1] = batch.idxs[2] = batch.idxs[3] = 0;
    batch.gpfns[3] = frame_of(NO_PLACE);
    *word_at(page + 0x30) = 0xffffffff;
    expect_eq(batch_call(&batch), 0);
    expect_eq(batch.errs[0], -XEN_EINVAL);
    expect_eq(batch.errs[1], 0);
    expect_eq(batch.errs[2], -XEN_EBUSY);
    expect_true(batch.errs[3] < 0);
    expect_eq(*word_at(page + 0x30), 0);
}
