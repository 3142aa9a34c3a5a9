/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The AArch64 vCPU: reset state, registers by number, exceptions we inject, and the dump.
 */
#include "hv/arch.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/trap.h"
#include "hv/vcpu.h"
#include "hv/vgic.h"
#include "lazy.h"
#include "trap_controls.h"

enum {
    PSTATE_EL_MASK = 0xf,
    PSTATE_EL0T = 0,
    PSTATE_EL1T = 4,
    PSTATE_EL1H = 5,
    PSTATE_AARCH32 = 1 << 4,
    PSTATE_F = 1 << 6,
    PSTATE_I = 1 << 7,
    PSTATE_A = 1 << 8,
    PSTATE_D = 1 << 9,
    PSTATE_DAIF = PSTATE_D | PSTATE_A | PSTATE_I | PSTATE_F,

    SCTLR_RESET = 0x30c50838 & ~0x1005, /* MMU and caches off; the bits that are one, nTWE, nTWI */

    VECTOR_CURRENT_SP0 = 0x000,
    VECTOR_CURRENT_SPX = 0x200,
    VECTOR_LOWER_64 = 0x400,
    VECTOR_LOWER_32 = 0x600,

    ESR_EC_SHIFT = 26,
    ESR_IL = 1 << 25,
    EC_UNKNOWN = 0x00,
};

void arch_vcpu_reset(struct vcpu *v, reg_t entry, reg_t a0, reg_t a1, reg_t a2)
{
    struct vcpu_context *const ctx = &v->ctx;

    for (uint64_t *word = (uint64_t *)ctx; word < (uint64_t *)(ctx + 1); word++)
        *word = 0;
    lazy_forget(v);
    ctx->x[0] = a0;
    ctx->x[1] = a1;
    ctx->x[2] = a2;
    ctx->pc = entry;
    ctx->pstate = PSTATE_EL1H | PSTATE_DAIF;
    ctx->sctlr = SCTLR_RESET;
    ctx->vmpidr = TRAP_VMPIDR(v->id);
    ctx->hcr = TRAP_HCR;
    ctx->cptr = TRAP_CPTR | CPTR_TFP;
    ctx->ich_hcr = ICH_HCR_EN;
    v->lazy = 0;
}

void arch_rewind_hvc(void)
{
    WRITE_SYSREG(elr_el2, READ_SYSREG(elr_el2) - 4);
}

int32_t arch_restart_hypercall(uint32_t command, reg_t a2, reg_t a3)
{
    /* entry.S: x0 ... x8 x30 x16 x17 right below struct cpu; x0 becomes what the handler returns. */
    uint64_t *const few = (uint64_t *)cpu_this() - 12;

    few[1] = a2;
    few[2] = a3;
    arch_rewind_hvc();
    return (int32_t)command;
}

void arch_unmask_guest_irq(struct vcpu *v)
{
    (void)v;
    WRITE_SYSREG(spsr_el2, READ_SYSREG(spsr_el2) & ~(uint64_t)PSTATE_I);
}

/* The guest continues at its own vector, at EL1 with its own stack pointer, as the architecture would take it. */
static void enter_vector(uint32_t syndrome)
{
    const uint64_t pstate = READ_SYSREG(spsr_el2);
    uint64_t vector;

    if (pstate & PSTATE_AARCH32)
        vector = VECTOR_LOWER_32;
    else if ((pstate & PSTATE_EL_MASK) == PSTATE_EL0T)
        vector = VECTOR_LOWER_64;
    else
        vector = (pstate & PSTATE_EL_MASK) == PSTATE_EL1T ? VECTOR_CURRENT_SP0 : VECTOR_CURRENT_SPX;
    WRITE_SYSREG(elr_el1, READ_SYSREG(elr_el2));
    WRITE_SYSREG(spsr_el1, pstate);
    WRITE_SYSREG(esr_el1, syndrome);
    WRITE_SYSREG(elr_el2, READ_SYSREG(vbar_el1) + vector);
    WRITE_SYSREG(spsr_el2, PSTATE_EL1H | PSTATE_DAIF);
}

void arch_inject_undefined(struct vcpu *v)
{
    (void)v;
    enter_vector((uint32_t)EC_UNKNOWN << ESR_EC_SHIFT | ESR_IL);
}

/*
 * The syndrome is the one Xen gives: address size fault, level 0, and not whether it was a write. `address` is what stage 2
 * saw; EL1 gets its own.
 */
void arch_inject_abort(struct vcpu *v, bool instruction, bool write, uintptr_t address)
{
    const bool from_el1 = !(READ_SYSREG(spsr_el2) & PSTATE_AARCH32) && (READ_SYSREG(spsr_el2) & PSTATE_EL_MASK) != PSTATE_EL0T;
    const uint32_t lower = instruction ? EC_INSTRUCTION_ABORT_LOWER : EC_DATA_ABORT_LOWER;

    (void)v;
    (void)write;
    (void)address;
    WRITE_SYSREG(far_el1, READ_SYSREG(far_el2));
    enter_vector((lower + from_el1) << ESR_EC_SHIFT | ESR_IL);
}

void arch_vcpu_dump(const struct vcpu *v)
{
    const struct vcpu_context *const ctx = &v->ctx;
    const bool loaded = vcpu_is_loaded(v);

    console_log("d%u v%u pc=%lx pstate=%lx %s", (unsigned)v->domain->domid, (unsigned)v->id,
                loaded ? READ_SYSREG(elr_el2) : ctx->pc, loaded ? READ_SYSREG(spsr_el2) : ctx->pstate,
                loaded ? "loaded" : "saved");
    console_log("d%u v%u sctlr=%lx vbar=%lx esr=%lx far=%lx elr=%lx", (unsigned)v->domain->domid, (unsigned)v->id,
                loaded ? READ_SYSREG(sctlr_el1) : ctx->sctlr, loaded ? READ_SYSREG(vbar_el1) : ctx->vbar,
                loaded ? READ_SYSREG(esr_el1) : ctx->esr, loaded ? READ_SYSREG(far_el1) : ctx->far,
                loaded ? READ_SYSREG(elr_el1) : ctx->elr_el1);
}
