/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xen_version: who we say we are. A guest must not depend on it; the compatible string of the hypervisor
 * node in its tree agrees.
 */
#include "abi/version.h"

#include "abi/errno.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"

static const char extraversion[16] = ".0-fencepost";
static const char capabilities[] = "xen-3.0-armv7l ";
static const char changeset[64] = "fencepost";
static const char denied[] = "<denied>";

enum { LONGEST_FIELD = 1024 };

/* A string in a field of fixed size, the rest zero. */
static int32_t put_string(struct vcpu *v, uintptr_t to, const char *text, uint32_t text_bytes, uint32_t field_bytes)
{
    static char zero[LONGEST_FIELD]; /* to be read from where the copy is one of whole words */
    const uintptr_t rest = to + text_bytes;

    if (guest_write(v, to, text, text_bytes))
        return -XEN_EFAULT;
    return guest_write(v, rest, zero + (rest & 3), field_bytes - text_bytes);
}

static int32_t get_features(struct vcpu *v, uintptr_t arg)
{
    struct xen_feature_info info;

    if (guest_read(v, &info, arg, sizeof(info)))
        return -XEN_EFAULT;
    if (info.submap_idx != 0)
        return -XEN_EINVAL;
    info.submap = BIT(XENFEAT_writable_page_tables) | BIT(XENFEAT_auto_translated_physmap) |
                  BIT(XENFEAT_memory_op_vnode_supported) | BIT(XENFEAT_ARM_SMCCC_supported);
    info.submap |= v->domain->config->flags & DOMAIN_DIRECT_MAP ? BIT(XENFEAT_direct_mapped)
                                                                : BIT(XENFEAT_not_direct_mapped);
    return guest_write(v, arg, &info, sizeof(info));
}

/* varbuf: NULL asks for the length, a short buffer is -ENOBUFS, the result is the number of bytes. */
static int32_t put_varbuf(struct vcpu *v, uintptr_t arg, const char *text, uint32_t bytes)
{
    uint32_t room;

    if (arg == 0)
        return (int32_t)bytes;
    if (guest_read(v, &room, arg, sizeof(room)))
        return -XEN_EFAULT;
    if (room < bytes)
        return -XEN_ENOBUFS;
    return guest_write(v, arg + sizeof(room), text, bytes) ? -XEN_EFAULT : (int32_t)bytes;
}

static int32_t version_slow(uint32_t cmd, uintptr_t arg, struct vcpu *v)
{
    static const struct xen_compile_info compile = {"gcc", "fencepost", "fencepost", ""};
    const uint64_t virt_start = 0;

    switch (cmd) {
    case XENVER_extraversion:
        return put_string(v, arg, extraversion, sizeof(extraversion), sizeof(extraversion));
    case XENVER_compile_info:
        return guest_write(v, arg, &compile, sizeof(compile));
    case XENVER_capabilities:
        return put_string(v, arg, capabilities, sizeof(capabilities), LONGEST_FIELD);
    case XENVER_changeset:
        return put_string(v, arg, changeset, sizeof(changeset), sizeof(changeset));
    case XENVER_platform_parameters:
        return guest_write(v, arg, &virt_start, sizeof(virt_start));
    case XENVER_get_features:
        return get_features(v, arg);
    case XENVER_pagesize:
        return arg ? -XEN_EINVAL : XEN_PAGE_SIZE;
    case XENVER_guest_handle:
        return put_string(v, arg, "", 1, 16);
    case XENVER_commandline:
        return put_string(v, arg, denied, sizeof(denied), LONGEST_FIELD);
    case XENVER_build_id:
    case XENVER_commandline2:
        return -XEN_EPERM;
    case XENVER_extraversion2:
        return put_varbuf(v, arg, extraversion, sizeof(".0-fencepost"));
    case XENVER_capabilities2:
        return put_varbuf(v, arg, capabilities, sizeof(capabilities));
    case XENVER_changeset2:
        return put_varbuf(v, arg, changeset, sizeof("fencepost"));
    default:
        return -XEN_ENOSYS;
    }
}

/* The null hypercall: XENVER_version is what everybody measures a round trip with. */
hot int32_t hypercall_xen_version(uint32_t cmd, reg_t arg, reg_t unused, struct vcpu *v)
{
    (void)unused;
    if (likely(cmd == XENVER_version))
        return FENCEPOST_XEN_MAJOR << 16 | FENCEPOST_XEN_MINOR;
    return version_slow(cmd, arg, v);
}
