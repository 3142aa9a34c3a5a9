/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory_op (hypercall 12): command in argument 1 (bits [5:0]; the bits above are the start extent of a
 * restarted call), pointer in argument 2. Source: Xen include/public/memory.h.
 */
#ifndef ABI_MEMORY_H
#define ABI_MEMORY_H

#include <stddef.h>

#include "abi/xen.h"

enum {
    MEMOP_EXTENT_SHIFT = 6,
    MEMOP_CMD_MASK = (1 << MEMOP_EXTENT_SHIFT) - 1,
};

enum memory_op {
    XENMEM_increase_reservation = 0,
    XENMEM_decrease_reservation = 1,
    XENMEM_maximum_ram_page = 2,
    XENMEM_current_reservation = 3,
    XENMEM_maximum_reservation = 4,
    XENMEM_populate_physmap = 6,
    XENMEM_add_to_physmap = 7,
    XENMEM_exchange = 11,
    XENMEM_maximum_gpfn = 14,
    XENMEM_remove_from_physmap = 15,
    XENMEM_add_to_physmap_batch = 23,
};

enum xenmapspace {
    XENMAPSPACE_shared_info = 0,
    XENMAPSPACE_grant_table = 1,
    XENMAPSPACE_gmfn = 2,
    XENMAPSPACE_gmfn_range = 3,
    XENMAPSPACE_gmfn_foreign = 4,
    XENMAPSPACE_dev_mmio = 5,
};

struct xen_memory_reservation {
    guest_handle_t extent_start;
    uint64_t nr_extents;
    uint32_t extent_order;
    uint32_t mem_flags;
    uint16_t domid;
    uint8_t pad[6];
};

struct xen_memory_exchange {
    struct xen_memory_reservation in, out;
    uint64_t nr_exchanged;
};

struct xen_memory_domain {
    uint16_t domid;
};

struct xen_add_to_physmap {
    uint16_t domid;
    uint16_t size;
    uint32_t space;
    uint64_t idx;
    uint64_t gpfn;
};

struct xen_add_to_physmap_batch {
    uint16_t domid;
    uint16_t space;
    uint16_t size;
    uint16_t foreign_domid;
    guest_handle_t idxs;
    guest_handle_t gpfns;
    guest_handle_t errs;
};

struct xen_remove_from_physmap {
    uint16_t domid;
    uint8_t pad[6];
    uint64_t gpfn;
};

_Static_assert(sizeof(struct xen_memory_reservation) == 32, "ABI");
_Static_assert(offsetof(struct xen_memory_reservation, domid) == 24, "ABI");
_Static_assert(sizeof(struct xen_memory_exchange) == 72, "ABI");
_Static_assert(sizeof(struct xen_memory_domain) == 2, "ABI");
_Static_assert(sizeof(struct xen_add_to_physmap) == 24, "ABI");
_Static_assert(offsetof(struct xen_add_to_physmap, gpfn) == 16, "ABI");
_Static_assert(sizeof(struct xen_add_to_physmap_batch) == 32, "ABI");
_Static_assert(sizeof(struct xen_remove_from_physmap) == 16, "ABI");

#endif
