/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage 2 tables, changed; stage2_look.c reads them. A descriptor of a table counts in its bits 11:2, which the hardware
 * ignores, the valid entries below it, so that an empty table is known and goes back to the pool. Bit 55, for software,
 * marks pages of others.
 *
 * Order (Arm DDI 0487, Break-before-make): nothing becomes valid over something valid. A block that is split is invalid
 * and out of the TLBs before its table takes its place; a table is out of the TLBs before it is used again.
 */
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/panic.h"
#include "stage2_walk.h"

enum { COUNT_SHIFT = 2 };

#define COUNT_ONE (1ull << COUNT_SHIFT)
#define COUNT_MASK (0x3ffull << COUNT_SHIFT)

#define STAGE2_READ (1ull << 6)
#define STAGE2_WRITE (1ull << 7)
#define STAGE2_NORMAL (0xfull << 2)
#define STAGE2_DEVICE (1ull << 2) /* nGnRE */
#define STAGE2_XN (1ull << 54)

/* What the descriptor of a page of somebody else says besides its address: as descriptor_bits() makes it. */
#define STAGE2_FOREIGN_RW \
    (DESCRIPTOR_AF | DESCRIPTOR_INNER | STAGE2_READ | STAGE2_WRITE | STAGE2_XN | STAGE2_NORMAL | STAGE2_FOREIGN_PAGE)

static uint64_t *take_table(struct view *view)
{
    uint64_t *table = view->free;

    if (table) {
        view->free = (uint64_t *)table[0];
        view->nr_free--;
        table[0] = 0;
        return table;
    }
    if (view->used == view->nr_tables)
        return NULL;
    table = view->root + (uintptr_t)view->used++ * ENTRIES;
    arch_empty_table(table);
    return table;
}

/* Empty, and nothing points to it. */
static void give_table(struct view *view, uint64_t *table)
{
    stage2_flush(view);
    table[0] = (uintptr_t)view->free;
    view->free = table;
    view->nr_free++;
}

/* VTTBR_EL2 says whose translations are meant, and the loaded domain's comes back. */
void stage2_flush(struct view *view)
{
    const uint64_t loaded = READ_SYSREG(vttbr_el2);

    if (loaded != view->vttbr) {
        WRITE_SYSREG(vttbr_el2, view->vttbr);
        arch_isb();
    }
    if (likely(view->cpus == BIT(cpu_this()->id)))
        arch_forget_guest_here();
    else
        arch_forget_guest_everywhere();
    if (loaded != view->vttbr) {
        WRITE_SYSREG(vttbr_el2, loaded);
        arch_isb();
    }
    view->stale = false;
}

bool stage2_init(struct view *view, uint64_t *pool, uint32_t nr_tables, uint32_t vmid, uint32_t users)
{
    if (nr_tables == 0)
        return false;
    view->root = pool;
    view->nr_tables = nr_tables;
    view->used = 1;
    arch_empty_table(pool);
    view->cpus = users;
    view->vttbr = (uint64_t)vmid << 48 | (uintptr_t)pool;
    return true;
}

always_inline void count_foreign(struct view *view, uint64_t more)
{
    view->nr_foreign += (uint32_t)more;
    view->foreign_edits++;
}

/* From `at` to the end of the path's entry. */
always_inline uint64_t rest_of(const struct path *path, uintptr_t at)
{
    return span_of(path) - (at & (span_of(path) - 1));
}

/* Entries of the path's table, from the path's on, that [at, at + bytes) covers whole. */
always_inline uint64_t entries_in(const struct path *path, uintptr_t at, uint64_t bytes)
{
    const uint64_t nr = bytes >> shift_of(path->level), left = ENTRIES - (at >> shift_of(path->level) & (ENTRIES - 1));

    if (at & (span_of(path) - 1))
        return 0;
    return nr < left ? nr : left;
}

/* Some entries of the table at the end of the path became valid. */
always_inline void count_more(struct path *path, uint64_t nr)
{
    if (path->level > 1)
        *path->entry[path->level - 1] += nr << COUNT_SHIFT;
}

