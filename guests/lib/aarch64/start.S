/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First instructions of a guest and of its further vCPUs: an arm64 Image, wherever it was loaded. Nothing here may
 * use an absolute address before the relocation loop has run. Stage 1 translation stays off.
 *
 * In:  x0 = device tree (vCPU 0) or struct cpu_start * (the others); EL1, interrupts masked.
 * Own: x19 = device tree or start block, x20 = load address
 */
#include "layout.h"

    .section .head, "ax"
    .global _start
_start:
    b       primary
    .word   0
    .quad   0                       // text offset
    .quad   __image_end - _start    // with bss: what must be free
    .quad   0xa                     // little endian, 4 KiB pages, anywhere in memory
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .word   0

primary:
    mov     x19, x0
    adr     x20, _start

    /* R_AARCH64_RELATIVE is the only relocation of a static image: {offset, type, addend}. */
    adrp    x0, __rel_start
    add     x0, x0, :lo12:__rel_start
    adrp    x1, __rel_end
    add     x1, x1, :lo12:__rel_end
1:  cmp     x0, x1
    b.hs    2f
    ldp     x2, x3, [x0], #16
    ldr     x3, [x0], #8
    add     x3, x3, x20
    str     x3, [x20, x2]
    b       1b

2:  adrp    x0, __bss_start
    add     x0, x0, :lo12:__bss_start
    adrp    x1, __bss_end
    add     x1, x1, :lo12:__bss_end
3:  cmp     x0, x1
    b.hs    4f
    str     xzr, [x0], #8
    b       3b

4:  bl      cpu_setup
    mov     x0, x19
    mov     x1, x20
    bl      fp_main
    b       .

    .global fp_secondary
fp_secondary:
    mov     x19, x0
    bl      cpu_setup
    mov     x0, x19
    bl      fp_secondary_main
    b       .

/* Stacks of this vCPU, vectors; the aborts of a debugger and SErrors are let in. Clobbers x0-x2. */
cpu_setup:
    mrs     x0, mpidr_el1
    and     x0, x0, #(FP_MAX_CPUS - 1)
    mov     x1, #FP_STACKS_SIZE
    adrp    x2, fp_stacks
    add     x2, x2, :lo12:fp_stacks
    madd    x2, x0, x1, x2
    msr     spsel, #1
    add     x0, x2, #FP_USR_STACK_TOP
    msr     sp_el0, x0
    add     sp, x2, #FP_STACKS_SIZE

    adrp    x0, fp_vectors
    add     x0, x0, :lo12:fp_vectors
    msr     vbar_el1, x0
    isb
    ret
