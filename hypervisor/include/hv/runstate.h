/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a vCPU's time goes, in memory of the guest: VCPUOP_register_runstate_memory_area. Only where EL2 reaches a
 * domain's RAM whatever view is loaded (protect_reaches_ram), because the area is written while vCPUs are switched.
 */
#ifndef HV_RUNSTATE_H
#define HV_RUNSTATE_H

#include "hv/cpu.h"
#include "hv/types.h"
#include "hv/vcpu.h"

/*
 * `area`: guest virtual address of 48 bytes of own RAM, multiple of 8; translated once, now. -EFAULT: EL1 may not write
 * there; -EINVAL: misaligned, another vCPU than the caller, or a board that keeps none. A vCPU that starts has no area, and
 * to one that stopped nothing is told.
 */
must_check int32_t runstate_register(struct vcpu *caller, const struct vcpu *target, uintptr_t area);

/* `next` is about to run instead of whoever ran. In a switch, from the arch's lazy_switch(). */
void runstate_switch(struct cpu *cpu, struct vcpu *next);

/* The vCPU starts anew. */
void runstate_forget(const struct vcpu *v);

/* The CPU found nothing to run; it has. What was loaded stays loaded, even if it is not what runs next. */
void runstate_sleep(struct cpu *cpu);
void runstate_wake(struct cpu *cpu);

#endif
