/* SPDX-License-Identifier: Apache-2.0 */
#include "lazy.h"

#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/runstate.h"
#include "hv/vcpu.h"
#include "trap_controls.h"

/* CPTR_EL2 of the loaded vCPU lives in its context and in the hardware. */
static void set_cptr(struct vcpu *v, uint64_t cptr)
{
    v->ctx.cptr = cptr;
    WRITE_SYSREG(cptr_el2, cptr);
    arch_isb(); /* floating-point instructions of EL2 itself follow */
}

static void swap_fp(struct cpu *cpu, struct vcpu *v)
{
    if (cpu->lazy.fp_owner == v)
        return;
    if (cpu->lazy.fp_owner)
        fp_save(&cpu->lazy.fp_owner->ctx.fp);
    fp_load(&v->ctx.fp);
    cpu->lazy.fp_owner = v;
}

void lazy_own_fp(struct vcpu *v)
{
    set_cptr(v, TRAP_CPTR);
    swap_fp(v->cpu, v);
    v->lazy |= VCPU_USES_FP;
    v->cpu->lazy_owners |= VCPU_USES_FP;
}

void lazy_forget(struct vcpu *v)
{
    if (v->cpu->lazy.fp_owner == v)
        v->cpu->lazy.fp_owner = NULL;
    runstate_forget(v);
}

/* switch.S writes next->ctx.cptr to the hardware afterwards. */
void lazy_switch(struct vcpu *next)
{
    struct cpu *const cpu = next->cpu;

    if (next->lazy & VCPU_USES_FP) {
        WRITE_SYSREG(cptr_el2, TRAP_CPTR);
        arch_isb();
        swap_fp(cpu, next);
    }
    next->ctx.cptr = cpu->lazy.fp_owner == next ? TRAP_CPTR : TRAP_CPTR | CPTR_TFP;
    if (unlikely((next->lazy | cpu->lazy_owners) & VCPU_KEEPS_RUNSTATE))
        runstate_switch(cpu, next);
}
