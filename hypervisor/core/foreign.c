/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Foreign maps (founding document 002): a page of another domain in the caller's view, with a pin on it until
 * the map ends. The view is the list of a domain's foreign pages: what it holds and somebody else owns.
 *
 * There is no translation, so a frame appears at its own number. A foreign page is never executable. This is the
 * book; what backends do all the time has a short way in foreign_usual.c.
 */
#include "abi/errno.h"
#include "abi/memory.h"
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/direct_map.h"
#include "hv/guest_access.h"
#include "hv/master.h"
#include "hv/memory.h"
#include "hv/page.h"
#include "hv/protect.h"

enum {
    BATCH_BUDGET = 6,  /* elements an episode */
    DROP_BUDGET = 64,  /* pages a step, of one other domain; */
    DROP_OWN_RUNS = 8, /* and runs that carry no pin */
};

struct batch {
    struct vcpu *v;
    struct domain *owner; /* of the pages to map; NULL: there is no such domain */
    struct xen_add_to_physmap_batch arg;
    bool changed;
    uint32_t pins; /* of the pages that came, ORed */
};

/* The frame in the other domain's map, by its rules. */
static int32_t find_frame(const struct batch *b, uint64_t idx, uint64_t gpfn, gpaddr_t *base,
                          const struct config_range **range)
{
    const struct domain *const d = b->v->domain;

    if (unlikely(b->owner == NULL))
        return -XEN_ESRCH;
    if (unlikely(b->owner == d || !(d->config->may_map & b->owner->bit)))
        return -XEN_EPERM;
    if (unlikely(!direct_map_may_appear(d, idx, gpfn) || !direct_map_frame(idx, base)))
        return -XEN_EINVAL;
    *range = page_range(b->owner, base->addr, PAGE_SIZE);
    if (unlikely(*range == NULL || page_states[page_index(*range, base->addr)] != PAGE_MAPPED))
        return -XEN_EINVAL;
    return 0;
}

static int32_t map_foreign(struct batch *b, uint64_t idx, uint64_t gpfn)
{
    struct domain *const d = b->v->domain;
    const struct config_range *range;
    enum view_result result;
    gpaddr_t base;
    const int32_t rc = find_frame(b, idx, gpfn, &base, &range);

    if (unlikely(rc))
        return rc;
    result = protect_view_map(d, direct_map_place(base, gpfn), page_address(range, base.addr),
                              RANGE_EL1 | RANGE_WRITE | (range->attr & RANGE_SHAREABLE));
    if (unlikely(result != VIEW_OK))
        return result == VIEW_BUSY ? -XEN_EBUSY : -XEN_ENOSPC;

    const uint32_t index = page_index(range, base.addr);
    protect_view_add_owner(d, b->owner);
    page_pin(d, index);
    b->changed = true;
    b->pins |= page_pins[index];
    return 0;
}

/* One element's two numbers and its result. Not 0: the whole call ends so. */
static int32_t do_element(struct batch *b, uint32_t i)
{
    uint64_t idx, gpfn;
    int32_t result;

    if (unlikely(!arch_is_address(b->arg.idxs | b->arg.gpfns | b->arg.errs)) ||
        guest_read(b->v, &idx, (uintptr_t)b->arg.idxs + i * sizeof(idx), sizeof(idx)) ||
        guest_read(b->v, &gpfn, (uintptr_t)b->arg.gpfns + i * sizeof(gpfn), sizeof(gpfn)))
        return -XEN_EFAULT;
    if (unlikely(gpfn == UINT64_MAX))
        return -XEN_EINVAL;
    result = likely(b->arg.space == XENMAPSPACE_gmfn_foreign) ? map_foreign(b, idx, gpfn)
                                                              : memory_map_space(b->v, b->arg.space, idx, gpfn);
    return guest_write(b->v, (uintptr_t)b->arg.errs + i * sizeof(result), &result, sizeof(result)) ? -XEN_EFAULT : 0;
}

static int32_t check_batch(const struct batch *b)
{
    int32_t rc;

    if (b->arg.space == XENMAPSPACE_gmfn_range)
        return -XEN_EOPNOTSUPP;
    rc = memory_find_own(b->v, b->arg.domid);
    if (rc == -XEN_ESRCH)
        return rc;
    return b->arg.space == XENMAPSPACE_dev_mmio ? -XEN_EACCES : rc;
}

/* Elements [start, nr) within the budget; *rc is what ended them early. Returns the next one to do. */
static uint32_t do_elements(struct batch *b, uint32_t start, int32_t *rc)
{
    const uint32_t end = b->arg.size - start > BATCH_BUDGET ? start + BATCH_BUDGET : b->arg.size;
    uint32_t i = start;

    memory_change_begin(b->v->domain);
    for (; i < end && *rc == 0; i++)
        *rc = do_element(b, i);
    if (b->changed) {
        memory_change_commit(b->v->domain, b->pins & PAGE_PIN_EVENT);
        master_update(b->v->domain);
    }
    memory_change_end();
    return i;
}

