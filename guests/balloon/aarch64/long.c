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
    register uintptr_t x0 __asm__("x0") = XENMEM_decrease_reservation;
    register uintptr_t x1 __asm__("x1") = (uintptr_t)&request;
    register uintptr_t x2 __asm__("x2") = 0x2222222222222222ull;
    register uintptr_t x8 __asm__("x8") = 0x8888888888888888ull;
    register uintptr_t x15 __asm__("x15") = 0x1515151515151515ull;
    register uintptr_t x16 __asm__("x16") = 12;
    register uintptr_t x17 __asm__("x17") = 0x1717171717171717ull;

    __asm__ volatile("hvc #" FP_TEXT(XEN_HYPERCALL_TAG)
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x8), "+r"(x15), "+r"(x16), "+r"(x17) : : "memory");
    const uintptr_t seen[] = {x0, x2, x8, x15, x17};

    expect_eq(seen[0], 500);
    expect_eq(seen[1], 0x2222222222222222ull);
    expect_eq(seen[2], 0x8888888888888888ull);
    expect_eq(seen[3], 0x1515151515151515ull);
    expect_eq(seen[4], 0x1717171717171717ull);
}
