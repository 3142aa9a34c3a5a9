/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reset: every CPU enters here in Hyp mode, MPU and caches off. CPU 0 clears what must be zero and goes to C;
 * CPU 1 waits until CPU 0 has the system ready and says what it runs. Each CPU's block: stack at the bottom of
 * its region, so that an overflow leaves the region and faults, then struct cpu, then the emergency stack.
 */
    .syntax unified
#include "asm_offsets.h"

    .section .text.start, "ax", %progbits
    .arm
    .global image_entry
image_entry:
    mrc p15, 0, r4, c0, c0, 5   /* MPIDR */
    and r4, r4, #0xff
    ldr r0, =image_cpu_start
    ldr r1, =image_cpu_size
    mla r5, r4, r1, r0          /* this CPU's region */
    add r1, r5, r1              /* its end: top of the emergency stack */
    sub r0, r1, #EMERGENCY_STACK_SIZE
    sub r0, r0, #CPU_SIZE
    bic r0, r0, #7              /* struct cpu = top of the stack */
    mov sp, r0
    cmp r4, #1
    bhs secondary

    /* .bss and this CPU's block */
    ldr r2, =image_bss_start
    ldr r3, =image_bss_end
    bl clear
    mov r2, sp
    mov r3, r1
    bl clear
    mov r0, sp
    str r1, [r0, #CPU_EMERGENCY_STACK]
    mcr p15, 4, r0, c13, c0, 2  /* HTPIDR */
    ldr r2, =vectors_resident
    mcr p15, 4, r2, c12, c0, 0  /* HVBAR */
    isb
    bl main_boot_cpu

secondary:
    ldr r2, =secondary_start
1:  ldr r3, [r2]
    cmp r3, #0
    wfeeq
    beq 1b
    dmb
    cmp r3, #1                  /* SECONDARY_RUNS_US */
    ldrne r0, [r2, #4]
    bxne r3
    mov r2, sp
    mov r3, r1
    bl clear
    mov r0, sp
    str r1, [r0, #CPU_EMERGENCY_STACK]
    mcr p15, 4, r0, c13, c0, 2
    ldr r2, =vectors_resident
    mcr p15, 4, r2, c12, c0, 0
    isb
    mov r1, r4
    bl main_secondary_cpu

/* Clears [r2, r3), at least one word, multiples of 4. Uses r6 ... r12. */
clear:
    mov r6, #0
    mov r7, #0
    mov r8, #0
    mov r9, #0
    mov r10, #0
    mov r11, #0
    mov r12, #0
    sub r3, r3, #28
2:  cmp r2, r3
    stmials r2!, {r6 - r12}
    bls 2b
    add r3, r3, #28
3:  cmp r2, r3
    strlo r6, [r2], #4
    blo 3b
    bx lr
    .ltorg
