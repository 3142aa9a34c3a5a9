/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decrease_reservation, populate_physmap, increase_reservation: extents in, a count out. Pages never leave
 * their owner: decrease takes them out of its view, populate puts the same ones back.
 *
 * Each extent is done whole or not at all; the view is committed once, at the end. After EXTENT_BUDGET the
 * call restarts with the extents done so far in its command, as the ABI provides, so that interrupts wait for
 * a bounded number of instructions.
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
    EXTENT_BUDGET = 16,  /* single pages an episode; a large extent counts its pages in words of state */
    PAGES_PER_UNIT = 32,

    MEM_FLAGS_ADDRESS_BITS = 0xff,
    MEM_FLAGS_NODE = 0xff00,
    MEM_FLAGS_EXACT_NODE = 1 << 17,
};

struct balloon {
    struct vcpu *v;
    struct domain *d;
    uint32_t op;
    uint32_t order;
    bool watched; /* a page that holds event words came or went */
};

typedef const char *reason_t; /* why an extent cannot be done; NULL: it is done */

hot static reason_t give_back(struct balloon *b, const struct config_range *range, uintptr_t base, uint32_t bytes)
{
    const uint32_t first = page_index(range, base), nr = bytes >> PAGE_SHIFT;
    const enum view_result result = protect_view_remove(b->d, base, bytes);

    if (unlikely(result != VIEW_OK))
        return result == VIEW_FULL ? "no slot for the split" : "not mapped";
    page_set_states(first, nr, PAGE_BALLOONED);
    b->watched |= page_any_watched(first, nr);
    guest_access_forget(b->d, base, bytes);
    return NULL;
}

/* A page that somebody else still maps must not come into use; one that is in use already may stay. */
static bool is_held_back(uint32_t first, uint32_t nr)
{
    if (likely(!page_any_pinned(first, nr)))
        return false;
    for (uint32_t i = first; i < first + nr; i++) {
        if (page_states[i] != PAGE_MAPPED && page_pins[i] & PAGE_PIN_COUNT)
            return true;
    }
    return false;
}

hot static reason_t take_again(struct balloon *b, const struct config_range *range, uintptr_t base, uint32_t bytes)
{
    const uint32_t first = page_index(range, base), nr = bytes >> PAGE_SHIFT;

    if (unlikely(is_held_back(first, nr)))
        return "another domain has it mapped";
    const enum view_result result = protect_view_add(b->d, base, bytes, range->attr);
    if (unlikely(result != VIEW_OK))
        return result == VIEW_FULL ? "no slot for one more piece" : "something else is there";
    page_set_states(first, nr, PAGE_MAPPED);
    b->watched |= page_any_watched(first, nr);
    return NULL;
}

hot static reason_t do_extent(struct balloon *b, uint64_t gfn)
{
    const uint32_t bytes = PAGE_SIZE << b->order;
    const struct config_range *range;
    paddr_t base;

    if (unlikely(!direct_map_frame(gfn, &base)))
        return "beyond the address width";
    range = page_range(b->d, base.addr, bytes);
    if (unlikely(range == NULL))
        return "not all its RAM";
    return b->op == XENMEM_decrease_reservation ? give_back(b, range, base.addr, bytes)
                                                : take_again(b, range, base.addr, bytes);
}

cold static __attribute__((noinline)) void explain(const struct balloon *b, uint32_t extent, uint64_t gfn, reason_t why)
{
    uint32_t max;
    const uint32_t used = protect_view_slots(b->d, &max);

    console_log("d%u %s stops at extent %u, frame 0x%lx order %u: %s (%u of %u slots)", (unsigned)b->d->domid,
                b->op == XENMEM_decrease_reservation ? "decrease" : "populate", (unsigned)extent, (unsigned long)gfn,
                (unsigned)b->order, why, (unsigned)used, (unsigned)max);
}

/* Extents [start, nr) until the first that cannot be done or the budget is spent; returns the next one to do. */
hot static uint32_t do_extents(struct balloon *b, uintptr_t list, uint32_t start, uint32_t nr, bool *stopped)
{
    const uint32_t cost = 1 + (1u << b->order) / PAGES_PER_UNIT;
    uint32_t i = start;

    for (uint32_t spent = 0; i < nr && spent < EXTENT_BUDGET; i++, spent += cost) {
        const uintptr_t entry = list + i * sizeof(uint64_t);
        uint64_t gfn = 0;
        reason_t why;

        if (likely(guest_is_direct(b->v, entry, sizeof(gfn))))
            gfn = *(const volatile uint64_t *)entry;
        else if (guest_read(b->v, &gfn, entry, sizeof(gfn))) {
            explain(b, i, 0, "the list cannot be read");
            *stopped = true;
            break;
        }
        why = do_extent(b, gfn);
        if (unlikely(why)) {
            explain(b, i, gfn, why);
            *stopped = true;
            break;
        }
    }
    return i;
}

static bool is_acceptable(const struct vcpu *v, const struct xen_memory_reservation *r, uint32_t start)
{
    const uint32_t bits = r->mem_flags & MEM_FLAGS_ADDRESS_BITS;

    if (r->nr_extents > NR_EXTENTS_LIMIT || start >= r->nr_extents || r->extent_order > BALLOON_MAX_ORDER)
        return false;
    if (domain_find(r->domid, v->domain) != v->domain)
        return false;
    if (bits != 0 && bits <= PAGE_SHIFT)
        return false;
    return !(r->mem_flags & MEM_FLAGS_EXACT_NODE && r->mem_flags & MEM_FLAGS_NODE);
}

hot int32_t balloon_op(struct vcpu *v, uint32_t cmd, uintptr_t arg, uint32_t unused)
{
    const uint32_t start = cmd >> MEMOP_EXTENT_SHIFT;
    struct balloon b = {.v = v, .d = v->domain, .op = cmd & MEMOP_CMD_MASK};
    struct xen_memory_reservation r;
    bool stopped = false;

    if (guest_read(v, &r, arg, sizeof(r)) || !is_acceptable(v, &r, start) || b.op == XENMEM_increase_reservation ||
        r.extent_start > UINTPTR_MAX)
        return (int32_t)start;
    b.order = r.extent_order;
    memory_change_begin(b.d);
    const uint32_t done = do_extents(&b, (uintptr_t)r.extent_start, start, (uint32_t)r.nr_extents, &stopped);
    if (likely(done != start))
        memory_change_commit(b.d, b.watched);
    memory_change_end();
    if (stopped || done == r.nr_extents)
        return (int32_t)done;
    return arch_restart_hypercall(b.op | done << MEMOP_EXTENT_SHIFT, arg, unused);
}
