/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffers of a guest on an MPU board: a piece of its view, then, when the EL1 MPU is on, its regions (arch). Nothing
 * is translated, so the whole buffer is one piece. Part of core/guest_access.c.
 */
#ifndef PROTECT_MPU_GUEST_RUN_UNIT_H
#define PROTECT_MPU_GUEST_RUN_UNIT_H

/*
 * arch/<isa>: what EL1 may do with all of [address, last], and [*base, *limit), which holds `address`, narrowed to
 * where it may do the same.
 */
uint32_t arch_el1_access(struct vcpu *v, uintptr_t address, uintptr_t last, uintptr_t *base, uintptr_t *limit);

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
static bool guest_walk(struct vcpu *v, uintptr_t address, uint32_t bytes, uint32_t wanted)
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

always_inline uint32_t guest_piece(struct vcpu *v, uintptr_t address, uint32_t bytes, uint32_t wanted)
{
    (void)v;
    (void)address;
    (void)wanted;
    return bytes;
}

#endif
