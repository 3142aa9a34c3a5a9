/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions to PL2 (Hyp mode) and the way back.
 *
 * The EL2 stack is empty whenever a guest runs, so SP at the vector is the top of this CPU's stack, and
 * struct cpu lies right above it. Hyp mode has no LR of its own: it is LR_usr, saved with the rest.
 *
 *   sp + 0    r0 r1 r2 r3 r12 lr_usr    pushed by every entry (FRAME bytes)
 *   sp + 24   struct cpu                                              CPU(member)
 *
 * r4 ... r11 stay in their registers through C (AAPCS) and are stored only by a full trap, which may have to
 * change them, or when another vCPU is chosen (switch.S).
 */
    .syntax unified
#include "abi/xen.h"
#include "asm_offsets.h"
#include "hv/probe.h"

#define FRAME 24
#define CPU(member) (FRAME + CPU_##member)
#define HSR_HVC32 0x4a000000 /* EC 0x12, IL: an HVC of AArch32; bits 15:0 are its immediate */

    .section .text.entry, "ax", %progbits
    .arm

/* ENTRY/EXIT_VIEW: what the variant with switch-when = "entry" adds to each direction. */
.macro VECTORS name
    .balign 32
    .global vectors_\name
vectors_\name:
    b el2_exception_reset
    b el2_exception_undefined
    b el2_exception_hvc
    b el2_exception_prefetch
    b el2_exception_data
    b trap_\name
    b irq_\name
    b el2_exception_fiq
.endm

VECTORS resident
VECTORS switching

/*
 * A trap from EL1 or EL0. The fast path is the hypercall: HVC #0xEA1, number in r12, arguments in r0 ... r2.
 * Numbers beyond the table saturate to its last entry, which answers -ENOSYS.
 */
.macro HYPERCALL_OR full
    mrc p15, 4, lr, c5, c2, 0 /* HSR */
    sub lr, lr, #HSR_HVC32
    sub lr, lr, #(XEN_HYPERCALL_TAG - 1)
    cmp lr, #1
    bne \full
    usat r12, #6, r12
    ldr lr, =hypercall_table
    ldr r3, [sp, #CPU(CURRENT)]
    ldr r12, [lr, r12, lsl #2]
    blx r12
    str r0, [sp]
.endm

/* ATTENTION is 0 nearly always: neither a reschedule nor an upcall on its way to the guest. */
.macro EXIT
    ldr r3, [sp, #CPU(ATTENTION)]
    cmp r3, #0
    bne trap_attention
    pop {r0 - r3, r12, lr}
    eret
.endm

trap_resident:
    push {r0 - r3, r12, lr}
    HYPERCALL_OR trap_full
trap_exit:
    EXIT
    .ltorg

trap_attention:
    add r0, sp, #FRAME
    bl sched_attention
    cmp r0, #0
    bne trap_resched
    ldr pc, [sp, #CPU(EXIT)]

    .global trap_return
trap_return:
    pop {r0 - r3, r12, lr}
    eret

trap_full:
    push {r4 - r11}
    mov r0, sp
    bl trap_handle
    pop {r4 - r11}
    b trap_exit

irq_resident:
    push {r0 - r3, r12, lr}
    bl trap_irq
    EXIT

/* The same with method 2 taken literally: the hypervisor's view from entry to exit (switch-when = "entry"). */
trap_switching:
    push {r0 - r3, r12, lr}
    ldr r0, [sp, #CPU(SWITCH_IN)]
    bl view_load
    PROBE exposed
    ldm sp, {r0 - r3, r12}
    HYPERCALL_OR trap_full_switching
trap_exit_switching:
    ldr r3, [sp, #CPU(ATTENTION)]
    cmp r3, #0
    bne trap_attention
    .global trap_return_switching
trap_return_switching:
    PROBE exposed.end
    ldr r0, [sp, #CPU(SWITCH_OUT)]
    bl view_load
    pop {r0 - r3, r12, lr}
    eret

trap_full_switching:
    push {r4 - r11}
    mov r0, sp
    bl trap_handle
    pop {r4 - r11}
    b trap_exit_switching

irq_switching:
    push {r0 - r3, r12, lr}
    ldr r0, [sp, #CPU(SWITCH_IN)]
    bl view_load
    PROBE exposed
    bl trap_irq
    b trap_exit_switching

/*
 * Exceptions taken from EL2 itself are our own defect: every guest byte was checked before it was touched.
 * The dump runs on a stack of its own, because the fault may be the overflow of the normal one, and nothing
 * is pushed there. r0 waits in the guest's TPIDRPRW, which nobody will miss.
 */
.macro EL2_EXCEPTION name, number
el2_exception_\name:
    mcr p15, 0, r0, c13, c0, 4
    mrc p15, 4, r0, c13, c0, 2 /* HTPIDR: struct cpu */
    ldr sp, [r0, #CPU_EMERGENCY_STACK]
    mrc p15, 0, r0, c13, c0, 4
    push {r0 - r12, lr}
    mov r0, #\number
    b el2_exception
.endm

    EL2_EXCEPTION reset, 0
    EL2_EXCEPTION undefined, 1
    EL2_EXCEPTION hvc, 2
    EL2_EXCEPTION prefetch, 3
    EL2_EXCEPTION data, 4
    EL2_EXCEPTION fiq, 7

el2_exception:
    mov r1, sp
    bl el2_fault
1:  wfi
    b 1b
