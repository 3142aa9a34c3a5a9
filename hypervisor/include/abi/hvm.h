/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hvm_op (hypercall 34): command in argument 1, pointer in argument 2. Source: Xen include/public/hvm/.
 */
#ifndef ABI_HVM_H
#define ABI_HVM_H

#include <stddef.h>
#include <stdint.h>

enum hvm_op {
    HVMOP_set_param = 0,
    HVMOP_get_param = 1,
    HVMOP_guest_request_vm_event = 24,
};

enum hvm_param {
    HVM_PARAM_CALLBACK_IRQ = 0,
    HVM_PARAM_STORE_PFN = 1,
    HVM_PARAM_STORE_EVTCHN = 2,
    HVM_PARAM_CONSOLE_PFN = 17,
    HVM_PARAM_CONSOLE_EVTCHN = 18,
    HVM_PARAM_MONITOR_RING_PFN = 28,
    HVM_NR_PARAMS = 39,
};

struct xen_hvm_param {
    uint16_t domid;
    uint16_t pad;
    uint32_t index;
    uint64_t value;
};

_Static_assert(sizeof(struct xen_hvm_param) == 16, "ABI");
_Static_assert(offsetof(struct xen_hvm_param, value) == 8, "ABI");

#endif
