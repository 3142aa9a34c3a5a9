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

struct vcpu_register_runstate_memory_area {
    uint64_t area; /* guest virtual address of a vcpu_runstate_info */
};

_Static_assert(sizeof(struct vcpu_register_runstate_memory_area) == 8, "ABI");

enum vcpu_runstate { RUNSTATE_running, RUNSTATE_runnable, RUNSTATE_blocked, RUNSTATE_offline, NR_RUNSTATES };

struct vcpu_runstate_info {
    int32_t state;             /* enum vcpu_runstate, since state_entry_time */
    uint32_t pad;
    uint64_t state_entry_time; /* ns of system time */
    uint64_t time[NR_RUNSTATES]; /* ns in each state before that */
};

_Static_assert(sizeof(struct vcpu_runstate_info) == 48, "ABI");
_Static_assert(offsetof(struct vcpu_runstate_info, time) == 16, "ABI");

#endif
