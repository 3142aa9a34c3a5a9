/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving pages back and taking them in again: the calls in their short forms, and what a guest must see of a
 * page that is out. Tests use the spare bank of the system `balloon`; on the other systems they use the
 * spare pages between the image and the tree.
 */
#ifndef BALLOON_BALLOON_H
#define BALLOON_BALLOON_H

#include "fencepost.h"

enum {
    PAGE = XEN_PAGE_SIZE,
    SPARE_PAGES = 0x500,
    MAX_ORDER = 9,
    MAX_LIST = 600,
    NO_PLACE = 0x18000000, /* no memory is there */
    BALLOON_MAX_SLOTS = 24,
};

#define EXECUTE_LIMIT 0x80000000u /* from here on EL1's default map allows no fetch, in or out */

/* The spare bank of domain 1 of `balloon`; where memory is one bank, as much of it behind the image. */
static inline uint32_t spare_bank(void)
{
    return machine.nr_banks > 1 ? RAM(0x21000000) : (uint32_t)machine.bank[0].base + 0x100000;
}

#define SPARE spare_bank()
#define SPARE_SEAM (SPARE + 0x300000)
#define SPARE_LIMIT (SPARE + SPARE_PAGES * PAGE)
#define PAGE_AT(n) (SPARE + (uint32_t)(n) * PAGE)

static inline uint64_t frame_of(uintptr_t address)
{
    return address >> XEN_PAGE_SHIFT;
}

/* Page n behind the image, in the bank of the image; 64 of them are nobody's on every system. */
static inline uint32_t image_bank_page(uint32_t n)
{
    return (uint32_t)machine.bank[0].base + 0x90000 + n * PAGE;
}

/* ---- the calls ---- */

static inline int32_t reservation(uint32_t command, const void *list, uint64_t count, uint32_t order, uint32_t domid)
{
    const struct xen_memory_reservation request = {
        .extent_start = (uintptr_t)list, .nr_extents = count, .extent_order = order, .domid = (uint16_t)domid};

    return hypercall_memory_op(command, &request);
}

static inline int32_t decrease_list(const uint64_t *frames, uint64_t count, uint32_t order)
{
    return reservation(XENMEM_decrease_reservation, frames, count, order, DOMID_SELF);
}

static inline int32_t populate_list(const uint64_t *frames, uint64_t count, uint32_t order)
{
    return reservation(XENMEM_populate_physmap, frames, count, order, DOMID_SELF);
}

static inline int32_t decrease_frame(uint64_t frame, uint32_t order)
{
    return decrease_list(&frame, 1, order);
}

static inline int32_t populate_frame(uint64_t frame, uint32_t order)
{
    return populate_list(&frame, 1, order);
}

static inline int32_t decrease(uintptr_t address, uint32_t order)
{
    return decrease_frame(frame_of(address), order);
}

static inline int32_t populate(uintptr_t address, uint32_t order)
{
    return populate_frame(frame_of(address), order);
}

static inline int32_t remove_frame(uint64_t frame, uint32_t domid)
{
    const struct xen_remove_from_physmap request = {.domid = (uint16_t)domid, .gpfn = frame};

    return hypercall_memory_op(XENMEM_remove_from_physmap, &request);
}

static inline int32_t remove_page(uintptr_t address)
{
    return remove_frame(frame_of(address), DOMID_SELF);
}

static inline int32_t memory_query(uint32_t command)
{
    const struct xen_memory_domain self = {.domid = DOMID_SELF};

    return hypercall_memory_op(command, &self);
}

/* frames[i] = frame of base + i * step bytes. */
static inline void list_fill(uint64_t *frames, uint32_t count, uintptr_t base, uint32_t step)
{
    for (uint32_t i = 0; i < count; i++)
        frames[i] = frame_of(base + i * step);
}

/* ---- what the guest sees ---- */

static inline bool is_denied_(const char *file, int line, const char *how, uintptr_t address, struct fault fault,
                              enum fault_kind kind, uint32_t fsr)
{
    if (fault.kind == kind && fault.fsr == fsr && fault.far == address)
        return true;
    fp_fail(file, line, "%s at 0x%x, which is out: fault %d, status 0x%x, address 0x%x", how, address, fault.kind,
            fault.fsr, fault.far);
    return false;
}

static inline bool page_is_out_(const char *file, int line, uintptr_t address)
{
    uint32_t value;
    bool out = true;

    for (uintptr_t at = address; at < address + PAGE; at += PAGE - 4) {
        out &= is_denied_(file, line, "read", at, try_read32(at, &value), FAULT_DATA, FSR_DENIED);
        out &= is_denied_(file, line, "write", at, try_write32(at, 0), FAULT_DATA, FSR_DENIED | FSR_WRITE);
    }
    if (address < EXECUTE_LIMIT)
        out &= is_denied_(file, line, "fetch", address, try_exec(address), FAULT_PREFETCH, FSR_DENIED);
    return out;
}

static inline bool page_is_in_(const char *file, int line, uintptr_t address)
{
    for (uintptr_t at = address; at < address + PAGE; at += PAGE - 4) {
        const uint32_t mark = at ^ 0x5a5a5a5au;
        uint32_t old = 0, value = 0;

        if (try_read32(at, &old).kind != FAULT_NONE || try_write32(at, mark).kind != FAULT_NONE ||
            try_read32(at, &value).kind != FAULT_NONE || value != mark) {
            fp_fail(file, line, "0x%x, which is in, cannot be used", at);
            return false;
        }
        try_write32(at, old);
    }
    return true;
}

static inline bool range_is_(const char *file, int line, bool (*check)(const char *, int, uintptr_t), uintptr_t base,
                             uint32_t pages)
{
    bool holds = true;

    for (uint32_t n = 0; holds && n < pages; n++)
        holds = check(file, line, base + n * PAGE);
    return holds;
}

#define expect_out(address) page_is_out_(__FILE__, __LINE__, address)
#define expect_in(address) page_is_in_(__FILE__, __LINE__, address)
#define expect_range_out(base, pages) range_is_(__FILE__, __LINE__, page_is_out_, base, pages)
#define expect_range_in(base, pages) range_is_(__FILE__, __LINE__, page_is_in_, base, pages)

/* First and last word of a page say whose it is, so that pages cannot be mistaken for each other. */
static inline void page_mark(uintptr_t address, uint32_t value)
{
    *(volatile uint32_t *)address = address ^ value;
    *(volatile uint32_t *)(address + PAGE - 4) = address + value;
}

static inline bool page_has_mark(uintptr_t address, uint32_t value)
{
    return *(volatile uint32_t *)address == (address ^ value) &&
           *(volatile uint32_t *)(address + PAGE - 4) == address + value;
}

/* How many single pages with pages between them can be out at once; all is as before afterwards. */
static inline uint32_t slots_left(void)
{
    uint32_t out = 0;

    while (out < BALLOON_MAX_SLOTS && decrease(PAGE_AT(2 * out + 1), 0) == 1)
        out++;
    for (uint32_t n = 0; n < out; n++)
        require_eq(populate(PAGE_AT(2 * n + 1), 0), 1);
    return out;
}

#endif
