/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One scheduler per physical CPU: fixed priority, round robin within a priority, an optional time slice.
 *
 * The ready set is one word: the vCPUs of a CPU are numbered by rising priority, so the highest set bit
 * names the winner. Nothing here crosses CPUs. A decision is taken on the way out of EL2 only, when
 * cpu->attention has ATTENTION_RESCHED.
 */
#ifndef HV_SCHED_H
#define HV_SCHED_H

#include "hv/cpu.h"
#include "hv/vcpu.h"

/* Orders the CPU's vCPUs and fills their masks; nothing is ready yet. Once per CPU at start. */
void sched_init_cpu(struct cpu *cpu);

/*
 * The vCPU to run next; sleeps until there is one. Called by the exit path; clears
 * ATTENTION_RESCHED. The loaded vCPU stays loaded while the CPU sleeps.
 */
struct vcpu *sched_next(struct cpu *cpu);

/*
 * The exit path with cpu->attention not 0. Samples the upcall's line, because the guest may have cleared the
 * flag before it took the interrupt; true when the scheduler must be asked.
 */
bool sched_attention(struct cpu *cpu);

/* The current vCPU stops running until something wakes it or `deadline` (ticks, DEADLINE_NONE) passes. */
void sched_block_until(struct vcpu *v, uint64_t deadline);

/* The same, ended only by an interrupt or the vCPU's own virtual timer; returns at once if one is pending. */
void sched_block(struct vcpu *v);

/* Gives the CPU to the next of the same priority. */
void sched_yield(struct vcpu *v);

/* The EL2 timer fired: slices, deadlines of blocked vCPUs, watchdogs. */
void sched_timer_fired(struct cpu *cpu);

/* Programs the EL2 timer to the nearest of slice end, deadlines and watchdogs. */
void sched_program_timer(struct cpu *cpu);

#endif
