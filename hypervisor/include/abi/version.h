/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xen_version (hypercall 17): command in argument 1, pointer in argument 2. Source: Xen include/public/version.h.
 */
#ifndef ABI_VERSION_H
#define ABI_VERSION_H

#include <stdint.h>

enum xenver {
    XENVER_version = 0,
    XENVER_extraversion = 1,
    XENVER_compile_info = 2,
    XENVER_capabilities = 3,
    XENVER_changeset = 4,
    XENVER_platform_parameters = 5,
    XENVER_get_features = 6,
    XENVER_pagesize = 7,
    XENVER_guest_handle = 8,
    XENVER_commandline = 9,
    XENVER_build_id = 10,
    XENVER_extraversion2 = 11,
    XENVER_capabilities2 = 12,
    XENVER_changeset2 = 13,
    XENVER_commandline2 = 14,
};

enum xen_feature {
    XENFEAT_writable_page_tables = 0,
    XENFEAT_auto_translated_physmap = 2,
    XENFEAT_memory_op_vnode_supported = 13,
    XENFEAT_ARM_SMCCC_supported = 14,
    XENFEAT_not_direct_mapped = 16,
    XENFEAT_direct_mapped = 17,
    XENFEAT_runstate_phys_area = 18,
};

/* The interface version Fencepost speaks; the hypervisor node of the guest tree agrees with it. */
enum {
    FENCEPOST_XEN_MAJOR = 4,
    FENCEPOST_XEN_MINOR = 20,
};

struct xen_feature_info {
    uint32_t submap_idx;
    uint32_t submap; /* OUT */
};

struct xen_compile_info {
    char compiler[64];
    char compile_by[16];
    char compile_domain[32];
    char compile_date[32];
};

_Static_assert(sizeof(struct xen_feature_info) == 8, "ABI");
_Static_assert(sizeof(struct xen_compile_info) == 144, "ABI");

#endif
