/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercall buffers. The common case is one compare against the vCPU's run; the rest walks: the domain's own
 * RAM, then, when the EL1 MPU is on, its regions (arch).
 */
#include "hv/guest_access.h"

#include "abi/errno.h"
#include "hv/domain.h"
#include "hv/page.h"
#include "hv/protect.h"

/*
 * arch/<isa>: narrows [*base, *limit), which holds `address`, to what EL1 may read and, if `write`, write.
 * False: no access.
 */
bool arch_el1_may_access(struct vcpu *v, uintptr_t address, bool write, uintptr_t *base, uintptr_t *limit);

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

/* The caller's own RAM around the address, shared memory that it owns too, as far as one piece of its view goes. */
static bool find_run(struct domain *d, uintptr_t address, uintptr_t *base, uintptr_t *limit)
{
    const struct config_range *const bank = page_range(d, address, 1);
    struct view_span span;

    if (bank == NULL || !protect_view_find(d, address, &span))
        return false;
    *base = span.base > bank->base ? span.base : (uintptr_t)bank->base;
    *limit = span.last < bank->limit - 1 ? span.last + 1 : (uintptr_t)bank->limit;
    return true;
}

/* How many of `bytes` from `address` on can be accessed in one piece; 0: none. What EL1 may write becomes the run. */
static uint32_t walk(struct vcpu *v, uintptr_t address, uint32_t bytes, bool write)
{
    uintptr_t run_base, run_limit, base, limit;

    if (!find_run(v->domain, address, &run_base, &run_limit))
        return 0;
    base = run_base;
    limit = run_limit;
    if (arch_el1_may_access(v, address, true, &base, &limit)) {
        if (limit - base >= sizeof(uint32_t)) {
            v->buffer_base = base;
            v->buffer_span = (uint32_t)(limit - base) - 3;
        }
    } else {
        base = run_base;
        limit = run_limit;
        if (write || !arch_el1_may_access(v, address, false, &base, &limit))
            return 0;
    }
    return limit - address < bytes ? (uint32_t)(limit - address) : bytes;
}

static uint32_t accessible(struct vcpu *v, uintptr_t address, uint32_t bytes, bool write)
{
    const uintptr_t offset = address - v->buffer_base;

    if (v->buffer_span && offset < v->buffer_span + 3 && bytes <= v->buffer_span + 3 - offset)
        return bytes;
    return walk(v, address, bytes, write);
}

static void copy(char *to, const char *from, uint32_t bytes)
{
    while (bytes--)
        *to++ = *from++;
}

int32_t guest_read(struct vcpu *v, void *to, uintptr_t from, uint32_t bytes)
{
    for (uint32_t done = 0; done < bytes;) {
        const uint32_t piece = accessible(v, from + done, bytes - done, false);

        if (piece == 0)
            return -XEN_EFAULT;
        copy((char *)to + done, (const char *)(from + done), piece);
        done += piece;
    }
    return 0;
}

int32_t guest_write(struct vcpu *v, uintptr_t to, const void *from, uint32_t bytes)
{
    for (uint32_t done = 0; done < bytes;) {
        const uint32_t piece = accessible(v, to + done, bytes - done, true);

        if (piece == 0)
            return -XEN_EFAULT;
        copy((char *)(to + done), (const char *)from + done, piece);
        done += piece;
    }
    return 0;
}

int32_t guest_writable(struct vcpu *v, uintptr_t to, uint32_t bytes)
{
    for (uint32_t done = 0; done < bytes;) {
        const uint32_t piece = accessible(v, to + done, bytes - done, true);

        if (piece == 0)
            return -XEN_EFAULT;
        done += piece;
    }
    return 0;
}
