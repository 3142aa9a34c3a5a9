/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory_op: queries, what may be mapped where, and the frame of every change.
 */
#include "abi/memory.h"

#include "abi/errno.h"
#include "hv/balloon.h"
#include "hv/cpu.h"
#include "hv/direct_map.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/memory.h"
#include "hv/page.h"
#include "hv/panic.h"
#include "hv/protect.h"
#include "hv/shared_info.h"
#include "hv/smp.h"

int32_t memory_find_own(struct vcpu *v, domid_t domid)
{
    struct domain *const d = domain_find(domid, v->domain);

    if (d == NULL)
        return -XEN_ESRCH;
    return d == v->domain ? 0 : -XEN_EPERM;
}

static uint32_t highest_frame(const struct domain *d)
{
    uint64_t limit = 0;

    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        if (d->ranges[i].kind != RANGE_DEVICE && d->ranges[i].limit > limit)
            limit = d->ranges[i].limit;
    }
    return (uint32_t)((limit >> PAGE_SHIFT) - 1);
}

static int32_t query(struct vcpu *v, uint32_t op, uintptr_t arg)
{
    struct xen_memory_domain who;
    int32_t rc;

    if (guest_read(v, &who, arg, sizeof(who)))
        return -XEN_EFAULT;
    rc = memory_find_own(v, who.domid);
    if (rc)
        return rc;
    const struct domain *const d = v->domain;
    const uint32_t pages = op == XENMEM_current_reservation ? direct_map_reservation(d) : d->config->nr_pages;

    return (int32_t)(op == XENMEM_maximum_gpfn ? highest_frame(d) : pages);
}

int32_t memory_map_space(struct vcpu *v, uint32_t space, uint64_t idx, uint64_t gpfn)
{
    gpaddr_t base;

    switch (space) {
    case XENMAPSPACE_shared_info:
        if (idx != 0 || !direct_map_frame(gpfn, &base))
            return -XEN_EINVAL;
        return shared_info_register(v->domain, base);
    case XENMAPSPACE_grant_table:
        return -XEN_EINVAL;
    default:
        return -XEN_ENOSYS;
    }
}

static int32_t map_range(const struct xen_add_to_physmap *map)
{
    if (map->size == 0)
        return 0;
    if (map->gpfn + map->size < map->gpfn || map->idx + map->size < map->idx)
        return -XEN_EOVERFLOW;
    return -XEN_ENOSYS;
}

static int32_t add_to_physmap(struct vcpu *v, uint32_t start, uintptr_t arg)
{
    struct xen_add_to_physmap map;
    int32_t rc;

    if (start > UINT16_MAX)
        return -XEN_EDOM;
    if (guest_read(v, &map, arg, sizeof(map)))
        return -XEN_EFAULT;
    if (map.space == XENMAPSPACE_gmfn_foreign)
        return -XEN_ENOSYS;
    rc = memory_find_own(v, map.domid);
    if (rc == -XEN_ESRCH)
        return rc;
    if (map.space == XENMAPSPACE_dev_mmio)
        return -XEN_EACCES;
    if (rc)
        return rc;
    if (map.gpfn == UINT64_MAX)
        return -XEN_EINVAL;
    if (map.space == XENMAPSPACE_gmfn_range)
        return map_range(&map);
    memory_change_begin(v->domain);
    rc = memory_map_space(v, map.space, map.idx, map.gpfn);
    memory_change_end();
    return rc;
}

/* A page of the caller's own RAM leaves its view and stays its own: reserved, until populate wants it back. */
static int32_t remove_own(struct domain *d, const struct config_range *range, uintptr_t base)
{
    const uint32_t index = page_index(range, base);

    switch (protect_view_remove(d, base, PAGE_SIZE)) {
    case VIEW_OK:
        break;
    case VIEW_FULL:
        return -XEN_ENOSPC;
    default:
        return -XEN_ENOENT;
    }
    page_set_states(index, 1, PAGE_RESERVED);
    guest_access_forget(d, base, PAGE_SIZE);
    memory_change_commit(d, page_any_watched(index, 1));
    return 0;
}

int32_t memory_remove_from_physmap(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    const struct config_range *range;
    struct xen_remove_from_physmap remove;
    gpaddr_t base;
    int32_t rc;

    (void)unused;
    if (cmd >> MEMOP_EXTENT_SHIFT)
        return -XEN_EINVAL;
    if (guest_read(v, &remove, arg, sizeof(remove)))
        return -XEN_EFAULT;
    rc = memory_find_own(v, remove.domid);
    if (rc)
        return rc;
    if (!direct_map_frame(remove.gpfn, &base))
        return -XEN_ENOENT;
    memory_change_begin(v->domain);
    range = page_range(v->domain, base.addr, PAGE_SIZE);
    rc = range ? remove_own(v->domain, range, base.addr) : foreign_remove(v->domain, base.addr);
    memory_change_end();
    return rc;
}

/* On Arm it checks its argument and then does nothing. */
static int32_t exchange(struct vcpu *v, uintptr_t arg)
{
    struct xen_memory_exchange e;

    if (guest_read(v, &e, arg, sizeof(e)))
        return -XEN_EFAULT;
    if (e.in.extent_order > BALLOON_MAX_ORDER || e.out.extent_order > BALLOON_MAX_ORDER)
        return -XEN_EPERM;
    if (e.nr_exchanged > e.in.nr_extents || e.in.domid != e.out.domid ||
        UINT64_MAX >> e.in.extent_order < e.in.nr_extents || UINT64_MAX >> e.out.extent_order < e.out.nr_extents ||
        e.in.nr_extents << e.in.extent_order != e.out.nr_extents << e.out.extent_order)
        return -XEN_EINVAL;
    return e.nr_exchanged == e.in.nr_extents ? 0 : -XEN_EOPNOTSUPP;
}

static __attribute__((noinline)) int32_t memory_op_slow(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    const uint32_t op = cmd & MEMOP_CMD_MASK, start = cmd >> MEMOP_EXTENT_SHIFT;

    switch (op) {
    case XENMEM_increase_reservation:
    case XENMEM_decrease_reservation:
    case XENMEM_populate_physmap:
        return balloon_op(cmd, arg, unused, v);
    case XENMEM_add_to_physmap_batch:
        return foreign_add_batch(cmd, arg, unused, v);
    case XENMEM_remove_from_physmap:
        return memory_remove_from_physmap(cmd, arg, unused, v);
    case XENMEM_maximum_ram_page:
        return start ? -XEN_EINVAL : (int32_t)(ram_limit >> PAGE_SHIFT);
    case XENMEM_current_reservation:
    case XENMEM_maximum_reservation:
    case XENMEM_maximum_gpfn:
        return start ? -XEN_EINVAL : query(v, op, arg);
    case XENMEM_add_to_physmap:
        return add_to_physmap(v, start, arg);
    case XENMEM_exchange:
        return exchange(v, arg);
    default:
        return -XEN_ENOSYS;
    }
}

/* What guests do often, from the start, and the rest. */
__attribute__((optimize("no-jump-tables")))
hot int32_t hypercall_memory_op(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    if (cmd == XENMEM_remove_from_physmap)
        return foreign_remove_usual(cmd, arg, unused, v);
    if (cmd == XENMEM_add_to_physmap_batch)
        return foreign_add_usual(cmd, arg, unused, v);
    if (cmd == XENMEM_decrease_reservation || cmd == XENMEM_populate_physmap)
        return balloon_op(cmd, arg, unused, v);
    return memory_op_slow(cmd, arg, unused, v);
}
