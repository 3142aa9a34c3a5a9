/* SPDX-License-Identifier: Apache-2.0 */
#include "lazy.h"

#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/vcpu.h"
#include "trap_controls.h"

/* HCR and HCPTR of the loaded vCPU live in its context and in the hardware. */
static void set_hcr(struct vcpu *v, uint32_t hcr)
{
    v->ctx.hcr = hcr;
    WRITE_SYSREG(HCR, hcr);
    arch_isb();
}

static void set_hcptr(struct vcpu *v, uint32_t hcptr)
{
    v->ctx.hcptr = hcptr;
    WRITE_SYSREG(HCPTR, hcptr);
    arch_isb();
}

static void swap_el1_mpu(struct cpu *cpu, struct vcpu *v)
{
    if (cpu->lazy.mpu_owner == v)
        return;
    if (cpu->lazy.mpu_owner)
        mpu_el1_save(&cpu->lazy.mpu_owner->ctx.mpu);
    mpu_el1_load(&v->ctx.mpu);
    cpu->lazy.mpu_owner = v;
}

static void swap_fp(struct cpu *cpu, struct vcpu *v)
{
    if (cpu->lazy.fp_owner)
        fp_save(&cpu->lazy.fp_owner->ctx.fp);
    fp_load(&v->ctx.fp);
    cpu->lazy.fp_owner = v;
}

void lazy_own_el1_mpu(struct vcpu *v)
{
    swap_el1_mpu(v->cpu, v);
    v->lazy |= VCPU_USES_EL1_MPU;
    v->cpu->lazy_owners |= VCPU_USES_EL1_MPU;
    set_hcr(v, v->ctx.hcr & ~(HCR_TVM | HCR_TRVM));
}

void lazy_own_fp(struct vcpu *v)
{
    set_hcptr(v, TRAP_HCPTR);
    swap_fp(v->cpu, v);
    v->lazy |= VCPU_USES_FP;
    v->cpu->lazy_owners |= VCPU_USES_FP;
}

void lazy_forget(struct vcpu *v)
{
    if (v->cpu->lazy.fp_owner == v)
        v->cpu->lazy.fp_owner = NULL;
    if (v->cpu->lazy.mpu_owner == v)
        v->cpu->lazy.mpu_owner = NULL;
}

void lazy_watch_el1_mpu(struct vcpu *v)
{
    set_hcr(v, v->ctx.hcr | HCR_TVM);
    mpu_el1_save(&v->ctx.mpu);
}

/* Those of one that never used them trap since its reset. switch.S writes next->ctx.hcr and .hcptr to the hardware afterwards. */
void lazy_switch(struct vcpu *next)
{
    struct cpu *const cpu = next->cpu;

    if (next->lazy & VCPU_USES_FP && cpu->lazy.fp_owner != next) {
        WRITE_SYSREG(HCPTR, TRAP_HCPTR);
        arch_isb();
        swap_fp(cpu, next);
    }
    if (next->lazy & VCPU_USES_EL1_MPU)
        swap_el1_mpu(cpu, next);
}
