/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared_info and vcpu_info live in pages of the guest (founding document 004). Until the guest names them
 * the hypervisor keeps what can have happened: pending bits, selector and upcall words. The mask cannot have
 * been written yet, so it is all zero.
 */
#include "hv/shared_info.h"

#include "abi/errno.h"
#include "abi/xen.h"
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/lock.h"
#include "hv/protect.h"
#include "hv/smp.h"
#include "hv/vgic.h"

/* Two vCPUs of a domain may register at once. */
static struct lock info_lock;

static uint32_t no_mask[CONFIG_MAX_PORTS / 32];

/* Always reachable: hypervisor memory. */
static const struct peer_page own_page = {.held_by = UINT32_MAX};

_Static_assert(offsetof(struct vcpu_info_early, pending_sel) == offsetof(struct vcpu_info, evtchn_pending_sel),
               "the early words are the start of a vcpu_info");

void shared_info_reset(struct domain *d)
{
    d->shared_registered = false;
    d->pending = d->early.pending;
    d->mask = no_mask;
    d->shared_page = own_page;
    for (uint32_t i = 0; i < ARRAY_SIZE(d->early.pending); i++)
        d->early.pending[i] = 0;
    for (uint32_t id = 0; id < d->nr_vcpus; id++) {
        struct vcpu *const v = &d->vcpus[id];

        v->info_early = (struct vcpu_info_early){0};
        v->info = (struct vcpu_info *)&v->info_early;
        v->info_page = own_page;
        v->info_registered = false;
    }
}

static void copy_words(uint32_t *to, const uint32_t *from, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++)
        to[i] = from[i];
}

static void or_words(uint32_t *to, const uint32_t *from, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++) {
        for (uint32_t bits = from[i]; bits; bits &= bits - 1)
            arch_test_and_set_bit(&to[i], bits & -bits);
    }
}

static void settle(void)
{
    smp_quiesce(~BIT(cpu_this()->id));
}

/*
 * Points vCPU `v` at a new home for its vcpu_info. The page comes first, so that whoever has the new pointer
 * can reach it; the old home is the hypervisor's and always reachable. What arrived there meanwhile is added
 * when nobody can have the old pointer any more.
 */
static void move_vcpu_info(struct vcpu *v, struct vcpu_info *to, const struct peer_page *page)
{
    const uint32_t *const early = (const uint32_t *)&v->info_early;

    v->info_page = *page;
    settle();
    v->info = to;
    settle();
    or_words((uint32_t *)to, early, sizeof(v->info_early) / sizeof(uint32_t));
}

static int32_t register_shared(struct domain *d, paddr_t base)
{
    struct shared_info *const shared = (struct shared_info *)base.addr;
    struct peer_page page;

    if (!domain_owns_ram(d, base, XEN_PAGE_SIZE))
        return -XEN_EINVAL;
    if (d->shared_registered)
        return -XEN_EBUSY;
    protect_describe_page(&page, d, base);
    for (uint32_t i = 0; i < XEN_PAGE_SIZE / sizeof(uint32_t); i++)
        ((uint32_t *)shared)[i] = 0;
    shared->wc_version = 2; /* the wall clock was written once, as 0 */
    d->shared_page = page;
    settle();
    d->mask = (uint32_t *)shared->evtchn_mask;
    d->pending = (uint32_t *)shared->evtchn_pending;
    d->shared_registered = true;
    settle();
    or_words(d->pending, d->early.pending, ARRAY_SIZE(d->early.pending));
    if (!d->vcpus[0].info_registered)
        move_vcpu_info(&d->vcpus[0], &shared->vcpu_info[0], &page);
    return 0;
}

int32_t shared_info_register(struct domain *d, paddr_t base)
{
    int32_t result;

    lock_acquire(&info_lock);
    result = register_shared(d, base);
    lock_release(&info_lock);
    return result;
}

static int32_t register_vcpu(struct vcpu *target, paddr_t address)
{
    struct domain *const d = target->domain;
    struct vcpu_info *const to = (struct vcpu_info *)address.addr;
    const paddr_t base = {address.addr & ~(uintptr_t)(XEN_PAGE_SIZE - 1)};
    struct peer_page page;

    if (target->info_registered)
        return -XEN_EBUSY;
    if (address.addr - base.addr > XEN_PAGE_SIZE - sizeof(struct vcpu_info) || address.addr % sizeof(uint64_t))
        return -XEN_ENXIO;
    if (!domain_owns_ram(d, base, XEN_PAGE_SIZE))
        return -XEN_EINVAL;
    protect_describe_page(&page, d, base);
    copy_words((uint32_t *)to, (const uint32_t *)target->info,
               (target->id == 0 && d->shared_registered ? sizeof(struct vcpu_info) : sizeof(struct vcpu_info_early)) /
                   sizeof(uint32_t));
    target->info_registered = true;
    move_vcpu_info(target, to, &page);
    /* The ABI: everything may have happened meanwhile, so look at everything. */
    to->evtchn_pending_sel = UINT64_MAX;
    to->evtchn_upcall_pending = 1;
    if (target->cpu == cpu_this())
        vgic_raise_upcall(target);
    else
        smp_request(target, SMP_UPCALL);
    return 0;
}

int32_t shared_info_register_vcpu(struct vcpu *target, paddr_t address)
{
    int32_t result;

    lock_acquire(&info_lock);
    result = register_vcpu(target, address);
    lock_release(&info_lock);
    return result;
}
