/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hvm_op: the parameters a dom0less domain can ask for are all zero; guests use the device tree.
 */
#include "abi/hvm.h"

#include "abi/errno.h"
#include "abi/xen.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"

static bool is_readable(uint32_t index)
{
    return index == HVM_PARAM_CALLBACK_IRQ || index == HVM_PARAM_STORE_PFN || index == HVM_PARAM_STORE_EVTCHN ||
           index == HVM_PARAM_CONSOLE_PFN || index == HVM_PARAM_CONSOLE_EVTCHN;
}

static int32_t param_op(uint32_t cmd, uintptr_t arg, struct vcpu *v)
{
    struct xen_hvm_param param;
    struct domain *d;

    if (guest_read(v, &param, arg, sizeof(param)))
        return -XEN_EFAULT;
    d = domain_find(param.domid, v->domain);
    if (d == NULL)
        return -XEN_ESRCH;
    if (d != v->domain || param.index == HVM_PARAM_MONITOR_RING_PFN)
        return -XEN_EPERM;
    if (!is_readable(param.index))
        return -XEN_EINVAL;
    if (cmd == HVMOP_set_param)
        return -XEN_EPERM;
    param.value = 0;
    return guest_write(v, arg, &param, sizeof(param));
}

int32_t hypercall_hvm_op(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    (void)unused;
    switch (cmd) {
    case HVMOP_set_param:
    case HVMOP_get_param:
        return param_op(cmd, arg, v);
    case HVMOP_guest_request_vm_event:
        return arg ? -XEN_EINVAL : 0;
    default:
        return -XEN_ENOSYS;
    }
}
