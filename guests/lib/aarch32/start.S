/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First instructions of a guest and of its further vCPUs. Nothing here may use an absolute address before
 * the relocation loop has run.
 *
 * In:  r2 = device tree (vCPU 0), r0 = struct cpu_start * (the others); SVC mode, A, I, F masked.
 * Own: r4 = device tree or start block, r5 = load address, r6 = index of this vCPU
 */
#include "layout.h"

    .syntax unified
    .arm

    .section .head, "ax"
    .global _start
_start:
    b       primary
    .space  0x24 - 4
    .word   0x016f2818              @ zImage magic
    .word   0                       @ start 0: wherever there is room
    .word   __load_end - _start     @ end of the loaded part

primary:
    mov     r4, r2
    adr     r5, _start

    /* R_ARM_RELATIVE is the only relocation of a static image: add the load address in place. */
    adr     r6, offsets
    ldmia   r6, {r0, r1}
    add     r0, r0, r6
    add     r1, r1, r6
1:  cmp     r0, r1
    bhs     2f
    ldmia   r0!, {r2, r3}
    ldr     r3, [r5, r2]
    add     r3, r3, r5
    str     r3, [r5, r2]
    b       1b

2:  ldr     r0, [r6, #8]
    ldr     r1, [r6, #12]
    add     r0, r0, r6
    add     r1, r1, r6
    mov     r2, #0
    mov     r3, #0
3:  cmp     r0, r1
    strdlo  r2, r3, [r0], #8
    blo     3b

    bl      cpu_setup
    mov     r0, r4
    mov     r1, r5
    bl      fp_main
    b       .

    .global fp_secondary
fp_secondary:
    mov     r4, r0
    bl      cpu_setup
    mov     r0, r4
    bl      fp_secondary_main
    b       .

/* Stacks of this vCPU for every mode, vectors, caches. Clobbers r0-r3, r6. */
cpu_setup:
    mrc     p15, 0, r6, c0, c0, 5   @ MPIDR
    and     r6, r6, #(FP_MAX_CPUS - 1)
    adr     r3, offsets
    ldr     r0, [r3, #16]
    add     r0, r0, r3              @ all stacks
    mov     r1, #FP_STACKS_SIZE
    mla     r0, r6, r1, r0          @ ours
    add     r1, r0, #FP_ABT_STACK_TOP
    cps     #0x17
    mov     sp, r1
    add     r1, r0, #FP_UND_STACK_TOP
    cps     #0x1b
    mov     sp, r1
    add     r1, r0, #FP_USR_STACK_TOP
    cps     #0x1f
    mov     sp, r1
    cps     #0x13
    add     sp, r0, #FP_STACKS_SIZE

    ldr     r0, [r3, #20]
    add     r0, r0, r3
    mcr     p15, 0, r0, c12, c0, 0  @ VBAR
    mrc     p15, 0, r0, c1, c0, 0   @ SCTLR: what is shared with the hypervisor is write-back cached
    orr     r0, r0, #(1 << 12)
    orr     r0, r0, #(1 << 2)
    mcr     p15, 0, r0, c1, c0, 0
    isb
    bx      lr

    .align  2
offsets:                            @ from this word, so that they need no relocation
    .word   __rel_start - offsets
    .word   __rel_end - offsets
    .word   __bss_start - offsets
    .word   __bss_end - offsets
    .word   fp_stacks - offsets
    .word   fp_vectors - offsets
