/* SPDX-License-Identifier: Apache-2.0 */
/* What a long call leaves in the registers. */
#include "../balloon.h"

TEST(balloon, a_long_call_keeps_the_other_registers, IDS "", WHY "only the arguments are rewritten on the way",
     NEEDS "system=balloon")
{
    static uint64_t frames[500];

    list_fill(frames, 500, PAGE_AT(1), PAGE);
    const struct xen_memory_reservation request = {
        .extent_start = (uintptr_t)frames, .nr_extents = 500, .domid = DOMID_SELF};
    register uint32_t r0 __asm__("r0") = XENMEM_decrease_reservation;
    register uint32_t r1 __asm__("r1") = (uintptr_t)&request;
    register uint32_t r2 __asm__("r2") = 0x22222222;
    register uint32_t r3 __asm__("r3") = 0x33333333;
    register uint32_t r12 __asm__("r12") = 12;

    __asm__ volatile("hvc #" FP_TEXT(XEN_HYPERCALL_TAG) : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r12) : : "memory");
    const uint32_t seen[] = {r0, r2, r3};

    expect_eq(seen[0], 500);
    expect_eq(seen[1], 0x22222222);
    expect_eq(seen[2], 0x33333333);
}
