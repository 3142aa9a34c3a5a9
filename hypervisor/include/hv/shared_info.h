/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a domain's event state lives. Called on a CPU of the domain, in a hypercall of the domain, so its
 * own pages are in the loaded view.
 */
#ifndef HV_SHARED_INFO_H
#define HV_SHARED_INFO_H

#include "hv/domain.h"
#include "hv/types.h"

/* Start and restart: back to the hypervisor's initial state; pages of the guest are the guest's again. */
void shared_info_reset(struct domain *d);

/*
 * The vCPU has a place that the guest knows or will know: vCPU 0 its part of shared_info. Any other has none before it
 * registers one; it gets no upcall till then, because it could not take the flag down.
 */
static inline bool vcpu_has_info(const struct vcpu *v)
{
    return v->id == 0 || v->info_registered;
}

/* Under memory_lock: pages with event words came into the viewer's view or left it. */
void shared_info_refresh(struct domain *viewer);

/*
 * XENMEM_add_to_physmap, space 0: -EINVAL unless the page is own RAM and mapped, -EBUSY when one is registered and was not
 * removed from the map; if it was, its content moves. Under memory_lock.
 */
must_check int32_t shared_info_register(struct domain *d, gpaddr_t base);

/* VCPUOP_register_vcpu_info: -EBUSY twice, -ENXIO across a page or misaligned, -EINVAL outside own RAM. */
must_check int32_t shared_info_register_vcpu(struct vcpu *target, gpaddr_t address);

#endif
