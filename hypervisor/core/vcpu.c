/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vCPU life: off, started by the configuration or PSCI, stopped for good by its domain.
 */
#include "hv/vcpu.h"

#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/restart.h"
#include "hv/sched.h"
#include "hv/vgic.h"

struct vcpu vcpus[CONFIG_MAX_VCPUS];

void vcpu_wake(struct vcpu *v)
{
    struct cpu *const cpu = v->cpu;

    cpu->ready |= v->wake_bit;
    if (v->wake_bit & cpu->current->notice_mask)
        cpu->attention |= ATTENTION_RESCHED;
}

/* What the hardware holds of it is worth nothing; its domain's view is still loaded. */
static void forget_loaded_state(struct vcpu *v)
{
    struct cpu *const cpu = v->cpu;

    if (!vcpu_is_loaded(v))
        return;
    cpu->idle->domain = v->domain;
    cpu->current = cpu->idle;
}

void vcpu_begin(struct vcpu *v, reg_t entry, reg_t a0, reg_t a1, reg_t a2)
{
    vgic_stop_vcpu(v);
    forget_loaded_state(v);
    arch_sync_instructions(); /* its code may have been written by another CPU, or by EL2 */
    arch_vcpu_reset(v, entry, a0, a1, a2);
    v->power = VCPU_ON;
    v->deadline = DEADLINE_NONE;
    v->wake_bit = v->bit;
    guest_access_invalidate(v);
    vgic_start_vcpu(v);
    vcpu_wake(v);
}

void vcpu_start(struct vcpu *v, reg_t entry, reg_t context_id)
{
    if (v->domain->state == DOMAIN_RUNNING) /* else stopped while the request was on its way */
        vcpu_begin(v, entry, context_id, 0, 0);
}

void vcpu_stop(struct vcpu *v)
{
    struct cpu *const cpu = v->cpu;

    v->wake_bit = 0;
    v->deadline = DEADLINE_NONE;
    v->domain->polling[v->cpu_id] &= ~BIT(v->id);
    cpu->ready &= ~v->bit;
    if (cpu->current == v)
        cpu->attention |= ATTENTION_RESCHED;
    if (v->id == 0 && v->domain->state != DOMAIN_RUNNING)
        restart_begin(v);
}
