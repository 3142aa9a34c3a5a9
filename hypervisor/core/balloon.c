/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decrease_reservation, populate_physmap, increase_reservation: extents in, a count out. Pages never leave
 * their owner: decrease takes them out of its view, populate puts the same ones back.
 *
 * Each extent is done whole or not at all; the view is committed once, at the end. The call restarts with the extents
 * done so far in its command, as the ABI provides, after a few, before one that ends it and before one whose entry in
 * the list lies where pages went: interrupts wait for a bounded number of instructions.
 */
#include "hv/balloon.h"

#include "abi/memory.h"
#include "hv/arch.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/direct_map.h"
#include "hv/guest_access.h"
#include "hv/memory.h"
#include "hv/page.h"
#include "hv/protect.h"
#include "hv/shared_info.h"

enum {
    NR_EXTENTS_LIMIT = UINT32_MAX >> MEMOP_EXTENT_SHIFT,
    USUAL_EXTENTS = 16,
    UNITS = 6,           /* of work an episode: single pages; a large extent counts its pages in words of state */
    PAGES_PER_UNIT = 64,

    MEM_FLAGS_ADDRESS_BITS = 0xff,
    MEM_FLAGS_NODE = 0xff00,
    MEM_FLAGS_EXACT_NODE = 1 << 17,
};

struct balloon {
    struct vcpu *v;
    struct domain *d;
    uintptr_t list;
    uint32_t op;
    uint32_t order;
    uint32_t pins; /* of all pages that came or went, ORed */
    uintptr_t gone_base, gone_last; /* around all that went */
};

typedef const char *reason_t; /* why an extent cannot be done; NULL: it is done */

static reason_t give_back(struct balloon *b, uint32_t first, uint32_t nr, uintptr_t base, uint32_t bytes)
{
    const enum view_result result = protect_view_remove(b->d, base, bytes);

    if (result != VIEW_OK)
        return result == VIEW_FULL ? "no slot for the split" : "not mapped";
    page_set_states(first, nr, PAGE_BALLOONED);
    b->pins |= page_pins_of(first, nr);
    guest_access_forget(b->d, base, bytes);
    b->gone_base = base < b->gone_base ? base : b->gone_base;
    b->gone_last = base + bytes - 1 > b->gone_last ? base + bytes - 1 : b->gone_last;
    return NULL;
}

/* A page that somebody else still maps must not come into use; one that is in use already may stay. */
static bool is_held_back(uint32_t first, uint32_t nr)
{
    for (uint32_t i = first; i < first + nr; i++) {
        if (page_states[i] != PAGE_MAPPED && page_pins[i] & PAGE_PIN_COUNT)
            return true;
    }
    return false;
}

static reason_t take_again(struct balloon *b, uint32_t first, uint32_t nr, uintptr_t base, uint32_t bytes, uint32_t attr)
{
    const uint32_t pins = page_pins_of(first, nr);

    if (!direct_map_takes_order(b->d, b->order))
        return "only single pages, for it is not direct-mapped";
    if (pins & PAGE_PIN_COUNT && is_held_back(first, nr))
        return "another domain has it mapped";
    const enum view_result result = protect_view_add(b->d, base, bytes, attr);
    if (result != VIEW_OK)
        return result == VIEW_FULL ? "no slot for one more piece" : "something else is there";
    page_set_states(first, nr, PAGE_MAPPED);
    b->pins |= pins;
    return NULL;
}

/* Any extent, by the book. */
static reason_t do_extent(struct balloon *b, uint64_t gfn)
{
    const uint32_t bytes = PAGE_SIZE << b->order, nr = 1u << b->order;
    const struct config_range *range;
    gpaddr_t base;

    if (!direct_map_frame(gfn, &base))
        return "beyond the address width";
    range = page_range(b->d, base.addr, bytes);
    if (range == NULL)
        return "not all its RAM";
    const uint32_t first = page_index(range, base.addr);
    return b->op == XENMEM_decrease_reservation ? give_back(b, first, nr, base.addr, bytes)
                                                : take_again(b, first, nr, base.addr, bytes, range->attr);
}

