/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercall buffers. The common case is one compare against the vCPU's run; the rest walks: the domain's own
 * RAM, and what EL1 itself says about the address (protect/<unit>/guest_run_unit.h):
 *
 *   bool guest_walk(v, address, bytes, wanted);           EL1 may do `wanted` with all of it, which is own RAM; sets the run
 *   uint32_t guest_piece(v, address, bytes, wanted);      after it: how much of that lies in one piece, at guest_place()
 */
#include "hv/guest_access.h"

#include "abi/errno.h"
#include "hv/arch.h"
#include "hv/domain.h"
#include "hv/page.h"
#include "hv/protect.h"

#include <guest_run_unit.h>

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

static int32_t check(struct vcpu *v, uintptr_t address, uint32_t bytes, uint32_t wanted)
{
    const uintptr_t offset = address - v->buffer_base;

    if (v->buffer_span && offset < v->buffer_span + 3 && bytes <= v->buffer_span + 3 - offset)
        return 0;
    return guest_walk(v, address, bytes, wanted) ? 0 : -XEN_EFAULT;
}

int32_t guest_readable(struct vcpu *v, uintptr_t from, uint32_t bytes)
{
    return check(v, from, bytes, EL1_READ);
}

int32_t guest_writable(struct vcpu *v, uintptr_t to, uint32_t bytes)
{
    return check(v, to, bytes, EL1_WRITE);
}

uint32_t guest_locate(struct vcpu *v, uintptr_t address, uint32_t bytes, uintptr_t *place)
{
    const uint32_t piece = guest_piece(v, address, bytes, EL1_WRITE);

    *place = guest_place(v, address);
    return piece;
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
    char *out = to;

    if (check(v, from, bytes, EL1_READ))
        return -XEN_EFAULT;
    do {
        const uint32_t piece = guest_piece(v, from, bytes, EL1_READ);

        copy(out, (const char *)guest_place(v, from), piece);
        out += piece;
        from += piece;
        bytes -= piece;
    } while (bytes);
    return 0;
}

int32_t guest_write_any(struct vcpu *v, uintptr_t to, const void *from, uint32_t bytes)
{
    const char *in = from;

    if (check(v, to, bytes, EL1_WRITE))
        return -XEN_EFAULT;
    do {
        const uint32_t piece = guest_piece(v, to, bytes, EL1_WRITE);

        copy((char *)guest_place(v, to), in, piece);
        in += piece;
        to += piece;
        bytes -= piece;
    } while (bytes);
    return 0;
}
