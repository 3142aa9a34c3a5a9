/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercall buffers. The common case is one compare against the vCPU's run; the rest walks: the domain's own
 * RAM, then, when the EL1 MPU is on, its regions (arch).
 */
#include "hv/guest_access.h"

#include "abi/errno.h"
#include "hv/domain.h"

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

/* The bank of the caller's own RAM that holds the address. */
static bool find_bank(const struct domain *d, uintptr_t address, uintptr_t *base, uintptr_t *limit)
{
    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *const range = &d->ranges[i];

        if (range->kind == RANGE_RAM && range->base <= address && address < range->limit) {
            *base = (uintptr_t)range->base;
            *limit = (uintptr_t)range->limit;
            return true;
        }
    }
    return false;
}

/* How many of `bytes` from `address` on can be accessed in one piece; 0: none. What EL1 may write becomes the run. */
static uint32_t walk(struct vcpu *v, uintptr_t address, uint32_t bytes, bool write)
{
    uintptr_t bank_base, bank_limit, base, limit;

    if (!find_bank(v->domain, address, &bank_base, &bank_limit))
        return 0;
    base = bank_base;
    limit = bank_limit;
    if (arch_el1_may_access(v, address, true, &base, &limit)) {
        if (limit - base >= sizeof(uint32_t)) {
            v->buffer_base = base;
            v->buffer_span = (uint32_t)(limit - base) - 3;
        }
    } else {
        base = bank_base;
        limit = bank_limit;
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
