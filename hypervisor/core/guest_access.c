/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercall buffers. The common case is one compare against the vCPU's run; the rest walks: the domain's own
 * RAM, then, when the EL1 MPU is on, its regions (arch).
 */
#include "hv/guest_access.h"

#include "abi/errno.h"
#include "hv/arch.h"
#include "hv/domain.h"
#include "hv/page.h"
#include "hv/protect.h"

/*
 * arch/<isa>: what EL1 may do with all of [address, last], and [*base, *limit), which holds `address`, narrowed to
 * where it may do the same.
 */
uint32_t arch_el1_access(struct vcpu *v, uintptr_t address, uintptr_t last, uintptr_t *base, uintptr_t *limit);

void guest_access_invalidate(struct vcpu *v)
{
    v->buffer_base = 0;
    v->buffer_span = 0;
}

void guest_access_forget(struct domain *d, uintptr_t base, uint32_t bytes)
{
    for (uint32_t id = 0; id < d->nr_vcpus; id++) {
        struct vcpu *const v = &d->vcpus[id];

        if (v->buffer_span && base < v->buffer_base + v->buffer_span + 3 && v->buffer_base < base + bytes)
            guest_access_invalidate(v);
    }
}

/* The caller's own RAM around the address, as far as one piece of its view goes. Shared memory is no buffer: others write it. */
static bool find_run(struct domain *d, uintptr_t address, uintptr_t *base, uintptr_t *limit)
{
    const struct config_range *const bank = page_range(d, address, 1);
    struct view_span span;

    if (bank == NULL || bank->kind != RANGE_RAM || !protect_view_find(d, address, &span))
        return false;
    *base = span.base > bank->base ? span.base : (uintptr_t)bank->base;
    *limit = span.last < bank->limit - 1 ? span.last + 1 : (uintptr_t)bank->limit;
    return true;
}

/* All of it, bank by bank. What EL1 may write becomes the run. */
static bool walk(struct vcpu *v, uintptr_t address, uint32_t bytes, uint32_t wanted)
{
    while (bytes) {
        uintptr_t base, limit;

        if (!find_run(v->domain, address, &base, &limit))
            return false;
        const uint32_t piece = limit - address < bytes ? (uint32_t)(limit - address) : bytes;
        const uint32_t rights = arch_el1_access(v, address, address + piece - 1, &base, &limit);
        if (!(rights & wanted))
            return false;
        if (rights & EL1_WRITE && limit - base >= sizeof(uint32_t)) {
            v->buffer_base = base;
            v->buffer_span = (uint32_t)(limit - base) - 3;
        }
        address += piece;
        bytes -= piece;
    }
    return true;
}

static int32_t check(struct vcpu *v, uintptr_t address, uint32_t bytes, uint32_t wanted)
{
    const uintptr_t offset = address - v->buffer_base;

    if (v->buffer_span && offset < v->buffer_span + 3 && bytes <= v->buffer_span + 3 - offset)
        return 0;
    return walk(v, address, bytes, wanted) ? 0 : -XEN_EFAULT;
}

int32_t guest_readable(struct vcpu *v, uintptr_t from, uint32_t bytes)
{
    return check(v, from, bytes, EL1_READ);
}

int32_t guest_writable(struct vcpu *v, uintptr_t to, uint32_t bytes)
{
    return check(v, to, bytes, EL1_WRITE);
}

static void copy(char *to, const char *from, uint32_t bytes)
{
    const uint32_t whole = bytes & ~3u;

    if (whole)
        from = arch_copy_unaligned(to, from, whole / 4);
    for (uint32_t i = whole; i < bytes; i++)
        to[i] = *from++;
}

int32_t guest_read_any(struct vcpu *v, void *to, uintptr_t from, uint32_t bytes)
{
    if (check(v, from, bytes, EL1_READ))
        return -XEN_EFAULT;
    copy(to, (const char *)from, bytes);
    return 0;
}

int32_t guest_write_any(struct vcpu *v, uintptr_t to, const void *from, uint32_t bytes)
{
    if (check(v, to, bytes, EL1_WRITE))
        return -XEN_EFAULT;
    copy((char *)to, from, bytes);
    return 0;
}
