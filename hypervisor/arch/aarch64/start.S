/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reset: CPU 0 enters here at EL2, MMU and caches off; the others stay off until CPU 0 has the system ready and turns
 * them on by PSCI (init.c), their number in x0. Each CPU's block: stack at the bottom of its pages, so that an overflow
 * leaves them and faults, then struct cpu, then the emergency stack.
 */
#include "asm_offsets.h"

    .section .text.start, "ax", %progbits
    .global image_entry
image_entry:
    mov x20, #0
    adrp x2, image_bss_start
    add x2, x2, :lo12:image_bss_start
    adrp x3, image_bss_end
    add x3, x3, :lo12:image_bss_end
    bl clear
    bl cpu_setup
    bl main_boot_cpu

    .global image_entry_secondary
image_entry_secondary:
    mov x20, x0
    bl cpu_setup
    mov x1, x20
    bl main_secondary_cpu

/* x20: number of this CPU. Returns struct cpu in x0, SP below it. */
cpu_setup:
    mov x21, x30
    ldr x0, =image_cpu_start
    ldr x1, =image_cpu_size
    madd x2, x20, x1, x0        /* this CPU's pages */
    add x22, x2, x1             /* their end: top of the emergency stack */
    mov x3, x22
    bl clear
    sub x0, x22, #EMERGENCY_STACK_SIZE
    sub x0, x0, #CPU_SIZE
    and x0, x0, #~15
    mov sp, x0                  /* struct cpu = top of the stack */
    str x22, [x0, #CPU_EMERGENCY_STACK]
    msr tpidr_el2, x0
    ldr x1, =vectors
    msr vbar_el2, x1
    msr spsel, #1
    isb
    br x21

/* Clears [x2, x3), multiples of 16. */
clear:
    cmp x2, x3
    b.hs 2f
1:  stp xzr, xzr, [x2], #16
    cmp x2, x3
    b.lo 1b
2:  ret
    .ltorg
