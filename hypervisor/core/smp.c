/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What two CPUs tell each other. Every word below has exactly one writer, so plain loads and stores with
 * barriers are enough; a set bit in the exclusive-or of a sender's and a receiver's word is news.
 */
#include "hv/smp.h"

#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/domain.h"
#include "hv/evtchn.h"
#include "hv/gic.h"
#include "hv/protect.h"
#include "hv/sched.h"
#include "hv/vgic.h"

_Static_assert(CONFIG_MAX_CPUS == 2, "one sender and one receiver for every word");

struct cpu *cpus[CONFIG_MAX_CPUS];

enum { PORT_WORDS = CONFIG_MAX_PORTS / 32 };

/* Toggled by the sender / by the receiver. Events: for domains that live on one CPU only. */
static uint32_t volatile event_posted[CONFIG_MAX_DOMAINS][PORT_WORDS], event_taken[CONFIG_MAX_DOMAINS][PORT_WORDS];

/* One entry a vCPU: what the other CPU asks of it; bits of enum smp_request. */
static uint32_t volatile request_posted[CONFIG_MAX_VCPUS], request_taken[CONFIG_MAX_VCPUS];

/* Virtual interrupts asked for by the other CPU, by vCPU and INTID. */
static uint32_t volatile inject_posted[CONFIG_MAX_VCPUS][VGIC_NR_INTIDS / 32],
    inject_taken[CONFIG_MAX_VCPUS][VGIC_NR_INTIDS / 32];

/* quiesce_asked: written by the asking CPU; quiesce_answered: by the one that was asked. */
static uint32_t volatile quiesce_asked[CONFIG_MAX_CPUS], quiesce_answered[CONFIG_MAX_CPUS];
/* Written by the CPU that holds the other; hold_left by the other: the quiesce_asked it was held for. */
static uint32_t volatile holding[CONFIG_MAX_CPUS], hold_left[CONFIG_MAX_CPUS];
static uint32_t volatile system_ended;

static bool post(uint32_t volatile *posted, uint32_t volatile const *taken, uint32_t bits)
{
    arch_dmb(); /* what the news is about before the news, also when it merges with older news */
    const uint32_t fresh = bits & ~(*posted ^ *taken);

    *posted ^= fresh;
    return fresh != 0;
}

static uint32_t take(uint32_t volatile const *posted, uint32_t volatile *taken)
{
    const uint32_t news = *posted ^ *taken;

    *taken ^= news;
    arch_dmb(); /* the news before what it is about; a later post is not merged with what is served now */
    return news;
}

static unsigned other_cpu(void)
{
    return 1 - cpu_this()->id;
}

/* Whatever the holder changes, a view above all, is whole when it lets go. */
static void be_held(unsigned by)
{
    while (holding[by])
        arch_relax();
    arch_dmb();
    protect_refresh(cpu_this());
    arch_dmb();
    hold_left[by] = quiesce_asked[by];
}

void smp_relax(void)
{
    const unsigned other = other_cpu();

    if (quiesce_answered[other] != quiesce_asked[other]) {
        arch_dmb();
        const bool held = holding[other]; /* before the answer: a holder may let go right after it */

        quiesce_answered[other] = quiesce_asked[other];
        if (held) {
            be_held(other);
            return; /* waited enough: the holder may be back soon */
        }
    }
    arch_relax();
}

static void ask_other(unsigned me, unsigned other)
{
    arch_dmb();
    quiesce_asked[me]++;
    gic_kick(BIT(other));
    while (quiesce_answered[me] != quiesce_asked[me])
        smp_relax();
    arch_dmb();
}

static bool is_absent(uint32_t mask, unsigned other)
{
    return !(mask & BIT(other)) || cpus[other] == NULL;
}

void smp_quiesce(uint32_t mask)
{
    const unsigned me = cpu_this()->id, other = other_cpu();

    if (!is_absent(mask, other) && !holding[me])
        ask_other(me, other);
}

hot void smp_hold(uint32_t mask)
{
    const unsigned me = cpu_this()->id, other = other_cpu();

    if (likely(is_absent(mask, other)) || holding[me])
        return;
    holding[me] = 1;
    ask_other(me, other);
}

/* Waits until the other has seen it: a CPU that held anew before would keep the other for ever. */
hot void smp_release(void)
{
    const unsigned me = cpu_this()->id;

    if (!holding[me])
        return;
    arch_dmb();
    holding[me] = 0;
    while (hold_left[me] != quiesce_asked[me])
        arch_relax();
}

bool smp_requests_served(const struct vcpu *v)
{
    const uint32_t index = (uint32_t)(v - vcpus);

    return request_posted[index] == request_taken[index];
}

void smp_post_event(struct domain *d, port_t port)
{
    const uint32_t index = d->domid - 1u;

    if (post(&event_posted[index][port >> 5], &event_taken[index][port >> 5], BIT(port & 31)))
        gic_kick(d->cpus);
}

void smp_request(struct vcpu *v, enum smp_request request)
{
    const uint32_t index = (uint32_t)(v - vcpus);

    if (post(&request_posted[index], &request_taken[index], request))
        gic_kick(BIT(v->cpu_id));
}

void smp_request_start(struct vcpu *v)
{
    smp_request(v, SMP_START);
}

void smp_request_stop(struct vcpu *v)
{
    smp_request(v, SMP_STOP);
}

void smp_request_inject(struct vcpu *v, uint32_t intid)
{
    const uint32_t index = (uint32_t)(v - vcpus);

    if (post(&inject_posted[index][intid >> 5], &inject_taken[index][intid >> 5], BIT(intid & 31)))
        gic_kick(BIT(v->cpu_id));
}

static void serve_events(struct domain *d)
{
    const uint32_t index = d->domid - 1u;

    for (uint32_t word = 0; word < d->nr_ports / 32; word++) {
        uint32_t news = take(&event_posted[index][word], &event_taken[index][word]);

        for (; news; news &= news - 1) {
            const port_t port = 32 * word + (uint32_t)__builtin_ctz(news);

            if (d->channels[port]) /* closed meanwhile: nobody is told */
                evtchn_deliver_here(d, port);
        }
    }
}

static void serve_vcpu(struct vcpu *v)
{
    const uint32_t index = (uint32_t)(v - vcpus);
    const uint32_t requests = take(&request_posted[index], &request_taken[index]);

    if (requests & SMP_STOP)
        vcpu_stop(v);
    if (requests & SMP_START)
        vcpu_start(v, v->entry, v->context_id);
    if (requests & SMP_UPCALL)
        vgic_raise_upcall(v);
    if (requests & SMP_POLL && v->domain->polling[v->cpu_id] & BIT(v->id))
        vcpu_wake(v);
    for (uint32_t word = 0; word < ARRAY_SIZE(inject_posted[0]); word++) {
        uint32_t news = take(&inject_posted[index][word], &inject_taken[index][word]);

        for (; news; news &= news - 1)
            vgic_inject(v, 32 * word + (uint32_t)__builtin_ctz(news));
    }
}

void smp_serve(void)
{
    struct cpu *const cpu = cpu_this();

    while (system_ended)
        arch_wfi();
    arch_dmb();
    smp_relax();
    for (uint32_t i = 0; i < nr_domains; i++) {
        if (domains[i].cpus == BIT(cpu->id))
            serve_events(&domains[i]);
    }
    for (uint32_t i = 0; i < cpu->nr_vcpus; i++)
        serve_vcpu(cpu->vcpus[i]);
}

void smp_stop_others(void)
{
    system_ended = 1;
    arch_dsb();
    if (cpus[other_cpu()])
        gic_kick(BIT(other_cpu()));
}
