/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory operations on single pages in their short forms, for guests that do many. Results are the call's, or
 * where a list of one element has a result of its own, that. Names are short: a guest that wants them includes this.
 */
#ifndef PAGES_H
#define PAGES_H

#include "fencepost.h"

enum { PAGE = XEN_PAGE_SIZE, NOT_WRITTEN = 0x5a5a5a5a };

static inline uint64_t frame_of(uintptr_t address)
{
    return address >> XEN_PAGE_SHIFT;
}

static inline volatile uint32_t *word_at(uintptr_t address)
{
    return (volatile uint32_t *)address;
}

/* EL1 may read the first and the last word and write the first. */
static inline bool is_reachable(uintptr_t address)
{
    uint32_t value;

    return try_read32(address, &value).kind == FAULT_NONE && try_write32(address, value).kind == FAULT_NONE &&
           try_read32(address + PAGE - 4, &value).kind == FAULT_NONE;
}

/* A foreign map of one frame; NOT_WRITTEN: the call succeeded and says nothing of its element. */
static inline int32_t map_frame(uint32_t owner, uint64_t idx, uint64_t gpfn)
{
    int32_t err = NOT_WRITTEN;
    const struct xen_add_to_physmap_batch arg = {.domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign, .size = 1,
        .foreign_domid = (uint16_t)owner, .idxs = (uintptr_t)&idx, .gpfns = (uintptr_t)&gpfn, .errs = (uintptr_t)&err};
    const int32_t result = (int32_t)hypercall_memory_op(XENMEM_add_to_physmap_batch, &arg);

    return result < 0 ? result : err;
}

static inline int32_t map(uint32_t owner, uintptr_t address)
{
    return map_frame(owner, frame_of(address), frame_of(address));
}

static inline int32_t unmap_frame(uint64_t frame)
{
    const struct xen_remove_from_physmap arg = {.domid = DOMID_SELF, .gpfn = frame};

    return (int32_t)hypercall_memory_op(XENMEM_remove_from_physmap, &arg);
}

static inline int32_t unmap(uintptr_t address)
{
    return unmap_frame(frame_of(address));
}

static inline int32_t balloon_extent(uint32_t command, uintptr_t address, uint32_t order)
{
    const uint64_t frame = frame_of(address);
    const struct xen_memory_reservation arg = {
        .extent_start = (uintptr_t)&frame, .nr_extents = 1, .extent_order = order, .domid = DOMID_SELF};

    return (int32_t)hypercall_memory_op(command, &arg);
}

static inline int32_t balloon_out(uintptr_t address)
{
    return balloon_extent(XENMEM_decrease_reservation, address, 0);
}

static inline int32_t balloon_in(uintptr_t address)
{
    return balloon_extent(XENMEM_populate_physmap, address, 0);
}

#endif
