/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors of a guest, which runs at EL1h. An exception other than an IRQ goes to fp_exception() with the registers
 * on the stack; that function either ends the guest with a report or names the context to go back to. IRQs run on
 * the same stack, so that a handler may be interrupted code's equal.
 */
#include "layout.h"

    .text

    .macro vector target, kind
    .balign 128
    sub     sp, sp, #FP_FRAME_SIZE
    stp     x0, x1, [sp]
    mov     w1, #\kind
    b       \target
    .endm

    .macro from_one_level
    vector  exception, 0            // synchronous
    vector  irq, 1
    vector  exception, 2            // FIQ
    vector  exception, 3            // SError
    .endm

    .balign 2048
    .global fp_vectors
fp_vectors:
    from_one_level                  // EL1t: nothing runs there
    from_one_level                  // EL1h
    from_one_level                  // EL0, AArch64
    from_one_level                  // EL0, AArch32: nothing runs there

exception:                          // x0, x1 are saved, w1 = kind
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x30, x2, [sp, #240]
    str     x3, [sp, #FP_FRAME_SPSR]
    mov     x0, sp
    bl      fp_exception

/* x0 = struct fp_context: go on where it was made, with the masks it was made with. */
resume:
    ldp     x19, x20, [x0]
    ldp     x21, x22, [x0, #16]
    ldp     x23, x24, [x0, #32]
    ldp     x25, x26, [x0, #48]
    ldp     x27, x28, [x0, #64]
    ldp     x29, x30, [x0, #80]
    ldr     x1, [x0, #FP_CONTEXT_SP]
    mov     sp, x1
    ldr     x1, [x0, #FP_CONTEXT_DAIF]
    clrex
    msr     daif, x1
    ret

irq:                                // what a C function may change
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    stp     x18, x29, [sp, #144]
    stp     x30, x2, [sp, #240]
    str     x3, [sp, #FP_FRAME_SPSR]
    bl      fp_irq
    ldp     x30, x2, [sp, #240]
    ldr     x3, [sp, #FP_FRAME_SPSR]
    msr     elr_el1, x2
    msr     spsr_el1, x3
    ldp     x18, x29, [sp, #144]
    ldp     x16, x17, [sp, #128]
    ldp     x14, x15, [sp, #112]
    ldp     x12, x13, [sp, #96]
    ldp     x10, x11, [sp, #80]
    ldp     x8, x9, [sp, #64]
    ldp     x6, x7, [sp, #48]
    ldp     x4, x5, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp]
    add     sp, sp, #FP_FRAME_SIZE
    eret

    .macro save_context
    stp     x19, x20, [x2]
    stp     x21, x22, [x2, #16]
    stp     x23, x24, [x2, #32]
    stp     x25, x26, [x2, #48]
    stp     x27, x28, [x2, #64]
    stp     x29, x30, [x2, #80]
    mov     x3, sp
    str     x3, [x2, #FP_CONTEXT_SP]
    mrs     x3, daif
    str     x3, [x2, #FP_CONTEXT_DAIF]
    .endm

/* void fp_catch(void (*function)(void *), void *argument, struct fp_context *) */
    .global fp_catch
fp_catch:
    save_context
    stp     x29, x30, [sp, #-16]!
    mov     x3, x0
    mov     x0, x1
    blr     x3
    ldp     x29, x30, [sp], #16
    ret

/* The same at EL0; comes back through SVC, so always through fp_exception() and resume. */
    .global fp_catch_user
fp_catch_user:
    save_context
    mrs     x3, daif                // EL0t
    msr     spsr_el1, x3
    msr     elr_el1, x0
    mov     x0, x1
    adr     x30, user_return
    isb
    eret
user_return:
    svc     #0