/* Some became invalid, and a table that is empty then goes with them. */
always_inline void count_fewer(struct view *view, struct path *path, uint64_t nr)
{
    for (; path->level > 1; path->level--, nr = 1) {
        uint64_t *const parent = path->entry[path->level - 1];

        *parent -= nr << COUNT_SHIFT;
        if (likely(*parent & COUNT_MASK))
            return;
        uint64_t *const table = table_of(*parent);
        *parent = 0;
        give_table(view, table);
    }
}

/* The entry at the end of the path becomes valid. */
always_inline void set_entry(struct path *path, uint64_t descriptor)
{
    *path->entry[path->level] = descriptor;
    count_more(path, 1);
}

/* It becomes invalid. */
always_inline void clear_entry(struct view *view, struct path *path)
{
    *path->entry[path->level] = 0;
    view->stale = true;
    count_fewer(view, path, 1);
}

/* The root's entry of an address is about to become valid. */
static void raise_limit(struct view *view, const uint64_t *entry)
{
    const uintptr_t limit = (uintptr_t)(entry - view->root + 1) << shift_of(1);

    if (limit > view->limit)
        view->limit = limit;
}

/* A table in the place of nothing, or of a block, at the end of the path. */
static bool deepen(struct view *view, struct path *path)
{
    const unsigned level = path->level;
    uint64_t *const entry = path->entry[level], block = *entry, *const table = take_table(view);
    const uint64_t type = level + 1 == LEVELS ? DESCRIPTOR_TABLE : DESCRIPTOR_BLOCK;

    if (table == NULL)
        return false;
    if (level == 1)
        raise_limit(view, entry);
    if (!(block & DESCRIPTOR_VALID)) {
        arch_dsb(); /* the zeroes before the descriptor */
        set_entry(path, (uintptr_t)table | DESCRIPTOR_TABLE);
        return true;
    }
    for (uint64_t n = 0; n < ENTRIES; n++)
        table[n] = (block & ~DESCRIPTOR_TYPE) | type | n << shift_of(level + 1);
    *entry = 0;
    stage2_flush(view);
    *entry = (uintptr_t)table | DESCRIPTOR_TABLE | (uint64_t)ENTRIES << COUNT_SHIFT;
    return true;
}

/* Down to the level at which [at, at + bytes) takes whole entries, or to what is valid already. */
static bool reach(struct view *view, uintptr_t at, uint64_t bytes, struct path *path)
{
    for (;;) {
        walk(view, at, path);
        const uint64_t size = 1ull << shift_of(path->level);

        if (*path->entry[path->level] & DESCRIPTOR_VALID || path->level == LEVELS || (at % size == 0 && bytes >= size))
            return true;
        if (!deepen(view, path))
            return false;
    }
}

static uint64_t descriptor_bits(uint32_t attr, enum stage2_owner owner)
{
    return DESCRIPTOR_AF | DESCRIPTOR_INNER | STAGE2_READ | (attr & RANGE_WRITE ? STAGE2_WRITE : 0) |
           (attr & RANGE_EXEC ? 0 : STAGE2_XN) | (attr & RANGE_IS_DEVICE ? STAGE2_DEVICE : STAGE2_NORMAL) |
           (owner == STAGE2_FOREIGN ? STAGE2_FOREIGN_PAGE : 0);
}

/* Tables at the end of the path to the address that hold nothing go back. */
static void drop_empty(struct view *view, uintptr_t address)
{
    struct path path;

    walk(view, address, &path);
    if (!(*path.entry[path.level] & DESCRIPTOR_VALID))
        count_fewer(view, &path, 0);
}