/* Any list, from the element on that the command says. */
int32_t foreign_add_batch(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    uint32_t start = cmd >> MEMOP_EXTENT_SHIFT;
    struct batch b;
    int32_t rc;

    if (start > UINT16_MAX)
        return -XEN_EDOM;
    if (guest_read(v, &b.arg, arg, sizeof(b.arg)))
        return -XEN_EFAULT;
    b.v = v;
    b.changed = false;
    b.pins = 0;
    rc = check_batch(&b);
    if (unlikely(rc) || start >= b.arg.size)
        return rc;
    b.owner = domain_find(b.arg.foreign_domid, v->domain);
    start = do_elements(&b, start, &rc);
    if (rc || start >= b.arg.size)
        return rc;
    return arch_restart_hypercall(XENMEM_add_to_physmap_batch | start << MEMOP_EXTENT_SHIFT, arg, unused);
}

/* The bus masters have let go of the page before its pins do. */
static void unpin(const struct domain *d, const struct config_range *range, uintptr_t base, uint32_t pages)
{
    const uint32_t first = page_index(range, base);

    for (uint32_t i = first; i < first + pages; i++)
        page_unpin(d, i);
}

/* The range that the configuration gave the domain at `base`, or NULL. */
static const struct config_range *find_configured(const struct domain *d, uintptr_t base)
{
    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        if (d->ranges[i].base <= base && base < d->ranges[i].limit)
            return &d->ranges[i];
    }
    return NULL;
}

/* The owner of a page that the view may hold of others; its range. NULL: nobody of those. */
always_inline struct domain *find_owner(const struct domain *d, paddr_t page, const struct config_range **range)
{
    for (uint32_t owners = protect_view_owners(d) & ~d->bit; owners; owners &= owners - 1) {
        struct domain *const owner = &domains[__builtin_ctz(owners)];

        *range = page_range_of(owner, page, PAGE_SIZE);
        if (*range)
            return owner;
    }
    return NULL;
}

/* Static shared memory that has no owner. */
static bool is_borrowed_from_nobody(const struct domain *d, uintptr_t base)
{
    const struct config_range *const configured = find_configured(d, base);

    return configured && configured->kind == RANGE_SHM_BORROWER;
}

int32_t foreign_remove(struct domain *d, uintptr_t base)
{
    const struct config_range *range = NULL;
    paddr_t page;

    if (!protect_view_behind(d, base, &page))
        return -XEN_ENOENT;
    const struct domain *const owner = find_owner(d, page, &range);

    if (unlikely(page_is_common(base) || (owner == NULL && !is_borrowed_from_nobody(d, base))))
        return -XEN_ENOENT;
    const enum view_result result = protect_view_remove(d, base, PAGE_SIZE);
    if (unlikely(result != VIEW_OK))
        return result == VIEW_FULL ? -XEN_ENOSPC : -XEN_ENOENT;
    memory_change_commit(d, owner && page_any_watched(page_index(range, page_base(range, page)), 1));
    master_update(d); /* lets go of the page before the pins do */
    if (likely(owner))
        page_unpin(d, page_index(range, page_base(range, page)));
    return 0;
}

/*
 * Whose pins the pages of the span carry for the domain; NULL: none. A region may hold pages of several owners,
 * because equal attributes that touch are one region; the span is cut to where this run ends.
 */
static struct domain *find_run(const struct domain *d, struct view_span *span, const struct config_range **range)
{
    const paddr_t page = protect_span_address(span);
    const struct config_range *const configured = find_configured(d, span->base);
    const bool own = configured && configured->first_page != PAGE_NONE;
    struct domain *const owner = own ? NULL : page_owner(page, range);
    const struct config_range *const whole = configured ? configured : owner ? *range : NULL;

    if (whole && span->last > page_limit(whole, span->base, page) - 1)
        span->last = (uintptr_t)(page_limit(whole, span->base, page) - 1);
    return page_is_common(span->base) ? NULL : owner;
}

/*
 * The domain no longer runs and its masters are quiet, so only the list changes; nobody loads it. Always from the
 * front, its own runs too: that needs no slot. Borrowed static shared memory is dropped with the rest.
 */
bool foreign_drop_some(struct domain *d)
{
    struct view_span span;

    if (!protect_view_drop_own(d))
        return false;
    for (uint32_t own = 0; own < DROP_OWN_RUNS && protect_view_region(d, 0, &span); own++) {
        const struct config_range *range;
        const struct domain *const owner = find_run(d, &span, &range);
        uint32_t pages = (uint32_t)((span.last - span.base) >> PAGE_SHIFT) + 1;

        if (owner && pages > DROP_BUDGET)
            pages = DROP_BUDGET;
        if (protect_view_remove(d, span.base, pages * PAGE_SIZE) == VIEW_OK && owner) {
            unpin(d, range, page_base(range, protect_span_address(&span)), pages);
            break;
        }
    }
    return !protect_view_region(d, 0, &span);
}
