/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exit path when the scheduler must be asked, and the switch of the CPU from one vCPU to another.
 *
 * Entered from entry.S with the six-word frame on the stack and the guest's r4 ... r11 in their registers.
 * sched_next() may return the vCPU that is loaded: then nothing was lost. Otherwise everything of the old
 * vCPU goes to its context in blocks of eleven registers, and the new one's comes back the same way.
 *
 *   r0  next     r1  previous     lr  cursor in a struct vcpu_context
 */
    .syntax unified
#include "asm_offsets.h"
#include "hv/probe.h"

#define FRAME 24

    .section .text.entry, "ax", %progbits
    .arm
    .global trap_resched
trap_resched:
    add r0, sp, #FRAME
    bl sched_next
    ldr r1, [sp, #FRAME + CPU_CURRENT]
    cmp r0, r1
    ldreq pc, [sp, #FRAME + CPU_EXIT]

    add lr, r1, #VCPU_CTX
    stmia lr!, {r4 - r11}
    ldmia sp, {r2 - r7}
    stmia lr!, {r2 - r7}

    mrs r2, ELR_hyp
    mrs r3, spsr
    mrs r4, SP_usr
    mrs r5, SP_svc
    mrs r6, LR_svc
    mrs r7, SPSR_svc
    mrs r8, SP_abt
    mrs r9, LR_abt
    mrs r10, SPSR_abt
    mrs r11, SP_und
    mrs r12, LR_und
    stmia lr!, {r2 - r12}
    mrs r2, SPSR_und
    mrs r3, SP_irq
    mrs r4, LR_irq
    mrs r5, SPSR_irq
    mrs r6, R8_fiq
    mrs r7, R9_fiq
    mrs r8, R10_fiq
    mrs r9, R11_fiq
    mrs r10, R12_fiq
    mrs r11, SP_fiq
    mrs r12, LR_fiq
    stmia lr!, {r2 - r12}
    mrs r2, SPSR_fiq
    mrc p15, 0, r3, c1, c0, 0   /* SCTLR */
    mrc p15, 0, r4, c1, c0, 2   /* CPACR */
    mrc p15, 0, r5, c12, c0, 0  /* VBAR */
    mrc p15, 0, r6, c13, c0, 1  /* CONTEXTIDR */
    mrc p15, 0, r7, c13, c0, 2  /* TPIDRURW */
    mrc p15, 0, r8, c13, c0, 3  /* TPIDRURO */
    mrc p15, 0, r9, c13, c0, 4  /* TPIDRPRW */
    mrc p15, 2, r10, c0, c0, 0  /* CSSELR */
    mrc p15, 0, r11, c5, c0, 0  /* DFSR */
    mrc p15, 0, r12, c5, c0, 1  /* IFSR */
    stmia lr!, {r2 - r12}
    mrc p15, 0, r2, c6, c0, 0   /* DFAR */
    mrc p15, 0, r3, c6, c0, 2   /* IFAR */
    mrrc p15, 0, r4, r5, c7     /* PAR */
    mrc p15, 0, r6, c14, c1, 0  /* CNTKCTL */
    mrc p15, 0, r7, c14, c3, 1  /* CNTV_CTL */
    mrrc p15, 3, r8, r9, c14    /* CNTV_CVAL */
    mrc p15, 4, r10, c12, c14, 0 /* ICH_LRC0 */
    mrc p15, 4, r11, c12, c11, 7 /* ICH_VMCR */
    mrc p15, 4, r12, c12, c9, 0 /* ICH_AP1R0 */
    stmia lr!, {r2 - r12}
    ldr r2, [lr]                /* lr_used */
    cmp r2, #0
    blne save_list_registers

    /* The new vCPU: what EL2 keeps for it, then its own state backwards through the same blocks. */
enter_vcpu:
    str r0, [sp, #FRAME + CPU_CURRENT]
    ldr r2, [r0, #VCPU_LAZY]
    ldr r3, [sp, #FRAME + CPU_LAZY_OWNERS]
    mov r4, r0
    orrs r2, r2, r3
    blne lazy_switch
    ldr r0, [r4, #VCPU_DOMAIN]
    ldrd r0, r1, [r0, #DOMAIN_VIEW]     /* image, HPRENR; the same two words in struct cpu */
    strd r0, r1, [sp, #FRAME + CPU_GUEST_VIEW]
    cmp r0, #0
    mcreq p15, 4, r1, c6, c1, 1         /* resident: HPRENR is the whole switch, ERET synchronises */
    blne view_load

    add lr, r4, #(VCPU_CTX + CTX_LR_USED)
    ldmia lr!, {r2 - r5}        /* lr_used, vmpidr, hcr, hcptr */
    mov r6, #0
    mcr p15, 4, r3, c0, c0, 5
    mcr p15, 4, r4, c1, c1, 0
    mcr p15, 4, r5, c1, c1, 2
    mcr p15, 4, r6, c12, c8, 0  /* ICH_AP0R0: a guest can write it, and it would hold up the next one's interrupts */
    cmp r2, #0
    blne load_list_registers
    ldr r1, [sp, #FRAME + CPU_CURRENT]
    add lr, r1, #(VCPU_CTX + CTX_PC)
    ldmia lr!, {r2 - r12}
    msr ELR_hyp, r2
    msr spsr_cxsf, r3
    msr SP_usr, r4
    msr SP_svc, r5
    msr LR_svc, r6
    msr SPSR_svc, r7
    msr SP_abt, r8
    msr LR_abt, r9
    msr SPSR_abt, r10
    msr SP_und, r11
    msr LR_und, r12
    ldmia lr!, {r2 - r12}
    msr SPSR_und, r2
    msr SP_irq, r3
    msr LR_irq, r4
    msr SPSR_irq, r5
    msr R8_fiq, r6
    msr R9_fiq, r7
    msr R10_fiq, r8
    msr R11_fiq, r9
    msr R12_fiq, r10
    msr SP_fiq, r11
    msr LR_fiq, r12
    ldmia lr!, {r2 - r12}
    msr SPSR_fiq, r2
    mcr p15, 0, r3, c1, c0, 0
    mcr p15, 0, r4, c1, c0, 2
    mcr p15, 0, r5, c12, c0, 0
    mcr p15, 0, r6, c13, c0, 1
    mcr p15, 0, r7, c13, c0, 2
    mcr p15, 0, r8, c13, c0, 3
    mcr p15, 0, r9, c13, c0, 4
    mcr p15, 2, r10, c0, c0, 0
    mcr p15, 0, r11, c5, c0, 0
    mcr p15, 0, r12, c5, c0, 1
    ldmia lr!, {r2 - r12}
    mcr p15, 0, r2, c6, c0, 0
    mcr p15, 0, r3, c6, c0, 2
    mcrr p15, 0, r4, r5, c7
    mcr p15, 0, r6, c14, c1, 0
    mcrr p15, 3, r8, r9, c14    /* the compare value before the control that arms it */
    mcr p15, 0, r7, c14, c3, 1
    mcr p15, 4, r10, c12, c14, 0
    mcr p15, 4, r11, c12, c11, 7
    mcr p15, 4, r12, c12, c9, 0

    add lr, r1, #VCPU_CTX
    ldmia lr!, {r4 - r11}
    ldmia lr, {r0 - r3, r12, lr}
    add sp, sp, #FRAME
    PROBE guest.enter
    eret

/*
 * List registers 1 ... 3, only when in use (vgic_state.h: LR_USED). r2: lr_used. r0 and r1 stay.
 * The virtual timer's physical interrupt is let go, so that the next vCPU's can fire; if ours is not over by
 * the time we are back, it fires again and finds its list register taken.
 */
save_list_registers:
    tst r2, #LR_USED_TIMER
    mov r3, #INTID_VIRTUAL_TIMER
    mcrne p15, 0, r3, c12, c11, 1 /* ICC_DIR */
    mrc p15, 4, r3, c12, c11, 5 /* ICH_ELRSR: which are empty */
    and r2, r2, #LR_USED_OVERFLOW
    mvn r3, r3
    and r3, r3, #0xe
    orr r2, r2, r3
    ldr r12, [sp, #FRAME + CPU_CURRENT]
    add r12, r12, #(VCPU_CTX + CTX_LR_USED)
    str r2, [r12], #(CTX_LR - CTX_LR_USED)
    mov r2, #1
    mcr p15, 4, r2, c12, c11, 0 /* ICH_HCR: only EN, no maintenance for the next vCPU */
    mrc p15, 4, r2, c12, c12, 1
    mrc p15, 4, r3, c12, c12, 2
    mrc p15, 4, r4, c12, c12, 3
    mrc p15, 4, r5, c12, c14, 1
    mrc p15, 4, r6, c12, c14, 2
    mrc p15, 4, r7, c12, c14, 3
    stmia r12, {r2 - r7}
    mov r2, #0
    mcr p15, 4, r2, c12, c14, 1
    mcr p15, 4, r2, c12, c14, 2
    mcr p15, 4, r2, c12, c14, 3
    bx lr

load_list_registers:
    ldr r12, [sp, #FRAME + CPU_CURRENT]
    add r12, r12, #(VCPU_CTX + CTX_LR)
    ldmia r12, {r2 - r8}
    mcr p15, 4, r8, c12, c11, 0 /* ICH_HCR */
    mcr p15, 4, r2, c12, c12, 1
    mcr p15, 4, r3, c12, c12, 2
    mcr p15, 4, r4, c12, c12, 3
    mcr p15, 4, r5, c12, c14, 1
    mcr p15, 4, r6, c12, c14, 2
    mcr p15, 4, r7, c12, c14, 3
    bx lr

/* The first vCPU of this CPU: nothing to save. r0: struct cpu, whose address is the top of the stack. */
    .global arch_enter_first
    .type arch_enter_first, %function
arch_enter_first:
    sub sp, r0, #FRAME
    bl sched_next
    b enter_vcpu
