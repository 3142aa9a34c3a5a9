/* SPDX-License-Identifier: Apache-2.0 */
/* Every hypercall with a pointer argument, in one table. */
#ifndef ISOLATION_DEPUTY_CALLS_H
#define ISOLATION_DEPUTY_CALLS_H

#include "places.h"

enum { MEMORY_OP = 12, XEN_VERSION = 17, CONSOLE_IO = 18, VCPU_OP = 24, SCHED_OP = 29, EVENT_CHANNEL_OP = 32, HVM_OP = 34 };
enum { HVMOP_get = 1, HVMOP_set = 0 };

struct deputy_call {
    const char *what;
    uint32_t number, command;
    bool pointer_is_third; /* vcpu_op: after the vCPU; console_io: after the count */
    uint32_t second;
};

static const struct deputy_call deputy_calls[] = {
    {"bind_interdomain", EVENT_CHANNEL_OP, EVTCHNOP_bind_interdomain, false, 0},
    {"bind_virq", EVENT_CHANNEL_OP, EVTCHNOP_bind_virq, false, 0},
    {"close", EVENT_CHANNEL_OP, EVTCHNOP_close, false, 0},
    {"send", EVENT_CHANNEL_OP, EVTCHNOP_send, false, 0},
    {"status", EVENT_CHANNEL_OP, EVTCHNOP_status, false, 0},
    {"alloc_unbound", EVENT_CHANNEL_OP, EVTCHNOP_alloc_unbound, false, 0},
    {"bind_ipi", EVENT_CHANNEL_OP, EVTCHNOP_bind_ipi, false, 0},
    {"bind_vcpu", EVENT_CHANNEL_OP, EVTCHNOP_bind_vcpu, false, 0},
    {"unmask", EVENT_CHANNEL_OP, EVTCHNOP_unmask, false, 0},
    {"reset", EVENT_CHANNEL_OP, EVTCHNOP_reset, false, 0},
    {"init_control", EVENT_CHANNEL_OP, EVTCHNOP_init_control, false, 0},
    {"expand_array", EVENT_CHANNEL_OP, EVTCHNOP_expand_array, false, 0},
    {"set_priority", EVENT_CHANNEL_OP, EVTCHNOP_set_priority, false, 0},
    {"current_reservation", MEMORY_OP, XENMEM_current_reservation, false, 0},
    {"maximum_reservation", MEMORY_OP, XENMEM_maximum_reservation, false, 0},
    {"maximum_gpfn", MEMORY_OP, XENMEM_maximum_gpfn, false, 0},
    {"add_to_physmap", MEMORY_OP, XENMEM_add_to_physmap, false, 0},
    {"register_vcpu_info", VCPU_OP, VCPUOP_register_vcpu_info, true, 0},
    {"shutdown", SCHED_OP, SCHEDOP_shutdown, false, 0},
    {"shutdown_code", SCHED_OP, SCHEDOP_shutdown_code, false, 0},
    {"poll", SCHED_OP, SCHEDOP_poll, false, 0},
    {"remote_shutdown", SCHED_OP, SCHEDOP_remote_shutdown, false, 0},
    {"watchdog", SCHED_OP, SCHEDOP_watchdog, false, 0},
    {"console write", CONSOLE_IO, CONSOLEIO_write, true, 4},
    {"extraversion", XEN_VERSION, XENVER_extraversion, false, 0},
    {"compile_info", XEN_VERSION, XENVER_compile_info, false, 0},
    {"capabilities", XEN_VERSION, XENVER_capabilities, false, 0},
    {"changeset", XEN_VERSION, XENVER_changeset, false, 0},
    {"platform_parameters", XEN_VERSION, XENVER_platform_parameters, false, 0},
    {"get_features", XEN_VERSION, XENVER_get_features, false, 0},
    {"guest_handle", XEN_VERSION, XENVER_guest_handle, false, 0},
    {"commandline", XEN_VERSION, XENVER_commandline, false, 0},
    {"get_param", HVM_OP, HVMOP_get, false, 0},
    {"set_param", HVM_OP, HVMOP_set, false, 0},
};

static inline int32_t deputy(const struct deputy_call *call, uint32_t pointer)
{
    if (call->pointer_is_third)
        return hypercall_3(call->number, call->command, call->second, pointer);
    return hypercall_2(call->number, call->command, pointer);
}

/* Each call with that pointer must be -EFAULT. */
static inline void expect_all_efault(uint32_t pointer, const char *what)
{
    for (uint32_t i = 0; i < COUNT_OF(deputy_calls); i++) {
        const int32_t result = deputy(&deputy_calls[i], pointer);

        if (result != -XEN_EFAULT)
            fail_("%s with a pointer to 0x%x (%s) gave %d, expected -EFAULT", deputy_calls[i].what, pointer, what,
                  (int)result);
    }
}

#endif
