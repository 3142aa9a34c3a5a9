/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest without a library that never looks at its device tree: it is linked for the address of its bank,
 * and says so on its console. testsuite/test_direct_map.py builds it for several addresses.
 */
#include <stdint.h>

enum { HYPERCALL_CONSOLE_IO = 18, HYPERCALL_SCHED_OP = 29, CONSOLE_WRITE = 0, SHUTDOWN = 2 };

/* A pointer in initialised data: right only where the image was linked for. */
static const char message[] = "runs where it is linked\n";
static const char *volatile where = message;
static volatile uint32_t reason; /* poweroff; in .bss */

static void hypercall(uint32_t number, uint32_t a1, uint32_t a2, uint32_t a3)
{
    register uint32_t r0 __asm__("r0") = a1;
    register uint32_t r1 __asm__("r1") = a2;
    register uint32_t r2 __asm__("r2") = a3;
    register uint32_t r12 __asm__("r12") = number;

    __asm__ volatile("hvc #0xea1" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r12) : : "memory", "cc");
}

static void linked_main(void)
{
    hypercall(HYPERCALL_CONSOLE_IO, CONSOLE_WRITE, sizeof(message) - 1, (uint32_t)where);
    hypercall(HYPERCALL_SCHED_OP, SHUTDOWN, (uint32_t)&reason, 0);
    for (;;)
        ;
}

/* The first instruction of the image; the next 0x24 bytes are free in a zImage header. */
__attribute__((naked, noreturn, section(".start"))) void start(void)
{
    __asm__ volatile("ldr sp, =linked_stack_top\n\t"
                     "ldr pc, =linked_go\n\t"
                     ".ltorg\n\t"
                     ".balign 4\n\t"
                     ".org 0x24\n\t"
                     ".word 0x016f2818, linked_base, linked_end");
}

__attribute__((used, noreturn)) void linked_go(void)
{
    linked_main();
    __builtin_unreachable();
}
