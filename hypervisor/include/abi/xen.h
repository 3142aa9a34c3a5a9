/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What hypervisor and guest share by layout: domain ids, shared_info, vcpu_info, the hypercall immediate.
 * Layouts are identical for AArch32 and AArch64 guests, little endian, AAPCS64 alignment.
 * Source: Xen include/public/xen.h, include/public/arch-arm.h.
 */
#ifndef ABI_XEN_H
#define ABI_XEN_H

#define XEN_HYPERCALL_TAG 0xEA1 /* immediate of the HVC instruction; #0 is SMCCC and PSCI */

#ifndef __ASSEMBLER__

#include <stddef.h>
#include <stdint.h>

enum {
    DOMID_FIRST_RESERVED = 0x7FF0,
    DOMID_SELF = 0x7FF0,
    DOMID_IO = 0x7FF1,
    DOMID_XEN = 0x7FF2,
    DOMID_COW = 0x7FF3,
    DOMID_INVALID = 0x7FF4,
    DOMID_ANY = 0x7FF5,
    DOMID_IDLE = 0x7FFF,
};

enum {
    XEN_PAGE_SHIFT = 12,
    XEN_PAGE_SIZE = 1 << XEN_PAGE_SHIFT,
    EVTCHN_2L_NR_CHANNELS = 4096,   /* ABI: 8 words' bits x 64 x 8 */
    EVTCHN_DOM0LESS_MAX_PORT = 1023, /* last port of a dom0less domain */
    INTID_EVENT_UPCALL = 31,        /* PPI 15 */
};

/* Virtual interrupts a guest can bind to a port. Per-vCPU: TIMER, DEBUG, XENOPROF, XENPMU. */
enum {
    VIRQ_TIMER = 0,
    VIRQ_DEBUG = 1,
    VIRQ_CONSOLE = 2,
    VIRQ_XENOPROF = 7,
    VIRQ_ARGO = 11,
    VIRQ_XENPMU = 13,
    NR_VIRQS = 24,
};

struct vcpu_time_info {
    uint32_t version;
    uint32_t pad0;
    uint64_t tsc_timestamp;
    uint64_t system_time;
    uint32_t tsc_to_system_mul;
    int8_t tsc_shift;
    uint8_t flags;
    uint8_t pad1[2];
};

struct vcpu_info {
    uint8_t evtchn_upcall_pending; /* set by the hypervisor, cleared by the guest */
    uint8_t pad[7];                /* Arm has no upcall mask byte */
    uint64_t evtchn_pending_sel;   /* bit n: word n of evtchn_pending has news */
    struct vcpu_time_info time;    /* not maintained on Arm */
};

struct shared_info {
    struct vcpu_info vcpu_info[1]; /* only vCPU 0 has a legacy place here */
    uint64_t evtchn_pending[64];
    uint64_t evtchn_mask[64];
    uint32_t wc_version;
    uint32_t wc_sec;
    uint32_t wc_nsec;
    uint32_t wc_sec_hi;
};

_Static_assert(sizeof(struct vcpu_info) == 48, "vcpu_info");
_Static_assert(offsetof(struct vcpu_info, evtchn_pending_sel) == 8, "vcpu_info");
_Static_assert(offsetof(struct vcpu_info, time) == 16, "vcpu_info");
_Static_assert(sizeof(struct shared_info) == 1088, "shared_info");
_Static_assert(offsetof(struct shared_info, evtchn_pending) == 48, "shared_info");
_Static_assert(offsetof(struct shared_info, evtchn_mask) == 560, "shared_info");
_Static_assert(offsetof(struct shared_info, wc_version) == 1072, "shared_info");

/* A pointer inside a struct: 8 bytes on both widths; an AArch32 guest writes the upper half as zero. */
typedef uint64_t guest_handle_t;

#endif /* __ASSEMBLER__ */
#endif
