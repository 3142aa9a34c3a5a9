/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static shared memory of the system `shm`: 16 KiB, owned by domain 1, borrowed by domain 2, at one address.
 */
#ifndef SHM_SHM_H
#define SHM_SHM_H

#include "fencepost.h"

enum { PAGE = XEN_PAGE_SIZE, SHARED = 0x30000000, SHARED_LIMIT = 0x30004000, SHARED_PAGES = 4 };

/* Event pages are the domain's own: the tree lists the shared memory behind the banks. */
static inline void meet(void)
{
    if (shared_info() == NULL)
        require_eq(events_register_shared_info((void *)(uint32_t)machine.bank[1].base), 0);
    peers_meet();
}

static inline uint32_t shared(uint32_t n)
{
    return (uint32_t)SHARED + n * PAGE;
}

static inline volatile uint32_t *word_at(uint32_t address)
{
    return (volatile uint32_t *)address;
}

static inline bool is_reachable(uint32_t address)
{
    uint32_t value;

    return try_read32(address, &value).kind == FAULT_NONE && try_write32(address, value).kind == FAULT_NONE &&
           try_read32(address + PAGE - 4, &value).kind == FAULT_NONE;
}

static inline int32_t unmap(uint32_t address)
{
    const struct xen_remove_from_physmap arg = {.domid = DOMID_SELF, .gpfn = address >> XEN_PAGE_SHIFT};

    return hypercall_memory_op(XENMEM_remove_from_physmap, &arg);
}

static inline int32_t reservation(uint32_t command, uint32_t address)
{
    const uint64_t frame = address >> XEN_PAGE_SHIFT;
    const struct xen_memory_reservation arg = {.extent_start = (uint32_t)&frame, .nr_extents = 1, .domid = DOMID_SELF};

    return hypercall_memory_op(command, &arg);
}

static inline int32_t balloon_out(uint32_t address)
{
    return reservation(XENMEM_decrease_reservation, address);
}

static inline int32_t balloon_in(uint32_t address)
{
    return reservation(XENMEM_populate_physmap, address);
}

static inline int32_t map(uint32_t owner, uint32_t address)
{
    uint64_t frame = address >> XEN_PAGE_SHIFT;
    int32_t err = 0;
    const struct xen_add_to_physmap_batch arg = {.domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign, .size = 1,
        .foreign_domid = (uint16_t)owner, .idxs = (uint32_t)&frame, .gpfns = (uint32_t)&frame, .errs = (uint32_t)&err};
    const int32_t result = hypercall_memory_op(XENMEM_add_to_physmap_batch, &arg);

    return result < 0 ? result : err;
}

#endif
