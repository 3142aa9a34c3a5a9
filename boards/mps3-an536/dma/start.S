/* SPDX-License-Identifier: Apache-2.0 */
/* Entered in Hyp mode with the MPU and caches off; r0: the bus firewall's table. */
    .syntax unified
    .arm
    .section .text.start, "ax", %progbits
    .global engine_start
engine_start:
    ldr sp, =engine_stack_top
    ldr r1, =vectors
    mcr p15, 4, r1, c12, c0, 0  /* HVBAR */
    isb
    ldr r1, =engine_bss_start
    ldr r2, =engine_bss_end
    mov r3, #0
1:  cmp r1, r2
    strlo r3, [r1], #4
    blo 1b
    b engine_main
    .ltorg

/* Nothing here may take an exception: a wrong engine stands still. */
    .balign 32
vectors:
    .rept 8
    b dead
    .endr
dead:
    wfi
    b dead