/* Every table that a map needs, before the first entry of it. */
static bool prepare_map(struct view *view, uintptr_t base, paddr_t address, uint64_t bytes)
{
    for (uint64_t done = 0; done < bytes;) {
        /* A block needs both addresses on its size: what guest and bus address have in common decides. */
        const uint64_t differ = base ^ address.addr, fits = differ ? differ & -differ : bytes;
        struct path path;

        if (!reach(view, base + done, fits < bytes - done ? fits : bytes - done, &path)) {
            drop_empty(view, base + done);
            return false;
        }
        done += path.level == LEVELS ? PAGE_SIZE * entries_in(&path, base + done, bytes - done) : rest_of(&path, base + done);
    }
    return true;
}

/* Up to nr entries from the path's on, down to a table; those that are valid stay. How many were passed. */
static uint64_t fill(struct view *view, struct path *path, uint64_t descriptor, uint64_t nr)
{
    uint64_t *const first = path->entry[path->level], *entry = first, added = 0;

    for (const uint64_t *const end = first + nr; entry < end; entry++, descriptor += span_of(path)) {
        if (likely(!(*entry & DESCRIPTOR_VALID))) {
            *entry = descriptor;
            added++;
        } else if (is_table(*entry, path->level)) {
            break;
        }
    }
    count_more(path, added);
    if (path->level == 1)
        raise_limit(view, entry - 1);
    return (uint64_t)(entry - first);
}

hot static enum view_result map_many(struct view *view, uintptr_t base, paddr_t address, uint64_t bytes, uint64_t bits)
{
    uint64_t done = 0;
    struct path path;

    if (!prepare_map(view, base, address, bytes))
        return VIEW_FULL;
    while (done < bytes) {
        walk(view, base + done, &path);
        if (*path.entry[path.level] & DESCRIPTOR_VALID)
            done += rest_of(&path, base + done);
        else
            done += span_of(&path) * fill(view, &path, (address.addr + done) | bits |
                                          (path.level == LEVELS ? DESCRIPTOR_TABLE : DESCRIPTOR_BLOCK),
                                          entries_in(&path, base + done, bytes - done));
    }
    return VIEW_OK;
}

hot enum view_result stage2_map(struct view *view, uintptr_t base, paddr_t address, uint64_t bytes, uint32_t attr,
                                enum stage2_owner owner)
{
    const uint64_t bits = descriptor_bits(attr, owner);
    struct path path;

    walk(view, base, &path);
    if (likely(bytes == PAGE_SIZE && path.level == LEVELS && !(*path.entry[LEVELS] & DESCRIPTOR_VALID)))
        set_entry(&path, address.addr | bits | DESCRIPTOR_TABLE);
    else if (map_many(view, base, address, bytes, bits) != VIEW_OK)
        return VIEW_FULL;
    if (owner == STAGE2_FOREIGN)
        count_foreign(view, bytes >> PAGE_SHIFT);
    return VIEW_OK;
}

/* Down to the last level, with what tables are missing on the way; what is valid ends it. */
always_inline bool reach_page(struct view *view, uintptr_t page, struct path *path)
{
    walk(view, page, path);
    while (path->level < LEVELS && !(*path->entry[path->level] & DESCRIPTOR_VALID)) {
        if (unlikely(!deepen(view, path))) {
            drop_empty(view, page);
            return false;
        }
        path->level++;
        path->entry[path->level] = entry_of(table_of(*path->entry[path->level - 1]), page, path->level);
    }
    return true;
}

hot enum view_result stage2_insert_equal(struct view *view, uintptr_t page)
{
    struct path path;

    if (unlikely(!reach_page(view, page, &path)))
        return VIEW_FULL;
    if (unlikely(*path.entry[path.level] & DESCRIPTOR_VALID))
        return VIEW_BUSY;
    set_entry(&path, page | STAGE2_FOREIGN_RW | DESCRIPTOR_TABLE);
    count_foreign(view, 1);
    return VIEW_OK;
}

hot enum view_result stage2_take_equal(struct view *view, uintptr_t page)
{
    struct path path;

    walk(view, page, &path);
    if (unlikely(path.level != LEVELS || *path.entry[LEVELS] != (page | STAGE2_FOREIGN_RW | DESCRIPTOR_TABLE)))
        return VIEW_ABSENT;
    count_foreign(view, -1ull);
    clear_entry(view, &path);
    return VIEW_OK;
}

