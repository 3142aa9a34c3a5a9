/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets that assembly needs. The build compiles this to assembly text and turns the lines "->" into #defines. */
#include "hv/cpu.h"
#include "hv/domain.h"
#include "hv/gic.h"
#include "hv/hypercall.h"

#define OFFSET(name, type, member) __asm__ volatile("\n->" #name " %0" ::"i"(offsetof(type, member)))
#define VALUE(name, value) __asm__ volatile("\n->" #name " %0" ::"i"(value))

void offsets(void);
void offsets(void)
{
    OFFSET(CPU_CURRENT, struct cpu, current);
    OFFSET(CPU_ATTENTION, struct cpu, attention);
    OFFSET(CPU_LAZY_OWNERS, struct cpu, lazy_owners);
    OFFSET(CPU_EMERGENCY_STACK, struct cpu, emergency_stack_top);
    VALUE(EMERGENCY_STACK_SIZE, 2048);
    VALUE(CPU_SIZE, sizeof(struct cpu));

    OFFSET(VCPU_CTX, struct vcpu, ctx);
    OFFSET(VCPU_DOMAIN, struct vcpu, domain);
    OFFSET(VCPU_LAZY, struct vcpu, lazy);
    VALUE(DOMAIN_VTTBR, offsetof(struct domain, view) + offsetof(struct view, vttbr));
    OFFSET(CTX_SP_EL0, struct vcpu_context, sp_el0);
    OFFSET(CTX_PC, struct vcpu_context, pc);
    OFFSET(CTX_CNTV, struct vcpu_context, cntv_cval);
    OFFSET(CTX_LRC0, struct vcpu_context, lrc0);
    OFFSET(CTX_LR_USED, struct vcpu_context, lr_used);
    OFFSET(CTX_VMCR, struct vcpu_context, vmcr);
    OFFSET(CTX_VMPIDR, struct vcpu_context, vmpidr);
    OFFSET(CTX_CPTR, struct vcpu_context, cptr);
    OFFSET(CTX_LR, struct vcpu_context, lr);
    OFFSET(CTX_LRC, struct vcpu_context, lrc);
    OFFSET(CTX_ICH_HCR, struct vcpu_context, ich_hcr);

    VALUE(LR_USED_TIMER, LR_USED_TIMER);
    VALUE(LR_USED_OVERFLOW, LR_USED_OVERFLOW);
    VALUE(INTID_VIRTUAL_TIMER, INTID_VIRTUAL_TIMER);
}

/* switch.S walks these blocks with load and store pair. */
_Static_assert(offsetof(struct vcpu_context, sp_el0) == 31 * 8 && offsetof(struct vcpu_context, pc) == 32 * 8, "switch.S");
_Static_assert(offsetof(struct vcpu_context, cntv_cval) == offsetof(struct vcpu_context, pc) + 26 * 8, "switch.S");
_Static_assert(offsetof(struct vcpu_context, lrc0) == offsetof(struct vcpu_context, cntv_cval) + 16, "switch.S");
_Static_assert(offsetof(struct vcpu_context, vmcr) == offsetof(struct vcpu_context, lrc0) + 8, "switch.S");
_Static_assert(offsetof(struct vcpu_context, vmpidr) == offsetof(struct vcpu_context, vmcr) + 16, "switch.S");
_Static_assert(sizeof(struct trap_frame) == 256, "entry.S");
