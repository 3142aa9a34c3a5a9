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
#include "hv/direct_map.h"
#include "hv/page.h"
#include "hv/protect.h"
#include "hv/smp.h"
#include "hv/strategy.h"
#include "hv/vgic.h"

static uint32_t no_mask[CONFIG_MAX_PORTS / 32];

/* Always reachable: hypervisor memory. */
static const struct peer_page own_page = {.held_by = UINT32_MAX};

_Static_assert(offsetof(struct vcpu_info_early, pending_sel) == offsetof(struct vcpu_info, evtchn_pending_sel),
               "the early words are the start of a vcpu_info");

static uintptr_t page_of(const void *address)
{
    return (uintptr_t)address & ~(uintptr_t)(PAGE_SIZE - 1);
}

static struct shared_info *shared_of(const struct domain *d)
{
    return (struct shared_info *)page_of(d->pending);
}

/* Is anything of the domain registered in the page? Physical addresses, here and below. */
static bool is_in_use(const struct domain *d, uintptr_t base)
{
    if (d->shared_registered && page_of(d->pending) == base)
        return true;
    for (uint32_t id = 0; id < d->nr_vcpus; id++) {
        if (d->vcpus[id].info_registered && page_of(d->vcpus[id].info) == base)
            return true;
    }
    return false;
}

/* memory_lock held. */
static void set_event_pin(struct domain *d, uintptr_t base)
{
    const struct config_range *const range = page_range_of(d, (paddr_t){base}, PAGE_SIZE);
    uint8_t *const pins = &page_pins[page_index(range, page_base(range, (paddr_t){base}))];

    *pins = (uint8_t)((*pins & PAGE_PIN_COUNT) | (is_in_use(d, base) ? PAGE_PIN_EVENT : 0));
}

static void forget_pages(struct domain *d)
{
    const uintptr_t shared = page_of(d->pending);

    if (d->shared_registered) {
        d->shared_registered = false;
        set_event_pin(d, shared);
    }
    for (uint32_t id = 0; id < d->nr_vcpus; id++) {
        struct vcpu *const v = &d->vcpus[id];

        if (v->info_registered) {
            v->info_registered = false;
            set_event_pin(d, page_of(v->info));
        }
    }
}

void shared_info_reset(struct domain *d)
{
    forget_pages(d);
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
    }
}

static void refresh_page(struct peer_page *page, const void *inside, struct domain *viewer)
{
    if (page->owner == NULL)
        return;
    if (protect_view_holds(viewer, page_of(inside), PAGE_SIZE))
        page->held_by |= viewer->bit;
    else
        page->held_by &= ~viewer->bit;
}