/* Of up to nr entries from the path's on, those before the first that is none of the guest's memory. */
static uint64_t count_leaves(const struct path *path, uint64_t nr)
{
    const uint64_t *const first = path->entry[path->level], *entry = first;

    while (entry < first + nr && *entry & DESCRIPTOR_VALID && !is_table(*entry, path->level))
        entry++;
    return (uint64_t)(entry - first);
}

/* All of it mapped, in entries that it covers whole. */
static enum view_result prepare_unmap(struct view *view, uintptr_t base, uint64_t bytes)
{
    for (uint64_t done = 0; done < bytes;) {
        struct path path;

        walk(view, base + done, &path);
        if (!(*path.entry[path.level] & DESCRIPTOR_VALID))
            return VIEW_ABSENT;
        const uint64_t nr = entries_in(&path, base + done, bytes - done);
        if (nr)
            done += span_of(&path) * count_leaves(&path, nr);
        else if (!deepen(view, &path))
            return VIEW_FULL;
    }
    return VIEW_OK;
}

/* Up to nr entries from the path's on, down to a table, become invalid: *gone that were not. How many were passed. */
static uint64_t drop(struct view *view, struct path *path, uint64_t nr, uint64_t *gone)
{
    uint64_t *const first = path->entry[path->level], *entry = first, valid = 0, foreign = 0;
    const uint64_t pages = span_of(path) >> PAGE_SHIFT;

    for (const uint64_t *const end = first + nr; entry < end && !is_table(*entry, path->level); entry++) {
        valid += *entry & DESCRIPTOR_VALID;
        foreign += *entry & STAGE2_FOREIGN_PAGE ? pages : 0;
        *entry = 0;
    }
    if (foreign)
        count_foreign(view, -foreign);
    *gone = valid;
    if (valid) {
        view->stale = true;
        count_fewer(view, path, valid);
    }
    return (uint64_t)(entry - first);
}

static enum view_result unmap_many(struct view *view, uintptr_t base, uint64_t bytes)
{
    const enum view_result result = prepare_unmap(view, base, bytes);
    struct path path;
    uint64_t gone;

    if (result != VIEW_OK)
        return result;
    for (uint64_t done = 0; done < bytes;) {
        walk(view, base + done, &path);
        const uint64_t size = span_of(&path);

        done += size * drop(view, &path, entries_in(&path, base + done, bytes - done), &gone);
    }
    return VIEW_OK;
}

hot enum view_result stage2_unmap(struct view *view, uintptr_t base, uint64_t bytes)
{
    struct path path;

    walk(view, base, &path);
    if (unlikely(bytes != PAGE_SIZE || path.level != LEVELS))
        return unmap_many(view, base, bytes);
    const uint64_t descriptor = *path.entry[LEVELS];
    if (unlikely(!(descriptor & DESCRIPTOR_VALID)))
        return VIEW_ABSENT;
    if (descriptor & STAGE2_FOREIGN_PAGE)
        count_foreign(view, -1ull);
    clear_entry(view, &path);
    return VIEW_OK;
}

bool stage2_drop(struct view *view, uintptr_t base, uint64_t bytes)
{
    struct path path;
    uint64_t gone;

    for (uint64_t done = 0; done < bytes;) {
        walk(view, base + done, &path);
        const unsigned level = path.level;
        const uint64_t size = span_of(&path), nr = entries_in(&path, base + done, bytes - done);

        if (nr == 0) {
            done += rest_of(&path, base + done);
            continue;
        }
        done += size * drop(view, &path, nr, &gone);
        if (level == LEVELS && gone)
            return false;
    }
    return true;
}

void stage2_clear(struct view *view)
{
    arch_empty_table(view->root);
    view->used = 1;
    view->limit = 0;
    view->free = NULL;
    view->nr_free = 0;
    count_foreign(view, -(uint64_t)view->nr_foreign);
    stage2_flush(view);
}
