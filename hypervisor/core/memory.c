/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory_op: queries and the registration of shared_info. Counting operations answer 0 extents done until
 * ballooning exists.
 */
#include "abi/memory.h"

#include "abi/errno.h"
#include "hv/direct_map.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/shared_info.h"

static int32_t find_own(struct vcpu *v, domid_t domid)
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
    rc = find_own(v, who.domid);
    if (rc)
        return rc;
    return (int32_t)(op == XENMEM_maximum_gpfn ? highest_frame(v->domain) : v->domain->config->nr_pages);
}

static int32_t map_space(struct vcpu *v, const struct xen_add_to_physmap *arg)
{
    paddr_t base;

    switch (arg->space) {
    case XENMAPSPACE_shared_info:
        if (arg->idx != 0 || !direct_map_frame(arg->gpfn, &base))
            return -XEN_EINVAL;
        return shared_info_register(v->domain, base);
    case XENMAPSPACE_grant_table:
        return -XEN_EINVAL;
    case XENMAPSPACE_gmfn_range:
        if (arg->size == 0)
            return 0;
        if (arg->gpfn + arg->size < arg->gpfn || arg->idx + arg->size < arg->idx)
            return -XEN_EOVERFLOW;
        return -XEN_ENOSYS;
    default:
        return -XEN_ENOSYS;
    }
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
    rc = find_own(v, map.domid);
    if (rc == -XEN_ESRCH)
        return rc;
    if (map.space == XENMAPSPACE_dev_mmio)
        return -XEN_EACCES;
    if (rc)
        return rc;
    return map.gpfn == UINT64_MAX ? -XEN_EINVAL : map_space(v, &map);
}

int32_t hypercall_memory_op(uint32_t cmd, uint32_t arg, uint32_t unused, struct vcpu *v)
{
    const uint32_t op = cmd & MEMOP_CMD_MASK, start = cmd >> MEMOP_EXTENT_SHIFT;

    (void)unused;
    switch (op) {
    case XENMEM_increase_reservation:
        return (int32_t)start;
    case XENMEM_maximum_ram_page:
        return start ? -XEN_EINVAL : (int32_t)(ram_limit >> PAGE_SHIFT);
    case XENMEM_current_reservation:
    case XENMEM_maximum_reservation:
    case XENMEM_maximum_gpfn:
        return start ? -XEN_EINVAL : query(v, op, arg);
    case XENMEM_add_to_physmap:
        return add_to_physmap(v, start, arg);
    default:
        return -XEN_ENOSYS;
    }
}
