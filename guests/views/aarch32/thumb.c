/* SPDX-License-Identifier: Apache-2.0 */
/* Traps from Thumb code: instructions of two and of four bytes, conditional ones in an IT block. */
#include "fencepost.h"

#define THUMB __attribute__((target("thumb"), noinline))

/* A mark behind each trapped instruction: skipped or run twice, it would show. */
THUMB static uint32_t count_marks_after_wfi(void)
{
    uint32_t marks = 0;

    __asm__ volatile("wfi\n\tadds %0, #1\n\t"
                     "wfi.w\n\tadds %0, #1\n\t"
                     "wfi\n\twfi\n\tadds %0, #1"
                     : "+l"(marks)
                     :
                     : "memory", "cc");
    return marks;
}

TEST(views, a_trapped_wfi_in_thumb_code_is_stepped_over_by_its_size, IDS "S4-13", WHY "two bytes, or four", NEEDS "system=solo")
{
    irq_init();
    irq_enable_source(INTID_TIMER);
    timer_arm_ns(0); /* each WFI returns at once */
    expect_eq(count_marks_after_wfi(), 3);
    timer_disarm();
}

THUMB static uint32_t emulated_read_16(uintptr_t address)
{
    register uint32_t at __asm__("r1") = address;
    register uint32_t value __asm__("r2") = 0;

    __asm__ volatile("ldr r2, [r1]\n\tldr.w r2, [r1, #0]" : "+r"(value) : "r"(at) : "memory");
    return value;
}

TEST(views, an_emulated_access_in_thumb_code_is_stepped_over_by_its_size, IDS "S4-13", WHY "two bytes, or four",
     NEEDS "system=solo")
{
    const uint32_t wanted = *(volatile uint32_t *)(machine.gicd + 4);

    expect_true(wanted != 0);
    expect_eq(emulated_read_16(machine.gicd + 4), wanted);
}

/* Each read is one of a block; it must go on with the right condition after each. */
THUMB static uint32_t emulated_reads_in_it_block(uintptr_t address)
{
    register uint32_t at __asm__("r1") = address;
    register uint32_t marks __asm__("r3") = 0;

    __asm__ volatile("cmp   r1, r1\n\t"
                     "itete eq\n\t"
                     "ldreq r2, [r1]\n\t"
                     "addne r3, r3, #16\n\t"
                     "addeq r3, r3, #1\n\t"
                     "addne r3, r3, #32\n\t"
                     "ite   ne\n\t"
                     "addne r3, r3, #64\n\t"
                     "ldreq r2, [r1]\n\t"
                     "add   r3, r3, #2"
                     : "+r"(marks)
                     : "r"(at)
                     : "r2", "memory", "cc");
    return marks;
}

TEST(views, an_emulated_access_keeps_the_it_block_in_step, IDS "S4-13", WHY "the condition of the next instruction is state",
     NEEDS "system=solo")
{
    expect_eq(emulated_reads_in_it_block(machine.gicd + 4), 3);
}

THUMB static uint32_t version_from_thumb(void)
{
    register uint32_t r0 __asm__("r0") = XENVER_version;
    register uint32_t r1 __asm__("r1") = 0;
    register uint32_t r12 __asm__("r12") = 17;

    __asm__ volatile("hvc #0xea1" : "+r"(r0), "+r"(r1), "+r"(r12) : : "r2", "r3", "memory", "cc");
    return r0;
}

TEST(views, a_hypercall_from_thumb_code_returns_to_it, IDS "S4-14", WHY "the state of the caller is in its CPSR", NEEDS "system=solo")
{
    expect_eq(version_from_thumb(), FENCEPOST_XEN_MAJOR << 16 | FENCEPOST_XEN_MINOR);
}

THUMB static void read_hypervisor_in_thumb(void *unused)
{
    (void)unused;
    (void)*(volatile uint32_t *)0x10000000;
}

TEST(views, a_denied_access_in_thumb_code_is_an_ordinary_abort, IDS "S4-23", WHY "the abort names the address",
     NEEDS "system=solo")
{
    const struct fault fault = fault_catch(read_hypervisor_in_thumb, NULL);

    expect_eq(fault.kind, FAULT_DATA);
    expect_eq(fault.far, 0x10000000);
}
