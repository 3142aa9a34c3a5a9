/* SPDX-License-Identifier: Apache-2.0 */
/* What a borrower can do with a foreign page: read and write; nothing else. */
#include "foreign.h"

#define ALL NEEDS "system=foreign strategies=all"
#define ONE NEEDS "system=foreign"

enum { BX_LR = 0xe12fff1e };

static void fill(uintptr_t page, uint32_t mark)
{
    for (uint32_t i = 0; i < PAGE; i += 4)
        *word_at(page + i) = mark + i;
}

static bool is_filled(uintptr_t page, uint32_t mark)
{
    bool same = true;

    for (uint32_t i = 0; i < PAGE; i += 4)
        same &= *word_at(page + i) == mark + i;
    return same;
}

TEST(foreign, both_sides_read_what_the_other_wrote, IDS "S2-02 S0-11", WHY "the page itself, at one address", ALL)
{
    require_eq(map(2, lent(2, 5)), 0);
    meet_client(2);
    expect_true(is_filled(lent(2, 5), 0x11110000));
    fill(lent(2, 5), 0x22220000);
    give_turn(2);
    expect_true(is_filled(lent(2, 5), 0x33330000));
}

PEER(2, foreign, both_sides_read_what_the_other_wrote)
{
    fill(lent(2, 4), 1);
    fill(lent(2, 5), 0x11110000);
    fill(lent(2, 6), 2);
    meet();
    expect_true(is_filled(lent(2, 5), 0x22220000));
    expect_true(is_filled(lent(2, 4), 1));
    expect_true(is_filled(lent(2, 6), 2));
    fill(lent(2, 5), 0x33330000);
    pass_turn();
}

TEST(foreign, a_map_is_there_before_the_owner_ever_runs, IDS "S2-13", WHY "what is mapped is what the owner finds", ONE)
{
    require_eq(map(2, LENT_2), 0);
    fill(LENT_2, 77);
    meet_client(2);
    give_turn(2);
}

PEER(2, foreign, a_map_is_there_before_the_owner_ever_runs)
{
    meet();
    expect_true(is_filled(LENT_2, 77));
    pass_turn();
}

TEST(foreign, a_foreign_page_cannot_be_executed, IDS "S2-02 S2-10", WHY "a borrowed page is never code: EL1 nor EL0", ALL)
{
    require_eq(map(2, LENT_2), 0);
    *word_at(LENT_2) = BX_LR;
    code_changed((void *)LENT_2, 4);
    const struct fault fault = try_exec(LENT_2);

    expect_eq(fault.kind, FAULT_PREFETCH);
    expect_eq(fault.far, LENT_2);
    expect_eq(try_exec_el0(LENT_2).kind, FAULT_PREFETCH);
    expect_eq(*word_at(LENT_2), BX_LR);
}

TEST(foreign, a_foreign_page_beside_the_own_bank_cannot_be_executed, IDS "S2-02", WHY "no piece swallows it",
     NEEDS "system=foreign-beside strategies=all")
{
    const uint32_t beside = RAM(0x20100000); /* domain 2's, right above the image's bank */

    require_eq(map(2, beside), 0);
    *word_at(beside) = BX_LR;
    code_changed((void *)(uintptr_t)beside, 4);
    expect_eq(try_exec(beside).kind, FAULT_PREFETCH);
    expect_in(beside);
    expect_in(beside - PAGE);
    expect_out(beside + PAGE);
    expect_eq(unmap(beside), 0);
    expect_out(beside);
    expect_in(beside - PAGE);
}

TEST(foreign, user_mode_reaches_a_foreign_page, IDS "S2-13", WHY "the borrower's own EL1 decides", ONE)
{
    uint32_t value;

    require_eq(map(2, LENT_2), 0);
    expect_eq(try_write32_el0(LENT_2 + 8, 99).kind, FAULT_NONE);
    expect_eq(try_read32_el0(LENT_2 + 8, &value).kind, FAULT_NONE);
    expect_eq(value, 99);
}

