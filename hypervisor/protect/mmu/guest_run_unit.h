/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffers of a guest on a board with translation. With the EL1 MMU off an address is a guest physical one, and the run
 * around it is as long as pages of one bank are mapped without a gap; it is remembered until EL1 touches the registers of
 * its translation, which trap meanwhile. With the EL1 MMU on every page is looked up anew: nothing tells EL2 when a guest
 * changes its tables. Part of core/guest_access.c.
 */
#ifndef PROTECT_MMU_GUEST_RUN_UNIT_H
#define PROTECT_MMU_GUEST_RUN_UNIT_H

#include "hv/direct_map.h"

/* arch/<isa> */
bool arch_el1_translates(void);                                     /* the EL1 MMU is on */
bool arch_el1_lookup(uintptr_t address, bool write, paddr_t *page); /* both stages, by EL1's rights */
void arch_watch_translation(struct vcpu *v);                        /* a change that EL1 makes forgets the run */

/* The bank's pages around `address` that are mapped without a gap, in place. */
static void remember_run(struct vcpu *v, const struct config_range *bank, uintptr_t address)
{
    const uint8_t *const states = page_states + bank->first_page;
    const uint32_t nr = (uint32_t)((bank->limit - bank->base) >> PAGE_SHIFT);
    uint32_t first = (uint32_t)((address - (uintptr_t)bank->base) >> PAGE_SHIFT), limit = first + 1;

    while (first > 0 && states[first - 1] == PAGE_MAPPED)
        first--;
    while (limit < nr && states[limit] == PAGE_MAPPED)
        limit++;
    v->buffer_base = (uintptr_t)bank->base + ((uintptr_t)first << PAGE_SHIFT);
    v->buffer_span = ((limit - first) << PAGE_SHIFT) - 3;
    v->ctx.buffer_delta = page_address(bank, v->buffer_base).addr - v->buffer_base;
    arch_watch_translation(v);
}

/* How many bytes from `address` on lie in one piece, and where that is; 0: not the caller's own RAM, or not for EL1. */
static uint32_t find_piece(struct vcpu *v, uintptr_t address, uint32_t bytes, uint32_t wanted)
{
    const struct config_range *bank;
    uintptr_t left = PAGE_SIZE - (address & (PAGE_SIZE - 1));
    paddr_t page;

    if (arch_el1_translates()) {
        guest_access_invalidate(v);
        if (!arch_el1_lookup(address, wanted & EL1_WRITE, &page))
            return 0;
        bank = page_range_of(v->domain, page, 1);
        if (bank == NULL || bank->kind != RANGE_RAM)
            return 0;
        v->ctx.buffer_delta = page.addr - (address & ~(uintptr_t)(PAGE_SIZE - 1));
    } else {
        bank = page_range(v->domain, address, 1);
        if (bank == NULL || bank->kind != RANGE_RAM || page_states[page_index(bank, address)] != PAGE_MAPPED)
            return 0;
        remember_run(v, bank, address);
        left = v->buffer_base + v->buffer_span + 3 - address;
    }
    return left < bytes ? (uint32_t)left : bytes;
}

/* All of it, piece by piece. */
static bool guest_walk(struct vcpu *v, uintptr_t address, uint32_t bytes, uint32_t wanted)
{
    while (bytes) {
        const uint32_t piece = find_piece(v, address, bytes, wanted);

        if (piece == 0)
            return false;
        address += piece;
        bytes -= piece;
    }
    return true;
}

static uint32_t guest_piece(struct vcpu *v, uintptr_t address, uint32_t bytes, uint32_t wanted)
{
    const uintptr_t offset = address - v->buffer_base;

    if (v->buffer_span && offset < v->buffer_span + 3 && bytes <= v->buffer_span + 3 - offset)
        return bytes;
    return bytes ? find_piece(v, address, bytes, wanted) : 0;
}

#endif
