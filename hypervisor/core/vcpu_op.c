/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vcpu_op: the vCPU id is looked at first, even before the command.
 */
#include "abi/vcpu.h"

#include "abi/errno.h"
#include "abi/xen.h"
#include "hv/direct_map.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/protect.h"
#include "hv/runstate.h"
#include "hv/shared_info.h"

static int32_t register_vcpu_info(struct vcpu *caller, struct vcpu *target, uintptr_t arg)
{
    struct vcpu_register_vcpu_info info;
    gpaddr_t address;

    if (guest_read(caller, &info, arg, sizeof(info)))
        return -XEN_EFAULT;
    if (info.offset >= XEN_PAGE_SIZE || !direct_map_frame(info.gfn, &address))
        return -XEN_EINVAL;
    address.addr += info.offset;
    return shared_info_register_vcpu(target, address);
}

static int32_t register_runstate(struct vcpu *caller, const struct vcpu *target, uintptr_t arg)
{
    struct vcpu_register_runstate_memory_area request;

    if (!protect_reaches_ram())
        return -XEN_EINVAL;
    if (guest_read(caller, &request, arg, sizeof(request)))
        return -XEN_EFAULT;
    return runstate_register(caller, target, (uintptr_t)request.area);
}

int32_t hypercall_vcpu_op(uint32_t cmd, reg_t id, reg_t arg, struct vcpu *v)
{
    if (id >= v->domain->nr_vcpus)
        return -XEN_ENOENT;
    switch (cmd) {
    case VCPUOP_register_vcpu_info:
        return register_vcpu_info(v, &v->domain->vcpus[id], arg);
    case VCPUOP_register_runstate_memory_area:
        return register_runstate(v, &v->domain->vcpus[id], arg);
    default:
        return -XEN_EINVAL;
    }
}
