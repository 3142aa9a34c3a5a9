/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_channel_op (hypercall 32): command in argument 1, pointer in argument 2.
 * Source: Xen include/public/event_channel.h. Fields marked OUT are written by the hypervisor.
 */
#ifndef ABI_EVENT_CHANNEL_H
#define ABI_EVENT_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

enum evtchn_op {
    EVTCHNOP_bind_interdomain = 0,
    EVTCHNOP_bind_virq = 1,
    EVTCHNOP_bind_pirq = 2,
    EVTCHNOP_close = 3,
    EVTCHNOP_send = 4,
    EVTCHNOP_status = 5,
    EVTCHNOP_alloc_unbound = 6,
    EVTCHNOP_bind_ipi = 7,
    EVTCHNOP_bind_vcpu = 8,
    EVTCHNOP_unmask = 9,
    EVTCHNOP_reset = 10,
    EVTCHNOP_init_control = 11,
    EVTCHNOP_expand_array = 12,
    EVTCHNOP_set_priority = 13,
};

enum evtchn_status {
    EVTCHNSTAT_closed = 0,
    EVTCHNSTAT_unbound = 1,
    EVTCHNSTAT_interdomain = 2,
    EVTCHNSTAT_pirq = 3,
    EVTCHNSTAT_virq = 4,
    EVTCHNSTAT_ipi = 5,
};

struct evtchn_bind_interdomain {
    uint16_t remote_dom;
    uint32_t remote_port;
    uint32_t local_port; /* OUT */
};

struct evtchn_bind_virq {
    uint32_t virq;
    uint32_t vcpu;
    uint32_t port; /* OUT */
};

struct evtchn_bind_pirq {
    uint32_t pirq;
    uint32_t flags;
    uint32_t port; /* OUT */
};

struct evtchn_close {
    uint32_t port;
};

struct evtchn_send {
    uint32_t port;
};

struct evtchn_status_args {
    uint16_t dom;
    uint32_t port;
    uint32_t status; /* OUT */
    uint32_t vcpu;   /* OUT */
    union {          /* OUT, by status */
        struct {
            uint16_t dom;
        } unbound;
        struct {
            uint16_t dom;
            uint32_t port;
        } interdomain;
        uint32_t pirq;
        uint32_t virq;
    } u;
};

struct evtchn_alloc_unbound {
    uint16_t dom;
    uint16_t remote_dom;
    uint32_t port; /* OUT */
};

struct evtchn_bind_ipi {
    uint32_t vcpu;
    uint32_t port; /* OUT */
};

struct evtchn_bind_vcpu {
    uint32_t port;
    uint32_t vcpu;
};

struct evtchn_unmask {
    uint32_t port;
};

struct evtchn_reset {
    uint16_t dom;
};

struct evtchn_init_control {
    uint64_t control_gfn;
    uint32_t offset;
    uint32_t vcpu;
    uint8_t link_bits; /* OUT */
    uint8_t pad[7];
};

struct evtchn_expand_array {
    uint64_t array_gfn;
};

struct evtchn_set_priority {
    uint32_t port;
    uint32_t priority;
};

_Static_assert(sizeof(struct evtchn_bind_interdomain) == 12, "ABI");
_Static_assert(sizeof(struct evtchn_bind_virq) == 12, "ABI");
_Static_assert(sizeof(struct evtchn_bind_pirq) == 12, "ABI");
_Static_assert(sizeof(struct evtchn_close) == 4, "ABI");
_Static_assert(sizeof(struct evtchn_send) == 4, "ABI");
_Static_assert(sizeof(struct evtchn_status_args) == 24, "ABI");
_Static_assert(offsetof(struct evtchn_status_args, u) == 16, "ABI");
_Static_assert(offsetof(struct evtchn_status_args, u.interdomain.port) == 20, "ABI");
_Static_assert(sizeof(struct evtchn_alloc_unbound) == 8, "ABI");
_Static_assert(sizeof(struct evtchn_bind_ipi) == 8, "ABI");
_Static_assert(sizeof(struct evtchn_bind_vcpu) == 8, "ABI");
_Static_assert(sizeof(struct evtchn_unmask) == 4, "ABI");
_Static_assert(sizeof(struct evtchn_reset) == 2, "ABI");
_Static_assert(sizeof(struct evtchn_init_control) == 24, "ABI");
_Static_assert(sizeof(struct evtchn_expand_array) == 8, "ABI");
_Static_assert(sizeof(struct evtchn_set_priority) == 8, "ABI");

#endif
