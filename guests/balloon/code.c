/* SPDX-License-Identifier: Apache-2.0 */
/* Code in pages that come and go. */
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"
#define ONE NEEDS "system=balloon"

enum {
    MOVW_R0 = (int)0xe3000000, /* | imm16[15:12] << 16 | imm16[11:0] */
    BX_LR = (int)0xe12fff1e,
};

static void put_function(uint32_t address, uint32_t result)
{
    uint32_t *const code = (uint32_t *)address;

    code[0] = (uint32_t)MOVW_R0 | (result & 0xf000u) << 4 | (result & 0xfffu);
    code[1] = (uint32_t)BX_LR;
    code_changed(code, 8);
}

static uint32_t call_function(uint32_t address)
{
    return ((uint32_t (*)(void))address)();
}

TEST(balloon, code_runs_from_a_page_that_was_out, IDS "S1-06 S3-07", WHY "executable again, and no stale instruction", ALL)
{
    for (uint32_t round = 0; round < 4; round++) {
        const uint32_t page = PAGE_AT(30 + round % 2);

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

/* decrease of the page that makes the call: svc-like stub hvc; bx lr. */
static void give_away_under_oneself(void *argument)
{
    register uint32_t r0 __asm__("r0") = XENMEM_decrease_reservation;
    register uint32_t r1 __asm__("r1") = (uint32_t)argument;
    register uint32_t r12 __asm__("r12") = 12;

    __asm__ volatile("blx %3" : "+r"(r0), "+r"(r1), "+r"(r12) : "r"(PAGE_AT(31)) : "r2", "r3", "lr", "memory", "cc");
}

TEST(balloon, a_page_that_gives_itself_away_faults_at_the_next_instruction, IDS "S1-07",
     WHY "the call returns into nothing; the guest takes the abort", ALL)
{
    uint32_t *const code = (uint32_t *)PAGE_AT(31);
    const uint64_t frame = frame_of(PAGE_AT(31));
    const struct xen_memory_reservation request = {
        .extent_start = (uint32_t)&frame, .nr_extents = 1, .domid = DOMID_SELF};

    code[0] = INSTRUCTION_HVC(XEN_HYPERCALL_TAG);
    code[1] = (uint32_t)BX_LR;
    code_changed(code, 8);
    const struct fault fault = fault_catch(give_away_under_oneself, (void *)&request);

    expect_eq(fault.kind, FAULT_PREFETCH);
    expect_eq(fault.fsr, FSR_DENIED);
    expect_eq(fault.far, PAGE_AT(31) + 4);
    expect_out(PAGE_AT(31));
    expect_eq(populate(PAGE_AT(31), 0), 1);
}

static void store_across(void *address)
{
    __asm__ volatile("mov r4, #1\n\tmov r5, #2\n\tmov r6, #3\n\tmov r7, #4\n\tstmia %0, {r4-r7}" ::"r"(address)
                     : "r4", "r5", "r6", "r7", "memory");
}

TEST(balloon, an_access_across_the_edge_of_a_gap_faults, IDS "S1-06 S4-23", WHY "the gap is exact", ONE)
{
    uint32_t value;

    require_eq(decrease(PAGE_AT(31), 0), 1);
    for (uint32_t inside = 1; inside < 4; inside++) {
        expect_eq(try_read32(PAGE_AT(31) - inside, &value).kind, FAULT_DATA);
        expect_eq(try_write32(PAGE_AT(32) - inside, 0).kind, FAULT_DATA);
    }
    expect_eq(fault_catch(store_across, (void *)(PAGE_AT(31) - 8)).far, PAGE_AT(31));
    expect_eq(fault_catch(store_across, (void *)(PAGE_AT(32) - 8)).far, PAGE_AT(32) - 8);
}
