/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one physical CPU knows. The block lies right above the CPU's EL2 stack, so that the entry path
 * reaches it from the stack pointer; C reaches it through TPIDR_EL2 (HTPIDR). Only its own CPU writes it.
 */
#ifndef HV_CPU_H
#define HV_CPU_H

#include "hv/arch.h"
#include "hv/config.h"
#include "hv/types.h"
#include "hv/vcpu.h"

#include <cpu_unit.h>

enum cpu_attention {
    ATTENTION_RESCHED = 1 << 0, /* ask the scheduler */
    ATTENTION_UPCALL = 1 << 1,  /* the current vCPU's upcall is pending in its list register: sample the flag */
};

struct cpu {
    struct vcpu *current; /* whose state is in the hardware; stays set while the CPU idles */
    uint32_t attention;   /* enum cpu_attention; not 0: the exit path looks twice */
    struct vcpu *idle;    /* stands for nobody: before the first vCPU runs, and after the loaded one was reset */
    uint32_t lazy_owners; /* not 0: state of some vCPU that is switched lazily, or time that is kept for one */
    uintptr_t exit;       /* entry.S: the way out when the scheduler keeps the loaded vCPU */
    uintptr_t emergency_stack_top;
    uint32_t id;
    uint32_t turn[CONFIG_PRIORITIES]; /* by priority: bit of the vCPU whose turn it is */
    uint32_t ready;       /* bit per runnable vCPU; the highest bit runs, round robin within its group */
    struct vcpu *vcpus[CONFIG_MAX_VCPUS]; /* by bit number */
    uint32_t nr_vcpus;

    struct protect_cpu protect; /* the protection unit's own; protect/<unit>/cpu_unit.h */
    struct lazy_cpu lazy;       /* whose lazily switched state is in the hardware; arch/<isa>/context.h */

    uint32_t slice_ticks; /* 0: no time slice */
    uint64_t slice_end;  /* counter ticks; DEADLINE_NONE */
    uint64_t timer_next; /* what CNTHP is programmed to; DEADLINE_NONE */
};

/* By CPU number; NULL until that CPU has started. Not to be followed from another CPU. */
extern struct cpu *cpus[CONFIG_MAX_CPUS];

static inline struct cpu *cpu_this(void)
{
    return arch_cpu();
}

static inline struct vcpu *vcpu_current(void)
{
    return cpu_this()->current;
}

static inline bool vcpu_is_loaded(const struct vcpu *v)
{
    return v->cpu->current == v;
}

#endif