TEST(foreign, a_foreign_page_ends_at_its_edges, IDS "S2-10", WHY "one page, not a byte more", ALL)
{
    const uintptr_t page = lent(2, 9);
    uint32_t value;
    uint8_t byte;

    require_eq(map(2, page), 0);
    expect_eq(try_read8(page, &byte).kind, FAULT_NONE);
    expect_eq(try_read8(page + PAGE - 1, &byte).kind, FAULT_NONE);
    expect_eq(try_read8(page - 1, &byte).kind, FAULT_DATA);
    expect_eq(try_read8(page + PAGE, &byte).kind, FAULT_DATA);
    expect_eq(try_read32(page - 64, &value).kind, FAULT_DATA);
    expect_eq(try_write32(page + PAGE + 60, 0).kind, FAULT_DATA);
}

TEST(foreign, an_unmapped_page_is_out_of_reach, IDS "S2-10 S2-11", WHY "remove_from_physmap ends it at once", ALL)
{
    require_eq(map(2, LENT_2), 0);
    expect_in(LENT_2);
    expect_eq(unmap(LENT_2), 0);
    expect_out(LENT_2);
    expect_eq(unmap(LENT_2), -XEN_ENOENT);
}

/* ---- what the hypervisor does not do there for the borrower ---- */

TEST(foreign, a_foreign_page_is_no_hypercall_buffer, IDS "S1-07 X-43", WHY "its owner is someone else: EFAULT", ALL)
{
    static struct batch batch;
    struct batch *const there = (void *)LENT_2;
    const uint32_t size = sizeof(batch.arg);

    require_eq(map(2, LENT_2), 0);
    expect_eq(hypercall_xen_version(XENVER_get_features, (void *)LENT_2), -XEN_EFAULT);
    expect_eq(hypercall_console_io(CONSOLEIO_write, 4, (void *)LENT_2), -XEN_EFAULT);
    batch_fill(&batch, 2, lent(2, 1), PAGE, 1);
    memcpy(there, &batch.arg, size);
    expect_eq(hypercall_memory_op(XENMEM_add_to_physmap_batch, there), -XEN_EFAULT);
    batch.arg.idxs = LENT_2;
    expect_eq(batch_call(&batch), -XEN_EFAULT);
    batch_fill(&batch, 2, lent(2, 1), PAGE, 1);
    batch.arg.errs = LENT_2 + 64;
    expect_eq(batch_call(&batch), -XEN_EFAULT);
}

TEST(foreign, a_buffer_that_ends_in_a_foreign_page_is_refused, IDS "S1-07", WHY "each page of it must be own",
     NEEDS "system=foreign-beside")
{
    const uint32_t beside = RAM(0x20100000);

    require_eq(map(2, beside), 0);
    memset((void *)(uintptr_t)(beside - 32), 0, 64);
    expect_eq(hypercall_xen_version(XENVER_compile_info, (void *)(uintptr_t)(beside - 16)), -XEN_EFAULT);
    for (uint32_t i = 0; i < 32; i += 4)
        expect_eq(*word_at(beside + i), 0);
}

TEST(foreign, no_event_page_in_a_foreign_page, IDS "X-43 S4-03", WHY "the hypervisor writes into own RAM only", ALL)
{
    const struct vcpu_register_vcpu_info info = {.gfn = frame_of(LENT_2)};

    require_eq(map(2, LENT_2), 0);
    expect_eq(events_register_shared_info((void *)LENT_2), -XEN_EINVAL);
    expect_eq(hypercall_vcpu_op(VCPUOP_register_vcpu_info, 0, &info), -XEN_EINVAL);
    expect_eq(events_init(), 0);
}

TEST(foreign, a_foreign_page_is_not_ballooned_by_its_borrower, IDS "S2-08", WHY "it is not the borrower's to give", ONE)
{
    require_eq(map(2, LENT_2), 0);
    expect_eq(balloon_out(LENT_2), 0);
    expect_in(LENT_2);
    expect_eq(balloon_in(LENT_2), 0);
    expect_in(LENT_2);
    expect_eq(unmap(LENT_2), 0);
    expect_eq(balloon_in(LENT_2), 0);
    expect_out(LENT_2);
}

TEST(foreign, reservations_do_not_count_foreign_pages, IDS "S2-02 S1-05", WHY "what a domain owns never changes", ONE)
{
    const struct xen_memory_domain self = {.domid = DOMID_SELF};
    const int32_t before = hypercall_memory_op(XENMEM_current_reservation, &self);

    require_eq(map_run(2, LENT_2, PAGE, 16), 16);
    expect_eq(hypercall_memory_op(XENMEM_current_reservation, &self), before);
    expect_eq(hypercall_memory_op(XENMEM_maximum_reservation, &self), before);
}
