/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exit path when the scheduler must be asked, and the switch of the CPU from one vCPU to another.
 *
 * Entered from entry.S with the frame of x0 ... x8, x30, x16, x17 on the stack and the guest's other registers where they
 * were. sched_next() may return the vCPU that is loaded: then nothing was lost. Otherwise everything of the old vCPU goes
 * to its context in pairs, and the new one's comes back the same way.
 *
 *   x0  next     x1  previous     x2  its context     x3 ... x8, x16, x17  values on their way
 */
#include "asm_offsets.h"
#include "hv/probe.h"

#define FEW 96
#define ICH_LR(n) s3_4_c12_c12_##n

    .section .text.entry, "ax", %progbits

.macro SAVE_SYSREGS a, b, offset
    mrs x3, \a
    mrs x4, \b
    stp x3, x4, [x2, #\offset]
.endm

.macro LOAD_SYSREGS a, b, offset
    ldp x3, x4, [x2, #\offset]
    msr \a, x3
    msr \b, x4
.endm

    .global trap_resched
trap_resched:
    add x0, sp, #FEW
    bl sched_next
    ldr x1, [sp, #FEW + CPU_CURRENT]
    cmp x0, x1
    b.eq trap_return

    add x2, x1, #VCPU_CTX
    stp x9, x10, [x2, #72]
    stp x11, x12, [x2, #88]
    stp x13, x14, [x2, #104]
    str x15, [x2, #120]
    stp x18, x19, [x2, #144]
    stp x20, x21, [x2, #160]
    stp x22, x23, [x2, #176]
    stp x24, x25, [x2, #192]
    stp x26, x27, [x2, #208]
    stp x28, x29, [x2, #224]
    ldp x3, x4, [sp]
    ldp x5, x6, [sp, #16]
    stp x3, x4, [x2]
    stp x5, x6, [x2, #16]
    ldp x3, x4, [sp, #32]
    ldp x5, x6, [sp, #48]
    stp x3, x4, [x2, #32]
    stp x5, x6, [x2, #48]
    ldp x3, x4, [sp, #64]
    ldp x5, x6, [sp, #80]
    str x3, [x2, #64]
    stp x5, x6, [x2, #128]
    mrs x5, sp_el0
    stp x4, x5, [x2, #240]

    add x2, x2, #CTX_PC
    SAVE_SYSREGS elr_el2, spsr_el2, 0
    SAVE_SYSREGS sp_el1, elr_el1, 16
    SAVE_SYSREGS spsr_el1, sctlr_el1, 32
    SAVE_SYSREGS cpacr_el1, ttbr0_el1, 48
    SAVE_SYSREGS ttbr1_el1, tcr_el1, 64
    SAVE_SYSREGS mair_el1, amair_el1, 80
    SAVE_SYSREGS vbar_el1, esr_el1, 96
    SAVE_SYSREGS far_el1, afsr0_el1, 112
    SAVE_SYSREGS afsr1_el1, contextidr_el1, 128
    SAVE_SYSREGS tpidr_el0, tpidrro_el0, 144
    SAVE_SYSREGS tpidr_el1, par_el1, 160
    SAVE_SYSREGS cntkctl_el1, csselr_el1, 176
    mrs x3, mdscr_el1
    str x3, [x2, #192]
    SAVE_SYSREGS cntv_cval_el0, cntv_ctl_el0, (CTX_CNTV - CTX_PC)
    mrs x3, ICH_LR(0)
    lsr x3, x3, #32
    str w3, [x2, #(CTX_LRC0 - CTX_PC)]
    SAVE_SYSREGS s3_4_c12_c11_7, s3_4_c12_c9_0, (CTX_VMCR - CTX_PC) /* ICH_VMCR_EL2, ICH_AP1R0_EL2 */
    ldr w3, [x2, #(CTX_LR_USED - CTX_PC)]
    cbz w3, enter_vcpu
    bl save_list_registers

    /* The new vCPU: what EL2 keeps for it, then its own state in the same order. */
enter_vcpu:
    str x0, [sp, #FEW + CPU_CURRENT]
    ldr w3, [x0, #VCPU_LAZY]
    ldr w4, [sp, #FEW + CPU_LAZY_OWNERS]
    orr w3, w3, w4
    mov x19, x0
    cbz w3, 1f
    bl lazy_switch
    mov x0, x19
1:  ldr x3, [x0, #VCPU_DOMAIN]
    ldr x3, [x3, #DOMAIN_VTTBR]
    msr vttbr_el2, x3
    add x2, x0, #(VCPU_CTX + CTX_PC)
    LOAD_SYSREGS vmpidr_el2, hcr_el2, (CTX_VMPIDR - CTX_PC)
    ldr x3, [x2, #(CTX_CPTR - CTX_PC)]
    msr cptr_el2, x3
    msr s3_4_c12_c8_0, xzr /* ICH_AP0R0_EL2: a guest can write it, and it would hold up the next one's interrupts */
    ldr w3, [x2, #(CTX_LR_USED - CTX_PC)]
    cbz w3, 2f
    bl load_list_registers
2:  LOAD_SYSREGS elr_el2, spsr_el2, 0
    LOAD_SYSREGS sp_el1, elr_el1, 16
    LOAD_SYSREGS spsr_el1, sctlr_el1, 32
    LOAD_SYSREGS cpacr_el1, ttbr0_el1, 48
    LOAD_SYSREGS ttbr1_el1, tcr_el1, 64
    LOAD_SYSREGS mair_el1, amair_el1, 80
    LOAD_SYSREGS vbar_el1, esr_el1, 96
    LOAD_SYSREGS far_el1, afsr0_el1, 112
    LOAD_SYSREGS afsr1_el1, contextidr_el1, 128
    LOAD_SYSREGS tpidr_el0, tpidrro_el0, 144
    LOAD_SYSREGS tpidr_el1, par_el1, 160
    LOAD_SYSREGS cntkctl_el1, csselr_el1, 176
    ldr x3, [x2, #192]
    msr mdscr_el1, x3
    LOAD_SYSREGS cntv_cval_el0, cntv_ctl_el0, (CTX_CNTV - CTX_PC) /* the compare value before the control that arms it */
    ldr w3, [x2, #(CTX_LRC0 - CTX_PC)]
    mov x4, #31 /* the upcall, for ever */
    orr x3, x4, x3, lsl #32
    msr ICH_LR(0), x3
    LOAD_SYSREGS s3_4_c12_c11_7, s3_4_c12_c9_0, (CTX_VMCR - CTX_PC)

    sub x2, x2, #CTX_PC
    ldp x30, x3, [x2, #240]
    msr sp_el0, x3
    ldp x0, x1, [x2]
    ldp x4, x5, [x2, #32]
    ldp x6, x7, [x2, #48]
    ldp x8, x9, [x2, #64]
    ldp x10, x11, [x2, #80]
    ldp x12, x13, [x2, #96]
    ldp x14, x15, [x2, #112]
    ldp x16, x17, [x2, #128]
    ldp x18, x19, [x2, #144]
    ldp x20, x21, [x2, #160]
    ldp x22, x23, [x2, #176]
    ldp x24, x25, [x2, #192]
    ldp x26, x27, [x2, #208]
    ldp x28, x29, [x2, #224]
    ldp x2, x3, [x2, #16]
    add sp, sp, #FEW
    PROBE guest.enter
    eret
    dsb nsh
    isb

/*
 * List registers 1 ... 3, only when in use (vgic_state.h: LR_USED). w3: lr_used, x2: the context from `pc` on.
 * The virtual timer's physical interrupt is let go, so that the next vCPU's can fire; if ours is not over by
 * the time we are back, it fires again and finds its list register taken.
 */
save_list_registers:
    tbz w3, #4, 1f /* LR_USED_TIMER */
    mov x4, #INTID_VIRTUAL_TIMER
    msr s3_0_c12_c11_1, x4 /* ICC_DIR_EL1 */
1:  mrs x4, s3_4_c12_c11_5 /* ICH_ELRSR_EL2: which are empty */
    and w3, w3, #LR_USED_OVERFLOW
    mvn w4, w4
    and w4, w4, #0xe
    orr w3, w3, w4
    str w3, [x2, #(CTX_LR_USED - CTX_PC)]
    mov x3, #1
    msr s3_4_c12_c11_0, x3 /* ICH_HCR_EL2: only EN, no maintenance for the next vCPU */
    .irp n, 1, 2, 3
    mrs x3, s3_4_c12_c12_\n
    lsr x4, x3, #32
    str w3, [x2, #(CTX_LR - CTX_PC + 4 * (\n - 1))]
    str w4, [x2, #(CTX_LRC - CTX_PC + 4 * (\n - 1))]
    msr s3_4_c12_c12_\n, xzr
    .endr
    ret

load_list_registers:
    ldr w3, [x2, #(CTX_ICH_HCR - CTX_PC)]
    msr s3_4_c12_c11_0, x3
    .irp n, 1, 2, 3
    ldr w3, [x2, #(CTX_LR - CTX_PC + 4 * (\n - 1))]
    ldr w4, [x2, #(CTX_LRC - CTX_PC + 4 * (\n - 1))]
    orr x3, x3, x4, lsl #32
    msr s3_4_c12_c12_\n, x3
    .endr
    ret

/* The first vCPU of this CPU: nothing to save. x0: struct cpu, whose address is the top of the stack. */
    .global arch_enter_first
    .type arch_enter_first, %function
arch_enter_first:
    sub sp, x0, #FEW
    bl sched_next
    b enter_vcpu
