/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The states of a vCPU by Xen's names. Running and the end of it are exact. A vCPU that was woken counts as blocked
 * until it runs: only one that lost its CPU while it could run is `runnable`. The guest's copy is written when the
 * vCPU runs.
 */
#include "hv/runstate.h"

#include "abi/errno.h"
#include "abi/vcpu.h"
#include "hv/arch.h"
#include "hv/guest_access.h"

enum { NS_FRACTION_BITS = 20 };

struct runstate {
    struct vcpu_runstate_info info;
    uintptr_t first, second; /* where EL2 finds the guest's copy, which may cross into another page */
    uint32_t first_bytes, second_bytes;
};

static struct runstate runstates[CONFIG_MAX_VCPUS];
static struct vcpu *running[CONFIG_MAX_CPUS]; /* it runs, and time is kept for it */
static uint64_t ns_per_tick; /* NS_FRACTION_BITS of it fraction */

static struct runstate *runstate_of(const struct vcpu *v)
{
    return &runstates[v - vcpus];
}

static uint64_t now_ns(void)
{
    const uint64_t ticks = arch_counter();

    return ((ticks >> 32) * ns_per_tick << (32 - NS_FRACTION_BITS)) +
           ((ticks & UINT32_MAX) * ns_per_tick >> NS_FRACTION_BITS);
}

static __attribute__((noinline)) void enter_state(struct vcpu_runstate_info *info, enum vcpu_runstate state, uint64_t now)
{
    info->time[info->state] += now - info->state_entry_time;
    info->state_entry_time = now;
    info->state = (int32_t)state;
}

/* In whole doublewords: another vCPU may read a time meanwhile. */
static const uint64_t *put(uintptr_t place, const uint64_t *from, uint32_t bytes)
{
    for (uint64_t volatile *to = (uint64_t volatile *)place; to != (uint64_t volatile *)(place + bytes); to++)
        *to = *from++;
    return from;
}

static void tell(const struct runstate *r)
{
    put(r->second, put(r->first, (const uint64_t *)&r->info, r->first_bytes), r->second_bytes);
}

static void runs(struct cpu *cpu, struct vcpu *v)
{
    struct runstate *const r = runstate_of(v);

    enter_state(&r->info, RUNSTATE_running, now_ns());
    tell(r);
    running[cpu->id] = v;
    cpu->lazy_owners |= VCPU_KEEPS_RUNSTATE;
}

static void stops(struct cpu *cpu, const struct vcpu *v)
{
    const enum vcpu_runstate awake = cpu->ready & v->bit ? RUNSTATE_runnable : RUNSTATE_blocked;

    enter_state(&runstate_of(v)->info, v->power == VCPU_OFF ? RUNSTATE_offline : awake, now_ns());
    running[cpu->id] = NULL;
    cpu->lazy_owners &= ~(uint32_t)VCPU_KEEPS_RUNSTATE;
}

void runstate_switch(struct cpu *cpu, struct vcpu *next)
{
    if (running[cpu->id])
        stops(cpu, running[cpu->id]);
    if (next->lazy & VCPU_KEEPS_RUNSTATE)
        runs(cpu, next);
}

void runstate_sleep(struct cpu *cpu)
{
    if (running[cpu->id])
        stops(cpu, running[cpu->id]);
}

void runstate_wake(struct cpu *cpu)
{
    struct vcpu *const loaded = cpu->current;

    if (loaded->lazy & VCPU_KEEPS_RUNSTATE && cpu->ready & loaded->wake_bit) /* one that stopped has no area any more */
        runs(cpu, loaded);
}

void runstate_forget(const struct vcpu *v)
{
    if (running[v->cpu->id] == v)
        running[v->cpu->id] = NULL;
}

int32_t runstate_register(struct vcpu *caller, const struct vcpu *target, uintptr_t area)
{
    struct runstate *const r = runstate_of(caller);
    const uint32_t bytes = sizeof(struct vcpu_runstate_info);

    if (target != caller || area % sizeof(uint64_t))
        return -XEN_EINVAL;
    if (guest_writable(caller, area, bytes))
        return -XEN_EFAULT;
    r->first_bytes = guest_locate(caller, area, bytes, &r->first);
    r->second_bytes = guest_locate(caller, area + r->first_bytes, bytes - r->first_bytes, &r->second);
    ns_per_tick = (1000000000ull << NS_FRACTION_BITS) / arch_counter_hz();
    if (!(caller->lazy & VCPU_KEEPS_RUNSTATE)) {
        r->info = (struct vcpu_runstate_info){.state = RUNSTATE_running, .state_entry_time = now_ns()};
        caller->lazy |= VCPU_KEEPS_RUNSTATE;
    }
    runs(caller->cpu, caller);
    return 0;
}