cold static void explain(const struct balloon *b, uint32_t extent, uint64_t gfn, reason_t why)
{
    uint32_t max;
    const uint32_t used = protect_view_slots(b->d, &max);

    console_log("d%u %s stops at extent %u, frame 0x%lx order %u: %s (%u of %u slots)", (unsigned)b->d->domid,
                b->op == XENMEM_decrease_reservation ? "decrease" : "populate", (unsigned)extent, (unsigned long)gfn,
                (unsigned)b->order, why, (unsigned)used, (unsigned)max);
}

/* Frames of at most `nr` extents of the list, read at once, or of one, if no more can be read; how many. */
static uint32_t read_list(const struct balloon *b, uint64_t *frames, uint32_t start, uint32_t nr)
{
    const uintptr_t at = b->list + start * sizeof(*frames);

    if (guest_read(b->v, frames, at, nr * sizeof(*frames)) == 0)
        return nr;
    return guest_read(b->v, frames, at, sizeof(*frames)) == 0;
}

/*
 * Extents [start, nr) until one cannot be done or the units are spent; returns the next one to do. *stopped: nothing
 * was done, because that one cannot be.
 */
static uint32_t do_extents(struct balloon *b, uint32_t start, uint32_t nr, bool *stopped)
{
    const uint32_t cost = 1 + (1u << b->order) / PAGES_PER_UNIT, most = start + (UNITS + cost - 1) / cost;
    uint64_t frames[UNITS] = {0};
    const uint32_t end = start + read_list(b, frames, start, (most < nr ? most : nr) - start);
    reason_t why = end == start ? "the list cannot be read" : NULL;
    uint32_t i = start;

    for (; i < end && why == NULL; i++) {
        const uintptr_t entry = b->list + i * sizeof(*frames);

        if (entry <= b->gone_last && entry + sizeof(*frames) > b->gone_base)
            return i;
        why = do_extent(b, frames[i - start]);
        if (why)
            break;
    }
    if (why && i == start) {
        explain(b, i, frames[0], why);
        *stopped = true;
    }
    return i;
}

static bool is_acceptable(const struct vcpu *v, const struct xen_memory_reservation *r, uint32_t start)
{
    const uint32_t bits = r->mem_flags & MEM_FLAGS_ADDRESS_BITS;

    if (!arch_is_address(r->extent_start) || r->nr_extents > NR_EXTENTS_LIMIT || start >= r->nr_extents ||
        r->extent_order > BALLOON_MAX_ORDER)
        return false;
    if (r->domid != DOMID_SELF && r->domid != v->domain->domid)
        return false;
    if (bits != 0 && bits <= PAGE_SHIFT)
        return false;
    return !(r->mem_flags & MEM_FLAGS_EXACT_NODE && r->mem_flags & MEM_FLAGS_NODE);
}

/* Any list, from the extent on that the command says. */
static __attribute__((noinline)) int32_t by_the_book(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    struct balloon b = {.v = v, .d = v->domain, .op = cmd & MEMOP_CMD_MASK, .gone_base = UINTPTR_MAX};
    const uint32_t start = cmd >> MEMOP_EXTENT_SHIFT;
    uint32_t done = start;
    struct xen_memory_reservation r = {.nr_extents = 0};
    bool stopped = true;

    memory_change_begin(b.d);
    if (guest_read(v, &r, arg, sizeof(r)) == 0 && is_acceptable(v, &r, start) && b.op != XENMEM_increase_reservation) {
        stopped = false;
        b.list = (uintptr_t)r.extent_start;
        b.order = r.extent_order;
        done = do_extents(&b, start, (uint32_t)r.nr_extents, &stopped);
    }
    if (done != start)
        memory_change_commit(b.d, b.pins & PAGE_PIN_EVENT);
    memory_change_end();
    if (stopped || done == r.nr_extents)
        return (int32_t)done;
    return arch_restart_hypercall(b.op | done << MEMOP_EXTENT_SHIFT, arg, unused);
}

