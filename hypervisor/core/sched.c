/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler of one CPU: the highest bit of the ready word wins, round robin within its group.
 */
#include "hv/sched.h"

#include "abi/sched.h"
#include "hv/arch.h"
#include "hv/console.h"
#include "hv/domain.h"
#include "hv/panic.h"
#include "hv/probe.h"
#include "hv/protect.h"
#include "hv/restart.h"
#include "hv/runstate.h"
#include "hv/smp.h"
#include "hv/time.h"
#include "hv/trap.h"
#include "hv/vgic.h"

static uint32_t highest(uint32_t mask)
{
    return 31 - (uint32_t)__builtin_clz(mask);
}

/* By rising priority; of equal ones the later in the configuration gets the lower bit, so that the first starts. */
static void sort_by_priority(struct cpu *cpu)
{
    for (uint32_t i = 1; i < cpu->nr_vcpus; i++) {
        struct vcpu *const v = cpu->vcpus[i];
        uint32_t at = i;

        for (; at > 0 && cpu->vcpus[at - 1]->priority >= v->priority; at--)
            cpu->vcpus[at] = cpu->vcpus[at - 1];
        cpu->vcpus[at] = v;
    }
}

void sched_init_cpu(struct cpu *cpu)
{
    sort_by_priority(cpu);
    for (uint32_t i = 0; i < cpu->nr_vcpus; i++) {
        struct vcpu *const v = cpu->vcpus[i];

        v->bit = BIT(i);
        v->group_mask = 0;
        v->higher_mask = 0;
        for (uint32_t other = 0; other < cpu->nr_vcpus; other++) {
            if (cpu->vcpus[other]->priority == v->priority)
                v->group_mask |= BIT(other);
            else if (cpu->vcpus[other]->priority > v->priority)
                v->higher_mask |= BIT(other);
        }
        v->notice_mask = v->higher_mask;
    }
    cpu->slice_ticks = time_slice_ticks;
    cpu->slice_end = DEADLINE_NONE;
    cpu->timer_next = DEADLINE_NONE;
}

/* The holder of the winning group's turn goes on, also after a preemption, unless the turn is over. */
always_inline struct vcpu *pick(struct cpu *cpu)
{
    const struct vcpu *const top = cpu->vcpus[highest(cpu->ready)];
    const uint32_t group = top->group_mask & cpu->ready;
    uint32_t *const turn = &cpu->turn[top->priority];
    uint32_t candidates = group;

    if (group & *turn) {
        struct vcpu *const holder = cpu->vcpus[highest(*turn)];

        if (likely(!holder->turn_over))
            return holder;
        holder->turn_over = false;
    }
    if (group & (*turn - 1))
        candidates = group & (*turn - 1);

    struct vcpu *const next = cpu->vcpus[highest(candidates)];
    *turn = next->bit;
    return next;
}

/* What a preempted vCPU has left of its slice waits for it; one that blocked gets a new one. */
static void stop_slice(struct cpu *cpu, struct vcpu *v, uint64_t now)
{
    if (cpu->slice_end == DEADLINE_NONE)
        return;
    v->slice_left = cpu->ready & v->bit && cpu->slice_end > now ? (uint32_t)(cpu->slice_end - now) : 0;
    cpu->slice_end = DEADLINE_NONE;
}

/* With a time slice, a vCPU that shares its priority is watched; alone, it wants to hear of company. */
static void arm_slice(struct cpu *cpu, struct vcpu *next)
{
    const uint32_t company = next->group_mask & cpu->ready & ~next->bit;
    const uint64_t now = arch_counter();

    if (next != cpu->current)
        stop_slice(cpu, cpu->current, now);
    if (company == 0) {
        next->notice_mask = next->higher_mask | next->group_mask;
        next->slice_left = 0;
        cpu->slice_end = DEADLINE_NONE;
    } else {
        next->notice_mask = next->higher_mask;
        if (cpu->slice_end == DEADLINE_NONE)
            cpu->slice_end = now + (next->slice_left ? next->slice_left : cpu->slice_ticks);
        next->slice_left = 0;
    }
    sched_program_timer(cpu);
}

/* Nothing runs: sleep with interrupts masked; a pending one ends WFI and is served from here. */
static void idle(struct cpu *cpu)
{
    if (protect_reaches_ram())
        runstate_sleep(cpu);
    while (cpu->ready == 0) {
        arch_wfi();
        trap_irq();
    }
    if (protect_reaches_ram())
        runstate_wake(cpu);
}

