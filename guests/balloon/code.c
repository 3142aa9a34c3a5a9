/* SPDX-License-Identifier: Apache-2.0 */
/* Code in pages that come and go. */
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"

static void put_function(uintptr_t address, uint32_t result)
{
    uint32_t *const code = (uint32_t *)address;

    code[0] = INSTRUCTION_LOAD_16(result);
    code[1] = INSTRUCTION_RETURN;
    code_changed(code, 8);
}

static uint32_t call_function(uintptr_t address)
{
    return ((uint32_t (*)(void))address)();
}

TEST(balloon, code_runs_from_a_page_that_was_out, IDS "S1-06 S3-07", WHY "executable again, and no stale instruction", ALL)
{
    for (uint32_t round = 0; round < 4; round++) {
        const uintptr_t page = PAGE_AT(30 + round % 2);

        put_function(page, 0x100 + round);
        expect_eq(call_function(page), 0x100 + round);
        require_eq(decrease(page, 0), 1);
        expect_out(page);
        require_eq(populate(page, 0), 1);
        put_function(page, 0x4321 + round);
        expect_eq(call_function(page), 0x4321 + round);
    }
}

TEST(balloon, neighbours_of_a_gap_still_run, IDS "S1-06", WHY "both halves of a split region are executable", ALL)
{
    put_function(PAGE_AT(31) - 8, 7);
    put_function(PAGE_AT(32), 8);
    require_eq(decrease(PAGE_AT(31), 0), 1);
    expect_eq(call_function(PAGE_AT(31) - 8), 7);
    expect_eq(call_function(PAGE_AT(32)), 8);
}

/* The instruction at `code` makes the call, the one behind it returns. */
struct own_page_call {
    uintptr_t code;
    const struct xen_memory_reservation *request;
};

static void give_away_under_oneself(void *argument)
{
    const struct own_page_call *call = argument;

    call_with_hypercall(call->code, 12, XENMEM_decrease_reservation, (uintptr_t)call->request);
}

TEST(balloon, a_page_that_gives_itself_away_faults_at_the_next_instruction, IDS "S1-07",
     WHY "the call returns into nothing; the guest takes the abort", ALL)
{
    uint32_t *const code = (uint32_t *)(uintptr_t)PAGE_AT(31);
    const uint64_t frame = frame_of(PAGE_AT(31));
    const struct xen_memory_reservation request = {
        .extent_start = (uintptr_t)&frame, .nr_extents = 1, .domid = DOMID_SELF};

    code[0] = INSTRUCTION_HVC(XEN_HYPERCALL_TAG);
    code[1] = INSTRUCTION_RETURN;
    code_changed(code, 8);
    struct own_page_call call = {PAGE_AT(31), &request};
    const struct fault fault = fault_catch(give_away_under_oneself, &call);

    expect_eq(fault.kind, FAULT_PREFETCH);
    expect_eq(fault.fsr, FSR_DENIED);
    expect_eq(fault.far, PAGE_AT(31) + 4);
    expect_out(PAGE_AT(31));
    expect_eq(populate(PAGE_AT(31), 0), 1);
}