void shared_info_refresh(struct domain *viewer)
{
    for (uint32_t i = 0; i < nr_domains; i++) {
        struct domain *const d = &domains[i];

        refresh_page(&d->shared_page, d->pending, viewer);
        for (uint32_t id = 0; id < d->nr_vcpus; id++)
            refresh_page(&d->vcpus[id].info_page, d->vcpus[id].info, viewer);
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

/* Own RAM, in use. */
static bool is_usable(struct domain *d, uintptr_t base)
{
    const struct config_range *const range = page_range(d, base, PAGE_SIZE);

    return range && page_states[page_index(range, base)] == PAGE_MAPPED;
}

/* From here on the hypervisor writes to `shared`, and vCPU 0 too unless it has a place of its own. */
static void move_shared(struct domain *d, struct shared_info *shared, const struct peer_page *page)
{
    d->shared_page = *page;
    settle();
    d->mask = (uint32_t *)shared->evtchn_mask;
    d->pending = (uint32_t *)shared->evtchn_pending;
    settle();
}

static void start_shared(struct domain *d, struct shared_info *shared, const struct peer_page *page)
{
    arch_zero_words((uint32_t *)shared, (uint32_t *)((uintptr_t)shared + XEN_PAGE_SIZE));
    shared->wc_version = 2; /* the wall clock was written once, as 0 */
    move_shared(d, shared, page);
    d->shared_registered = true;
    or_words(d->pending, d->early.pending, ARRAY_SIZE(d->early.pending));
    if (!d->vcpus[0].info_registered)
        move_vcpu_info(&d->vcpus[0], &shared->vcpu_info[0], page);
}

/*
 * The old page left the map by remove_from_physmap: its content goes to the new one, its pin goes. Nobody sends
 * meanwhile: what arrived behind the copy would be lost, and the old page needs its own description.
 */
static void resume_shared(struct domain *d, struct shared_info *shared, const struct peer_page *page)
{
    const struct shared_info *const old = shared_of(d);
    struct vcpu *const v = &d->vcpus[0];
    struct peer_access access;

    smp_hold(UINT32_MAX);
    strategy->begin(&access);
    strategy->reach(&access, &d->shared_page);
    arch_copy_words((uint32_t *)shared, (const uint32_t *)old, (const uint32_t *)((uintptr_t)old + XEN_PAGE_SIZE));
    strategy->end(&access);
    move_shared(d, shared, page);
    if (!v->info_registered) {
        v->info_page = *page;
        v->info = &shared->vcpu_info[0];
    }
    set_event_pin(d, (uintptr_t)old);
}

static bool shared_was_removed(struct domain *d)
{
    const paddr_t page = {page_of(d->pending)};
    const struct config_range *const range = page_range_of(d, page, PAGE_SIZE);

    return page_states[page_index(range, page_base(range, page))] == PAGE_RESERVED;
}

int32_t shared_info_register(struct domain *d, gpaddr_t base)
{
    struct shared_info *const shared = page_pointer(d, base);
    struct peer_page page;

    if (!is_usable(d, base.addr))
        return -XEN_EINVAL;
    if (d->shared_registered && !shared_was_removed(d))
        return -XEN_EBUSY;
    protect_describe_page(&page, d, (paddr_t){(uintptr_t)shared});
    if (d->shared_registered)
        resume_shared(d, shared, &page);
    else
        start_shared(d, shared, &page);
    set_event_pin(d, (uintptr_t)shared);
    return 0;
}

/* What there is of it so far: its part of shared_info, which the view may not hold any more, or the early words. */
static void copy_info(struct vcpu_info *to, const struct vcpu *from)
{
    const bool whole = from->id == 0 && from->domain->shared_registered;
    struct peer_access access;
    struct vcpu_info info;

    strategy->begin(&access);
    strategy->reach(&access, &from->info_page);
    copy_words((uint32_t *)&info, (const uint32_t *)from->info,
               (whole ? sizeof(info) : sizeof(struct vcpu_info_early)) / sizeof(uint32_t));
    strategy->end(&access);
    copy_words((uint32_t *)to, (const uint32_t *)&info,
               (whole ? sizeof(info) : sizeof(struct vcpu_info_early)) / sizeof(uint32_t));
}

static int32_t register_vcpu(struct vcpu *target, gpaddr_t address)
{
    struct domain *const d = target->domain;
    const gpaddr_t base = {address.addr & ~(uintptr_t)(XEN_PAGE_SIZE - 1)};
    struct peer_page page;

    if (target->info_registered)
        return -XEN_EBUSY;
    if (address.addr - base.addr > XEN_PAGE_SIZE - sizeof(struct vcpu_info) || address.addr % sizeof(uint64_t))
        return -XEN_ENXIO;
    if (!is_usable(d, base.addr))
        return -XEN_EINVAL;
    const paddr_t place = {(uintptr_t)page_pointer(d, base)};
    struct vcpu_info *const to = (struct vcpu_info *)(place.addr + (address.addr - base.addr));
    protect_describe_page(&page, d, place);
    copy_info(to, target);
    target->info_registered = true;
    move_vcpu_info(target, to, &page);
    set_event_pin(d, place.addr);
    /* The ABI: everything may have happened meanwhile, so look at everything. */
    to->evtchn_pending_sel = UINT64_MAX;
    to->evtchn_upcall_pending = 1;
    vgic_post(target, INTID_EVENT_UPCALL);
    return 0;
}

int32_t shared_info_register_vcpu(struct vcpu *target, gpaddr_t address)
{
    int32_t result;

    lock_acquire(&memory_lock);
    smp_hold(UINT32_MAX); /* the old place of vCPU 0 may be in shared_info: its description is another */
    result = register_vcpu(target, address);
    smp_release();
    lock_release(&memory_lock);
    return result;
}
