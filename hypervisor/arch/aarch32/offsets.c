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
    OFFSET(CPU_EXIT, struct cpu, exit);
    OFFSET(CPU_SWITCH_IN, struct cpu, protect.hyp_image);
    OFFSET(CPU_SWITCH_OUT, struct cpu, protect.guest_image);
    OFFSET(CPU_GUEST_VIEW, struct cpu, protect.guest_image);
    OFFSET(CPU_EMERGENCY_STACK, struct cpu, emergency_stack_top);
    VALUE(EMERGENCY_STACK_SIZE, 1024);
    VALUE(CPU_SIZE, sizeof(struct cpu));

    OFFSET(VCPU_CTX, struct vcpu, ctx);
    OFFSET(VCPU_DOMAIN, struct vcpu, domain);
    OFFSET(DOMAIN_VIEW, struct domain, view);
    OFFSET(VCPU_LAZY, struct vcpu, lazy);
    OFFSET(CTX_PC, struct vcpu_context, pc);
    OFFSET(CTX_LR_USED, struct vcpu_context, lr_used);
    OFFSET(CTX_LR, struct vcpu_context, lr);

    VALUE(LR_USED_TIMER, LR_USED_TIMER);
    VALUE(LR_USED_OVERFLOW, LR_USED_OVERFLOW);
    VALUE(INTID_VIRTUAL_TIMER, INTID_VIRTUAL_TIMER);
    VALUE(FIXED_SLOTS_MASK, (1 << MPU_FIXED_SLOTS) - 1);
}

/* switch.S moves the pair {image, mask} of a view with one LDRD and STRD. */
_Static_assert(offsetof(struct view, image) == 0 && offsetof(struct view, enable) == 4, "switch.S");
_Static_assert(offsetof(struct cpu, protect.guest_mask) == offsetof(struct cpu, protect.guest_image) + 4, "switch.S");
_Static_assert(offsetof(struct domain, view) < 256 && offsetof(struct cpu, protect.guest_image) < 232, "LDRD, STRD range");

/* switch.S moves these blocks with load and store multiple. */
_Static_assert(offsetof(struct vcpu_context, r0_r3) == 32, "switch.S");
_Static_assert(offsetof(struct vcpu_context, pc) == 56, "switch.S");
_Static_assert(offsetof(struct vcpu_context, spsr_und) == 56 + 11 * 4, "switch.S");
_Static_assert(offsetof(struct vcpu_context, spsr_fiq) == 56 + 22 * 4, "switch.S");
_Static_assert(offsetof(struct vcpu_context, dfar) == 56 + 33 * 4, "switch.S");
_Static_assert(offsetof(struct vcpu_context, lr_used) == 56 + 44 * 4, "switch.S");
_Static_assert(offsetof(struct vcpu_context, vmpidr) == 56 + 45 * 4, "switch.S");
_Static_assert(sizeof(struct trap_frame) == 56, "entry.S");
