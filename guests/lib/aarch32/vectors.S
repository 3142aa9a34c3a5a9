/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors of a guest. An exception other than an IRQ goes to fp_exception() with the registers on the stack
 * of its mode; that function either ends the guest with a report or names the context to go back to.
 * IRQs run on the SVC stack, so that a handler may be interrupted code's equal.
 */
#include "layout.h"

    .syntax unified
    .arm
    .text

    .align  5
    .global fp_vectors
fp_vectors:
    b       .                       @ reset
    b       undefined
    b       supervisor
    b       prefetch
    b       data
    b       .                       @ Hyp
    b       irq
    b       fiq

    .macro exception name, kind, adjust
\name:
    sub     lr, lr, #\adjust        @ the instruction that faulted
    push    {r0-r12, lr}
    mov     r0, sp
    mov     r1, #\kind
    mrs     r2, spsr
    bl      fp_exception
    add     sp, sp, #56
    b       resume
    .endm

    exception undefined, FP_KIND_UNDEFINED, 4
    exception supervisor, FP_KIND_SVC, 4
    exception prefetch, FP_KIND_PREFETCH, 4
    exception data, FP_KIND_DATA, 8

fiq:                                @ r8-r12 are banked here, the stack is not worth one
    mov     r1, #FP_KIND_FIQ
    cps     #0x13
    b       fp_unexpected_fiq

irq:
    sub     lr, lr, #4
    srsdb   sp!, #0x13
    cps     #0x13
    push    {r0-r3, r12, lr}
    and     r1, sp, #4              @ interrupted code may have a stack aligned to 4 only
    sub     sp, sp, r1
    push    {r1, lr}
    bl      fp_irq
    pop     {r1, lr}
    add     sp, sp, r1
    pop     {r0-r3, r12, lr}
    rfeia   sp!

/* r0 = struct fp_context: go on where it was made, in the mode and with the masks it was made with. */
resume:
    cps     #0x13
    ldmia   r0, {r4-r11}
    ldr     sp, [r0, #FP_CONTEXT_SP]
    ldr     lr, [r0, #FP_CONTEXT_LR]
    ldr     r1, [r0, #FP_CONTEXT_CPSR]
    clrex
    msr     cpsr_cx, r1
    bx      lr

    .macro save_context
    stmia   r2, {r4-r11}
    str     sp, [r2, #FP_CONTEXT_SP]
    str     lr, [r2, #FP_CONTEXT_LR]
    mrs     r12, cpsr
    str     r12, [r2, #FP_CONTEXT_CPSR]
    .endm

/* void fp_catch(void (*function)(void *), void *argument, struct fp_context *) */
    .global fp_catch
fp_catch:
    save_context
    push    {r4, lr}
    mov     r3, r0
    mov     r0, r1
    blx     r3
    pop     {r4, pc}

/* The same in user mode; comes back through SVC, so always through fp_exception() and resume. */
    .global fp_catch_user
fp_catch_user:
    save_context
    adr     r3, user_return
    cps     #0x1f
    mov     lr, r3
    cps     #0x13
    bic     r12, r12, #0x1f
    orr     r12, r12, #0x10
    msr     spsr_cxsf, r12
    mov     lr, r0
    mov     r0, r1
    movs    pc, lr
user_return:
    svc     #0
