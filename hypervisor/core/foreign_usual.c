/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short way of foreign maps: a short list of one domain's pages, and the unmap of one. It does an element only
 * when everything about it is usual and leaves the rest, from there on, to the book (foreign.c, memory.c).
 *
 * One CPU: nobody looks between the pin and the view, so their order is the shorter one. Usual is a frame at its own number:
 * where there is translation, in a direct-mapped domain, from another one.
 */
#include "abi/memory.h"
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/guest_access.h"
#include "hv/memory.h"
#include "hv/page.h"
#include "hv/protect.h"

enum { USUAL_ELEMENTS = 16 };

/* All three lists lie in the caller's buffer run. */
always_inline bool are_direct(const struct vcpu *v, uintptr_t a, uintptr_t b, uintptr_t c, uint32_t bytes)
{
    const uint32_t most = v->buffer_span + 3 - bytes;

    return likely(v->buffer_span >= bytes && a - v->buffer_base <= most && b - v->buffer_base <= most &&
                  c - v->buffer_base <= most && !((a | b | c) & 3));
}

struct usual_lists {
    const volatile uint32_t *idx, *gpfn; /* low word, high word, ... */
    volatile uint32_t *err;
    uint32_t nr;
};

/*
 * Returns the first element that is not usual: it and what follows are not done. Pages with event words are not
 * usual; an own page is in the view already.
 */
always_inline uint32_t map_usual(struct domain *d, const struct domain *owner, struct usual_lists list)
{
    const struct domain_bank *const bank = &owner->bank;
    uint32_t left = list.nr;

    do {
        const uint32_t gfn = list.idx[0], other = (list.gpfn[0] ^ gfn) | list.idx[1] | list.gpfn[1];
        const uint32_t page = gfn - bank->first_frame;

        if (unlikely(other || page >= bank->nr_frames || bank->states[page] != PAGE_MAPPED))
            break;
        uint8_t *const pins = &bank->pins[page];
        if (unlikely(*pins & PAGE_PIN_EVENT || protect_view_insert_page(d, owner, (uintptr_t)gfn << PAGE_SHIFT) != VIEW_OK))
            break;
        ++*pins;
        *list.err++ = 0;
        list.idx += 2;
        list.gpfn += 2;
    } while (--left);
    return list.nr - left;
}

/*
 * What backends do: a short list of one domain's pages, everything in the caller's buffer run, one CPU, no master
 * behind the firewall. Whatever else there is goes by the book, from the element on at which it shows.
 */
__attribute__((optimize("no-ivopts"))) /* three pointers stay three pointers */
hot int32_t foreign_add_usual(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    enum { USUAL_SPACE = XENMAPSPACE_gmfn_foreign << 16 | DOMID_SELF };
    /* Words of struct xen_add_to_physmap_batch, each read once. */
    const volatile uint32_t *const word = (const volatile uint32_t *)guest_place(v, arg);
    struct domain *const d = v->domain;

    (void)cmd;
    if (unlikely(!guest_is_direct(v, arg, sizeof(struct xen_add_to_physmap_batch)) || word[0] != USUAL_SPACE))
        return foreign_add_batch(XENMEM_add_to_physmap_batch, arg, unused, v);

    const uint32_t sizes = word[1], nr = sizes & 0xffff, from = (sizes >> 16) - 1;
    const uint32_t idxs = word[2], gpfns = word[4], errs = word[6];
    if (unlikely(nr - 1 >= USUAL_ELEMENTS || from >= CONFIG_MAX_DOMAINS || !(d->usual_owners >> from & 1) ||
                 (word[3] | word[5] | word[7]) || !are_direct(v, idxs, gpfns, errs, nr * sizeof(uint64_t))))
        return foreign_add_batch(XENMEM_add_to_physmap_batch, arg, unused, v);
    const struct domain *const owner = &domains[from];
    const uint32_t done = map_usual(d, owner, (struct usual_lists){(const volatile uint32_t *)guest_place(v, idxs),
                                    (const volatile uint32_t *)guest_place(v, gpfns), (volatile uint32_t *)guest_place(v, errs), nr});
    if (unlikely(done == 0))
        return foreign_add_batch(XENMEM_add_to_physmap_batch, arg, unused, v);
    protect_view_add_owner(d, owner);
    protect_view_commit_loaded(d);
    checked_only(invariant(page_audit()));
    if (unlikely(done != nr))
        return arch_restart_hypercall(XENMEM_add_to_physmap_batch | done << MEMOP_EXTENT_SHIFT, arg, unused);
    return 0;
}

/* A page of the first bank of somebody who lets the caller map: not an own one, because ranges are disjoint. */
hot int32_t foreign_remove_usual(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    const volatile struct xen_remove_from_physmap *const a = (const volatile struct xen_remove_from_physmap *)guest_place(v, arg);
    struct domain *const d = v->domain;
    uint64_t gpfn;

    (void)cmd;
    (void)unused;
    if (unlikely(!guest_is_direct(v, arg, sizeof(*a)) || a->domid != DOMID_SELF || (gpfn = a->gpfn) >> 32))
        return memory_remove_from_physmap(XENMEM_remove_from_physmap, arg, 0, v);

    for (uint32_t owners = d->usual_owners; owners; owners &= owners - 1) {
        const struct domain_bank *const bank = &domains[__builtin_ctz(owners)].bank;
        const uint32_t page = (uint32_t)gpfn - bank->first_frame;

        if (page >= bank->nr_frames)
            continue;
        uint8_t *const pins = &bank->pins[page];
        if (unlikely(*pins & PAGE_PIN_EVENT || protect_view_take_page(d, (uintptr_t)gpfn << PAGE_SHIFT) != VIEW_OK))
            break;
        --*pins;
        protect_view_commit_loaded(d);
        checked_only(invariant(page_audit()));
        return 0;
    }
    return memory_remove_from_physmap(XENMEM_remove_from_physmap, arg, 0, v);
}
