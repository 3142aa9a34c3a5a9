/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions to EL2 and the way back.
 *
 * The EL2 stack is empty whenever a guest runs, so SP at the vector is the top of this CPU's stack, and struct cpu lies
 * right above it. C is compiled so that x9 ... x15 and x19 ... x29 survive calls and x18 is not used (arch.cmake).
 *
 *   sp + 0    x0 ... x8 x30 x16 x17    pushed by every entry (FEW bytes)
 *   sp + 96   struct cpu                                              CPU(member)
 *
 * A full trap, which may have to read or change any register, pushes the rest below that (REST bytes: x9 ... x15, x18,
 * x19 ... x29). A vCPU switch stores everything in the context instead (switch.S).
 */
#include "abi/xen.h"
#include "asm_offsets.h"
#include "hv/probe.h"

#define FEW 96
#define REST 160
#define CPU(member) (FEW + CPU_##member)
#define EC_DATA_ABORT_LOWER 0x24
#define ESR_HVC64 0x5a00 /* upper half of ESR_EL2: EC 0x16, IL */

    .section .text.entry, "ax", %progbits

.macro SAVE_FEW
    stp x0, x1, [sp, #-FEW]!
    stp x2, x3, [sp, #16]
    stp x4, x5, [sp, #32]
    stp x6, x7, [sp, #48]
    stp x8, x30, [sp, #64]
    stp x16, x17, [sp, #80]
.endm

.macro SAVE_REST
    stp x9, x10, [sp, #-REST]!
    stp x11, x12, [sp, #16]
    stp x13, x14, [sp, #32]
    stp x15, x18, [sp, #48]
    stp x19, x20, [sp, #64]
    stp x21, x22, [sp, #80]
    stp x23, x24, [sp, #96]
    stp x25, x26, [sp, #112]
    stp x27, x28, [sp, #128]
    str x29, [sp, #144]
.endm

/* All but x0, which is the result of a hypercall, or loaded before. */
.macro RESTORE_FEW_AND_RETURN
    ldp x2, x3, [sp, #16]
    ldp x4, x5, [sp, #32]
    ldp x6, x7, [sp, #48]
    ldp x8, x30, [sp, #64]
    ldp x16, x17, [sp, #80]
    ldp xzr, x1, [sp], #FEW
    eret
    dsb nsh /* nothing is speculated past the return */
    isb
.endm

.macro VECTOR
    .balign 128
.endm

    .balign 2048
    .global vectors
vectors:
    VECTOR
    b el2_exception_sync
    VECTOR
    b el2_exception_irq
    VECTOR
    b el2_exception_fiq
    VECTOR
    b el2_exception_serror

    VECTOR
    b el2_exception_sync
    VECTOR
    b el2_exception_irq
    VECTOR
    b el2_exception_fiq
    VECTOR
    b el2_exception_serror

/*
 * A trap from EL1 or EL0. The fast path is the hypercall: HVC #0xEA1, number in x16, arguments in x0 ... x2.
 * Numbers beyond the table saturate to its last entry, which answers -ENOSYS.
 */
    VECTOR
    SAVE_FEW
    mrs x17, esr_el2
    mov w30, #XEN_HYPERCALL_TAG
    movk w30, #ESR_HVC64, lsl #16
    cmp w17, w30
    b.ne trap_not_hvc
    mov w30, #63
    cmp x16, x30
    csel x16, x16, x30, lo
    adr x17, hypercall_table
    ldr x17, [x17, x16, lsl #3]
    ldr x3, [sp, #CPU(CURRENT)]
    blr x17
    sxtw x0, w0
    b trap_exit
    VECTOR
    b irq_lower
    VECTOR
    b el2_exception_fiq
    VECTOR
    b serror_lower

    /* The same with EL1 in AArch32, which HCR_EL2.RW rules out; a 32-bit process comes in above. */
    VECTOR
    b el2_exception_sync
    VECTOR
    b el2_exception_irq
    VECTOR
    b el2_exception_fiq
    VECTOR
    b el2_exception_serror
    .balign 128

/* ATTENTION is 0 nearly always: neither a reschedule nor an upcall on its way to the guest. */
trap_exit:
    ldr w8, [sp, #CPU(ATTENTION)]
    cbnz w8, trap_attention
    RESTORE_FEW_AND_RETURN

trap_attention:
    str x0, [sp]
    add x0, sp, #FEW
    bl sched_attention
    cbnz w0, trap_resched
    .global trap_return
trap_return:
    ldr x0, [sp]
    RESTORE_FEW_AND_RETURN

/*
 * An access to what is emulated, by an instruction of four bytes (IL), described by the syndrome (ISV), through x0 ... x8: C
 * keeps the other registers, and none of them changes. A 32-bit process goes the long way.
 */
trap_not_hvc:
    mrs x30, spsr_el2
    tbnz w30, #4, trap_full_32
    lsr w30, w17, #24
    cmp w30, #(EC_DATA_ABORT_LOWER << 2 | 3) /* EC, IL, ISV */
    ubfx w30, w17, #16, #5 /* SRT */
    ccmp w30, #8, #2, eq
    b.hi trap_full
    sub x0, sp, #REST
    mov w1, w17
    bl trap_device_access
    ldr x0, [sp]
    b trap_exit

trap_full_32:
    SAVE_REST
    mov x0, sp
    bl trap_handle_32
    b full_exit

trap_full:
    SAVE_REST
    mov x0, sp
    bl trap_handle
full_exit:
    ldp x11, x12, [sp, #16]
    ldp x13, x14, [sp, #32]
    ldp x15, x18, [sp, #48]
    ldp x19, x20, [sp, #64]
    ldp x21, x22, [sp, #80]
    ldp x23, x24, [sp, #96]
    ldp x25, x26, [sp, #112]
    ldp x27, x28, [sp, #128]
    ldr x29, [sp, #144]
    ldp x9, x10, [sp], #REST
    ldr x0, [sp]
    b trap_exit

irq_lower:
    SAVE_FEW
    bl trap_irq
    ldr x0, [sp]
    b trap_exit

serror_lower:
    SAVE_FEW
    bl serror_handle
    ldr x0, [sp]
    b trap_exit

/*
 * Exceptions taken from EL2 itself are our own defect: every guest byte was checked before it was touched.
 * The dump runs on a stack of its own, because the fault may be the overflow of the normal one, and nothing
 * is pushed there. x0 waits in the guest's TPIDR_EL1, which nobody will miss.
 */
.macro EL2_EXCEPTION name, number
el2_exception_\name:
    msr tpidr_el1, x0
    mrs x0, tpidr_el2 /* struct cpu */
    ldr x0, [x0, #CPU_EMERGENCY_STACK]
    mov sp, x0
    mrs x0, tpidr_el1
    stp x0, x1, [sp, #-176]!
    mov x0, #\number
    b el2_exception
.endm

    EL2_EXCEPTION sync, 0
    EL2_EXCEPTION irq, 1
    EL2_EXCEPTION fiq, 2
    EL2_EXCEPTION serror, 3

el2_exception:
    stp x2, x3, [sp, #16]
    stp x4, x5, [sp, #32]
    stp x6, x7, [sp, #48]
    stp x8, x9, [sp, #64]
    stp x10, x11, [sp, #80]
    stp x12, x13, [sp, #96]
    stp x14, x15, [sp, #112]
    stp x16, x17, [sp, #128]
    stp x29, x30, [sp, #144]
    mov x1, sp
    bl el2_fault
1:  wfi
    b 1b