/*
 * The slot of a stopped domain's vCPU 0 goes to the steps of its end and of its restart, slice by slice. A pending
 * interrupt is served after each, as if it had been taken.
 */
static __attribute__((noinline)) void use_slot(struct cpu *cpu, struct vcpu *v)
{
    const uint64_t now = arch_counter();

    if (cpu->slice_ticks && v->deadline == DEADLINE_NONE) {
        v->deadline = now + cpu->slice_ticks;
    } else if (v->deadline <= now) {
        v->deadline = DEADLINE_NONE;
        v->turn_over = true;
    }
    restart_step(v);
    PROBE("irq.poll");
    trap_irq();
}

hot struct vcpu *sched_next(struct cpu *cpu)
{
    struct vcpu *next;

    for (;;) {
        if (unlikely(cpu->ready == 0))
            idle(cpu);
        next = pick(cpu);
        if (likely(next->domain->state == DOMAIN_RUNNING))
            break;
        use_slot(cpu, next);
    }
    if (cpu->slice_ticks)
        arm_slice(cpu, next);
    const uint32_t upcall = next == cpu->current ? arch_upcall_lr_read() : next->ctx.lrc0;
    cpu->attention = upcall & LRC_STATE_PENDING ? ATTENTION_UPCALL : 0;
    return next;
}

hot bool sched_attention(struct cpu *cpu)
{
    if (cpu->attention & ATTENTION_RESCHED)
        return true;
    if (!vgic_upcall_is_pending() || !vgic_sample_upcall(cpu->current))
        cpu->attention = 0;
    return false;
}

hot void sched_block_until(struct vcpu *v, uint64_t deadline)
{
    struct cpu *const cpu = v->cpu;
    const uint64_t timer = vgic_timer_deadline(v);

    if (timer < deadline)
        deadline = timer;
    cpu->ready &= ~v->bit;
    cpu->attention |= ATTENTION_RESCHED;
    v->deadline = deadline;
    if (deadline < cpu->timer_next)
        sched_program_timer(cpu);
}

void sched_block(struct vcpu *v)
{
    v->domain->polling[v->cpu_id] &= ~BIT(v->id); /* an earlier poll that something else ended */
    if (!vgic_has_pending(v))
        sched_block_until(v, DEADLINE_NONE);
}

void sched_yield(struct vcpu *v)
{
    struct cpu *const cpu = v->cpu;

    if (cpu->ready & v->group_mask & ~v->bit) {
        v->turn_over = true;
        cpu->attention |= ATTENTION_RESCHED;
    }
}

static uint64_t nearest(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void sched_program_timer(struct cpu *cpu)
{
    uint64_t next = cpu->slice_end;

    for (uint32_t i = 0; i < cpu->nr_vcpus; i++) {
        const struct vcpu *const v = cpu->vcpus[i];

        if (!(cpu->ready & v->bit))
            next = nearest(next, v->deadline);
        if (v->id == 0) {
            for (uint32_t id = 0; id < ARRAY_SIZE(v->domain->watchdog); id++)
                next = nearest(next, v->domain->watchdog[id]);
        }
    }
    if (next != cpu->timer_next) {
        cpu->timer_next = next;
        arch_timer_set(next);
    }
}

static void expire_watchdogs(struct domain *d, uint64_t now)
{
    for (uint32_t id = 0; id < ARRAY_SIZE(d->watchdog); id++) {
        if (d->watchdog[id] <= now) {
            console_log("d%u watchdog %u fired", (unsigned)d->domid, (unsigned)id + 1);
            domain_shutdown(d, SHUTDOWN_watchdog);
            return;
        }
    }
}

void sched_timer_fired(struct cpu *cpu)
{
    const uint64_t now = arch_counter();

    if (cpu->slice_end <= now) {
        cpu->slice_end = DEADLINE_NONE;
        cpu->current->turn_over = true;
        cpu->attention |= ATTENTION_RESCHED;
    }
    for (uint32_t i = 0; i < cpu->nr_vcpus; i++) {
        struct vcpu *const v = cpu->vcpus[i];

        if (!(cpu->ready & v->bit) && v->deadline <= now) {
            v->deadline = DEADLINE_NONE;
            vcpu_wake(v);
        }
        if (v->id == 0)
            expire_watchdogs(v->domain, now);
    }
    cpu->timer_next = 0; /* what fired is gone: program whatever is next */
    sched_program_timer(cpu);
}
