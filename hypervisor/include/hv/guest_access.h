/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercall buffers: the caller's own, mapped RAM only. A pointer is a guest virtual address and goes
 * through the caller's EL1 regime with its permissions. Anything else is -EFAULT: hypervisor, devices, other
 * domains, borrowed pages. All of a buffer is looked at before the first byte moves, on an MPU in one pass
 * over the EL1 regions however many of them the buffer crosses: that bounds a call.
 */
#ifndef HV_GUEST_ACCESS_H
#define HV_GUEST_ACCESS_H

#include "hv/domain.h"
#include "hv/types.h"
#include "hv/vcpu.h"

enum el1_rights { EL1_READ = 1 << 0, EL1_WRITE = 1 << 1 };

/* 0 or -XEN_EFAULT. Any alignment, any length; may cross pages. Runs on the vCPU's CPU, vCPU loaded. */
must_check int32_t guest_read_any(struct vcpu *v, void *to, uintptr_t from, uint32_t bytes);
must_check int32_t guest_write_any(struct vcpu *v, uintptr_t to, const void *from, uint32_t bytes);

/*
 * True when the buffer lies in the vCPU's run and on a word: then EL2 may read it where it is, each field once,
 * because the guest's other vCPUs may write it at any time. Otherwise guest_read decides. The span ends where a last
 * word begins.
 */
always_inline bool guest_is_direct(const struct vcpu *v, uintptr_t from, uint32_t bytes)
{
    const uintptr_t offset = from - v->buffer_base;

    return likely(offset < v->buffer_span && (bytes <= sizeof(uint32_t) || v->buffer_span - offset >= bytes - 3) &&
                  !(from & 3));
}

/* Where EL2 finds what is in the run. */
always_inline uintptr_t guest_place(const struct vcpu *v, uintptr_t address)
{
    return context_buffer_place(&v->ctx, address);
}

/* The same; a few whole words in the run are moved right here. `to` and `from` of EL2 are on a word. */
always_inline int32_t guest_read(struct vcpu *v, void *to, uintptr_t from, uint32_t bytes)
{
    const uint32_t volatile *const there = (const uint32_t volatile *)guest_place(v, from);

    if (!__builtin_constant_p(bytes) || bytes % sizeof(uint32_t) || !guest_is_direct(v, from, bytes))
        return guest_read_any(v, to, from, bytes);
    for (uint32_t i = 0; i < bytes / sizeof(uint32_t); i++)
        ((uint32_t *)to)[i] = there[i];
    return 0;
}

always_inline int32_t guest_write(struct vcpu *v, uintptr_t to, const void *from, uint32_t bytes)
{
    uint32_t volatile *const there = (uint32_t volatile *)guest_place(v, to);

    if (!__builtin_constant_p(bytes) || bytes % sizeof(uint32_t) || !guest_is_direct(v, to, bytes))
        return guest_write_any(v, to, from, bytes);
    for (uint32_t i = 0; i < bytes / sizeof(uint32_t); i++)
        there[i] = ((const uint32_t *)from)[i];
    return 0;
}

/* Says whether guest_write, or guest_read, of the same range would succeed. */
must_check int32_t guest_readable(struct vcpu *v, uintptr_t from, uint32_t bytes);
must_check int32_t guest_writable(struct vcpu *v, uintptr_t to, uint32_t bytes);

/*
 * Of a buffer that was just found writable: where EL2 finds its first piece, and how long that is. 0 bytes: 0. The
 * place is good as long as the page is the domain's.
 */
must_check uint32_t guest_locate(struct vcpu *v, uintptr_t address, uint32_t bytes, uintptr_t *place);

/* The buffer run of the vCPU is no longer valid: EL1 changed its MPU or MMU. */
void guest_access_invalidate(struct vcpu *v);

/* [base, base + bytes) left the domain's view: no run of its vCPUs holds any of it. */
void guest_access_forget(struct domain *d, uintptr_t base, uint32_t bytes);

#endif
