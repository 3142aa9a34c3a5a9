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

/*
 * Toggled by the sender / by the receiver. Events: for domains that live on one CPU only; a bit a port, and a bit for
 * each word of them, posted after it and taken before it, so that nobody looks through all.
 */
static uint32_t volatile event_posted[CONFIG_MAX_DOMAINS][PORT_WORDS], event_taken[CONFIG_MAX_DOMAINS][PORT_WORDS];
static uint32_t volatile word_posted[CONFIG_MAX_DOMAINS], word_taken[CONFIG_MAX_DOMAINS];
_Static_assert(PORT_WORDS == 32, "a bit for each word");

/* What the receiver has taken of them and not served yet: words, and the ports of one. */
static struct news {
    uint32_t words, word, ports;
} news_left[CONFIG_MAX_DOMAINS];

/* One entry a vCPU: what the other CPU asks of it; bits of enum smp_request. */
static uint32_t volatile request_posted[CONFIG_MAX_VCPUS], request_taken[CONFIG_MAX_VCPUS];

/* Virtual interrupts asked for by the other CPU, by vCPU and INTID; SMP_INJECT says that there are some. */
static uint32_t volatile inject_posted[CONFIG_MAX_VCPUS][VGIC_NR_INTIDS / 32],
    inject_taken[CONFIG_MAX_VCPUS][VGIC_NR_INTIDS / 32];
static bool volatile inject_left[CONFIG_MAX_VCPUS]; /* the receiver's: not all were served */

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

    return request_posted[index] == request_taken[index] && !inject_left[index];
}

void smp_post_event(struct domain *d, port_t port)
{
    const uint32_t index = d->domid - 1u, word = port >> 5;

    if (post(&event_posted[index][word], &event_taken[index][word], BIT(port & 31)) &&
        post(&word_posted[index], &word_taken[index], BIT(word)))
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
        smp_request(v, SMP_INJECT);
}

/* Units of work, of about 250 instructions, for one visit; what is left makes this CPU kick itself. */
enum { UNITS = 8, UNITS_OF_START = 4 };

static void spend(uint32_t *units, uint32_t cost)
{
    *units -= cost < *units ? cost : *units;
}

/* In turns: what is posted meanwhile waits for the next round of words. */
static void serve_events(struct domain *d, uint32_t *units)
{
    const uint32_t index = d->domid - 1u;
    struct news *const left = &news_left[index];

    while (*units) {
        if (left->ports == 0) {
            if (left->words == 0)
                left->words = take(&word_posted[index], &word_taken[index]);
            if (left->words == 0)
                return;
            left->word = (uint32_t)__builtin_ctz(left->words);
            left->words &= left->words - 1;
            left->ports = take(&event_posted[index][left->word], &event_taken[index][left->word]);
            continue;
        }
        const port_t port = 32 * left->word + (uint32_t)__builtin_ctz(left->ports);

        left->ports &= left->ports - 1;
        if (d->channels[port]) /* closed meanwhile: nobody is told */
            evtchn_deliver_here(d, port);
        spend(units, 1);
    }
}

static void serve_injections(struct vcpu *v, uint32_t *units)
{
    const uint32_t index = (uint32_t)(v - vcpus);
    bool left = false;

    for (uint32_t word = 0; word < ARRAY_SIZE(inject_posted[0]); word++) {
        uint32_t news;

        while ((news = inject_posted[index][word] ^ inject_taken[index][word]) != 0 && *units) {
            inject_taken[index][word] ^= news & -news;
            arch_dmb(); /* as in take() */
            vgic_inject(v, 32 * word + (uint32_t)__builtin_ctz(news));
            spend(units, 1);
        }
        left |= news != 0;
    }
    inject_left[index] = left;
}

static void serve_vcpu(struct vcpu *v, uint32_t *units)
{
    const uint32_t index = (uint32_t)(v - vcpus);

    if (*units == 0 || smp_requests_served(v))
        return;
    const uint32_t requests = take(&request_posted[index], &request_taken[index]);
    if (requests & SMP_STOP)
        vcpu_stop(v);
    if (requests & SMP_START) {
        vcpu_start(v, v->entry, v->context_id);
        spend(units, UNITS_OF_START);
    }
    if (requests & SMP_UPCALL)
        vgic_raise_upcall(v);
    if (requests & SMP_POLL && v->domain->polling[v->cpu_id] & BIT(v->id))
        vcpu_wake(v);
    if (requests & SMP_INJECT || inject_left[index])
        serve_injections(v, units);
    spend(units, 1);
}

/* The domain that goes first: the one after the last that was served, or nobody is served behind a flood. */
static uint32_t first_domain[CONFIG_MAX_CPUS];

void smp_serve(void)
{
    struct cpu *const cpu = cpu_this();
    uint32_t *const first = &first_domain[cpu->id];
    uint32_t units = UNITS;

    while (system_ended)
        arch_wfi();
    arch_dmb();
    smp_relax();
    for (uint32_t i = 0; i < cpu->nr_vcpus; i++)
        serve_vcpu(cpu->vcpus[i], &units);
    for (uint32_t i = 0; i < nr_domains && units; i++) {
        struct domain *const d = &domains[*first];

        if (d->cpus == BIT(cpu->id))
            serve_events(d, &units);
        *first = *first + 1 < nr_domains ? *first + 1 : 0;
    }
    if (units == 0)
        gic_kick(BIT(cpu->id));
}

void smp_stop_others(void)
{
    system_ended = 1;
    arch_dsb();
    if (cpus[other_cpu()])
        gic_kick(BIT(other_cpu()));
}