/* A page of the domain's first bank, named in the vCPU's buffer run, with no pin: its number there and base. */
always_inline bool find_usual(const struct vcpu *v, const struct domain_bank *bank, uintptr_t entry, uint32_t *index,
                              uintptr_t *base)
{
    if (unlikely(!guest_is_direct(v, entry, sizeof(uint64_t))))
        return false;

    const uintptr_t place = guest_place(v, entry);
    const uint32_t gfn = *(const volatile uint32_t *)place, high = *(const volatile uint32_t *)(place + sizeof(gfn));
    const uint32_t page = gfn - bank->first_frame;
    *index = page;
    *base = (uintptr_t)gfn << PAGE_SHIFT;
    return likely(high == 0 && page < bank->nr_frames && bank->pins[page] == 0);
}

/* Both return the first extent that is not usual; it and what follows are not done. */
always_inline uint32_t give_back_usual(struct vcpu *v, struct domain *d, uintptr_t list, uint32_t i, uint32_t end)
{
    const struct domain_bank *const bank = &d->bank;
    /* The buffer run from the start of its first page on: EL1's MPU has granules of 64 bytes. */
    const uintptr_t run = v->buffer_base & ~(uintptr_t)(PAGE_SIZE - 1);
    const uint32_t run_bytes = (uint32_t)(v->buffer_base - run) + v->buffer_span;
    uint32_t index;
    uintptr_t base;

    for (; i < end; i++) {
        if (!find_usual(v, bank, list + i * sizeof(uint64_t), &index, &base) ||
            unlikely(base - run < run_bytes) ||
            unlikely(protect_view_remove(d, base, PAGE_SIZE) != VIEW_OK))
            break;
        bank->states[index] = PAGE_BALLOONED;
    }
    return i;
}

always_inline uint32_t take_again_usual(struct vcpu *v, struct domain *d, uintptr_t list, uint32_t i, uint32_t end)
{
    const struct domain_bank *const bank = &d->bank;
    uint32_t index;
    uintptr_t base;

    for (; i < end; i++) {
        if (!find_usual(v, bank, list + i * sizeof(uint64_t), &index, &base) ||
            unlikely(protect_view_add(d, base, PAGE_SIZE, d->ranges->attr) != VIEW_OK))
            break;
        bank->states[index] = PAGE_MAPPED;
    }
    return i;
}

/*
 * What guests do: a short list of single pages, everything in the caller's buffer run, one CPU, one vCPU. Whatever
 * else there is goes by the book, from the extent on at which it shows.
 */
hot int32_t balloon_op(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    const volatile struct xen_memory_reservation *const r = (const volatile struct xen_memory_reservation *)guest_place(v, arg);
    struct domain *const d = v->domain;
    uint32_t done = 0;

    if (unlikely(!guest_is_direct(v, arg, sizeof(*r)) || cmd >> MEMOP_EXTENT_SHIFT || !d->balloons_usually))
        return by_the_book(cmd, arg, unused, v);

    const uint64_t list = r->extent_start, nr = r->nr_extents;
    const uint32_t order = r->extent_order, flags = r->mem_flags;
    if (unlikely(nr - 1 >= USUAL_EXTENTS || !arch_is_address(list) || order | flags || r->domid != DOMID_SELF))
        return by_the_book(cmd, arg, unused, v);
    if (cmd == XENMEM_decrease_reservation)
        done = give_back_usual(v, d, (uintptr_t)list, 0, (uint32_t)nr);
    else if (cmd == XENMEM_populate_physmap)
        done = take_again_usual(v, d, (uintptr_t)list, 0, (uint32_t)nr);
    if (unlikely(done == 0))
        return by_the_book(cmd, arg, unused, v);
    protect_view_commit_loaded(d);
    checked_only(invariant(page_audit()));
    if (unlikely(done != nr))
        return arch_restart_hypercall(cmd | done << MEMOP_EXTENT_SHIFT, arg, unused);
    return (int32_t)done;
}
