/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vcpu_op (hypercall 24): command, vCPU id, pointer. Source: Xen include/public/vcpu.h.
 */
#ifndef ABI_VCPU_H
#define ABI_VCPU_H

#include <stddef.h>
#include <stdint.h>

enum vcpu_op {
    VCPUOP_register_runstate_memory_area = 5,
    VCPUOP_register_vcpu_info = 10,
};

struct vcpu_register_vcpu_info {
    uint64_t gfn;
    uint32_t offset;
    uint32_t reserved;
};

_Static_assert(sizeof(struct vcpu_register_vcpu_info) == 16, "ABI");

#endif
