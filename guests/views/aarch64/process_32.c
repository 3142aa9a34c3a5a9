/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traps from a 32-bit process: EL0 in AArch32, A32 and Thumb code made here, for the compiler has none. With the EL1 MMU off it
 * reaches the emulated devices, and a kernel that sets SCTLR_EL1.nTWI lets it wait for interrupts.
 */
#include "../../vgic/gic.h"

enum { A32 = 0x1d0, THUMB = 0x1f0 }; /* User mode, A, I and F masked */

struct process {
    uint64_t state, code;
    volatile uint32_t result[2]; /* r0 points here, */
    volatile uint32_t *device;   /* and r1 there */
};

static void enter_process(void *argument)
{
    const struct process *const process = argument;
    register uintptr_t x0 __asm__("x0") = (uintptr_t)process->result;
    register uintptr_t x1 __asm__("x1") = (uintptr_t)process->device;

    __asm__ volatile("msr spsr_el1, %2\n\tmsr elr_el1, %3\n\tisb\n\teret"
                     ::"r"(x0), "r"(x1), "r"(process->state), "r"(process->code) : "memory");
}

/* Runs it to its first exception; where that was. */
static uintptr_t run(struct process *process)
{
    uint64_t features;

    __asm__ volatile("mrs %0, id_aa64pfr0_el1" : "=r"(features));
    if ((features & 0xf) != 2)
        skip_("this core has no AArch32 at EL0");
    const struct fault fault = fault_catch(enter_process, process);

    expect_eq(fault.kind, FAULT_UNDEFINED); /* what fault_catch() makes of an SVC from AArch32, too */
    return fault.pc;
}

#define BEHIND(code) ((uintptr_t)(code) + sizeof(code))

TEST(views, a_wfi_of_a_32_bit_process_is_stepped_over_by_its_size, IDS "S4-13", WHY "in Thumb two bytes, or four", NEEDS "system=solo")
{
    static const uint16_t code[] __attribute__((aligned(4))) = {
        0x2200,         /* movs r2, #0 */
        0xbf30, 0x3201, /* wfi; adds r2, #1 */
        0xf3af, 0x8003, /* wfi.w */
        0x3201,         /* adds r2, #1 */
        0xbf30, 0xbf30, /* wfi; wfi */
        0x3201, 0x6002, /* adds r2, #1; str r2, [r0] */
        0xdf00,         /* svc #0 */
    };
    struct process process = {.state = THUMB, .code = (uintptr_t)code};

    irq_init();
    irq_enable_source(INTID_TIMER);
    timer_arm_ns(0); /* each WFI returns at once */
    expect_eq(run(&process), BEHIND(code));
    timer_disarm();
    expect_eq(process.result[0], 3);
}

TEST(views, an_emulated_read_of_a_32_bit_process_is_stepped_over_by_its_size, IDS "S4-13", WHY "in Thumb two bytes, or four",
     NEEDS "system=solo")
{
    static const uint16_t code[] __attribute__((aligned(4))) = {
        0x680a,         /* ldr r2, [r1] */
        0xf8d1, 0x3000, /* ldr.w r3, [r1] */
        0x6002, 0x6043, /* str r2, [r0]; str r3, [r0, #4] */
        0xdf00,         /* svc #0 */
    };
    struct process process = {.state = THUMB, .code = (uintptr_t)code, .device = gicd(GICD_TYPER)};

    expect_eq(run(&process), BEHIND(code));
    expect_eq(process.result[0], *gicd(GICD_TYPER));
    expect_eq(process.result[1], *gicd(GICD_TYPER));
}

/* Each read is one of a block; it must go on with the right condition after each. */
TEST(views, an_emulated_read_keeps_a_processs_it_block_in_step, IDS "S4-13", WHY "the condition of the next instruction is state",
     NEEDS "system=solo")
{
    static const uint16_t code[] __attribute__((aligned(4))) = {
        0x2300, 0x4289, 0xbf0b, /* movs r3, #0; cmp r1, r1; itete eq */
        0x680a, 0x3310,         /* ldreq r2, [r1]; addne r3, #16 */
        0x3301, 0x3320,         /* addeq r3, #1; addne r3, #32 */
        0xbf14, 0x3340, 0x680a, /* ite ne; addne r3, #64; ldreq r2, [r1] */
        0xf103, 0x0302,         /* add.w r3, r3, #2 */
        0x6003, 0xdf00,         /* str r3, [r0]; svc #0 */
    };
    struct process process = {.state = THUMB, .code = (uintptr_t)code, .device = gicd(GICD_TYPER)};

    expect_eq(run(&process), BEHIND(code));
    expect_eq(process.result[0], 3);
}

TEST(views, a_trapped_a32_instruction_of_a_process_is_four_bytes, IDS "S4-13", WHY "as in 64-bit code", NEEDS "system=solo")
{
    static const uint32_t code[] = {
        0xe3a02000, 0xe320f003, 0xe2822001, /* mov r2, #0; wfi; add r2, r2, #1 */
        0xe5913000, 0xe5802000, 0xe5803004, /* ldr r3, [r1]; str r2, [r0]; str r3, [r0, #4] */
        0xef000000,                         /* svc #0 */
    };
    struct process process = {.state = A32, .code = (uintptr_t)code, .device = gicd(GICD_TYPER)};

    irq_init();
    irq_enable_source(INTID_TIMER);
    timer_arm_ns(0);
    expect_eq(run(&process), BEHIND(code));
    timer_disarm();
    expect_eq(process.result[0], 1);
    expect_eq(process.result[1], *gicd(GICD_TYPER));
}

TEST(views, what_a_32_bit_process_may_not_do_its_kernel_is_told, IDS "S4-23", WHY "the trap was the hypervisor's, the process is not",
     NEEDS "system=solo")
{
    static const uint32_t counter[] = {0xee191f1d, 0xef000000}; /* mrc p15, 0, r1, c9, c13, 0 (PMCCNTR); svc #0 */
    static const uint16_t in_thumb[] __attribute__((aligned(4))) = {0xee19, 0x1f1d, 0xdf00};
    struct process process = {.state = A32, .code = (uintptr_t)counter};
    struct process thumb = {.state = THUMB, .code = (uintptr_t)in_thumb};

    expect_eq(run(&process), (uintptr_t)counter);
    expect_eq(run(&thumb), (uintptr_t)in_thumb);
}
