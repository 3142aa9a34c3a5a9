/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage 2 tables. A descriptor of a table counts in its bits 11:2, which the hardware ignores, the valid entries below
 * it, so that an empty table is known and goes back to the pool. Bit 55, for software, marks pages of others.
 *
 * Order (Arm DDI 0487, Break-before-make): nothing becomes valid over something valid. A block that is split is invalid
 * and out of the TLBs before its table takes its place; a table is out of the TLBs before it is used again.
 */
#include "hv/arch.h"
#include "hv/panic.h"
#include "mmu_unit.h"

enum { ENTRIES = 512, ENTRY_BITS = 9, LEVELS = 3, COUNT_SHIFT = 2 };

#define COUNT_ONE (1ull << COUNT_SHIFT)
#define COUNT_MASK (0x3ffull << COUNT_SHIFT)

#define STAGE2_READ (1ull << 6)
#define STAGE2_WRITE (1ull << 7)
#define STAGE2_NORMAL (0xfull << 2)
#define STAGE2_DEVICE (1ull << 2) /* nGnRE */
#define STAGE2_XN (1ull << 54)
#define STAGE2_FOREIGN_PAGE (1ull << 55)

/* The descriptors on the way to an address, by level; `level` is that of the last. */
struct path {
    uint64_t *entry[LEVELS + 1];
    unsigned level;
};

always_inline unsigned shift_of(unsigned level)
{
    return PAGE_SHIFT + ENTRY_BITS * (LEVELS - level);
}

always_inline uint64_t *entry_of(uint64_t *table, uintptr_t address, unsigned level)
{
    return &table[address >> shift_of(level) & (ENTRIES - 1)];
}

always_inline uint64_t *table_of(uint64_t descriptor)
{
    return (uint64_t *)(descriptor & DESCRIPTOR_ADDRESS);
}

always_inline bool is_table(uint64_t descriptor, unsigned level)
{
    return level < LEVELS && (descriptor & DESCRIPTOR_TYPE) == DESCRIPTOR_TABLE;
}

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
    arch_zero_words((uint32_t *)table, (uint32_t *)(table + ENTRIES));
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
    __asm__ volatile("dsb ishst\n\ttlbi vmalls12e1is\n\tdsb ish\n\tisb" ::: "memory");
    if (loaded != view->vttbr) {
        WRITE_SYSREG(vttbr_el2, loaded);
        arch_isb();
    }
    view->stale = false;
}

bool stage2_init(struct view *view, uint64_t *pool, uint32_t nr_tables, uint32_t vmid)
{
    if (nr_tables == 0)
        return false;
    view->root = pool;
    view->nr_tables = nr_tables;
    view->used = 1;
    arch_zero_words((uint32_t *)pool, (uint32_t *)(pool + ENTRIES));
    view->vttbr = (uint64_t)vmid << 48 | (uintptr_t)pool;
    return true;
}

/* The descriptors down to the last that exists. */
always_inline void walk(const struct view *view, uintptr_t address, struct path *path)
{
    uint64_t *table = view->root;
    unsigned level = 1;

    for (;;) {
        uint64_t *const entry = entry_of(table, address, level);

        path->entry[level] = entry;
        if (!is_table(*entry, level))
            break;
        table = table_of(*entry);
        level++;
    }
    path->level = level;
}

/* The entry at the end of the path becomes valid. */
always_inline void set_entry(struct path *path, uint64_t descriptor)
{
    *path->entry[path->level] = descriptor;
    if (path->level > 1)
        *path->entry[path->level - 1] += COUNT_ONE;
}

/* It becomes invalid, and a table that is empty then goes with it. */
always_inline void clear_entry(struct view *view, struct path *path)
{
    *path->entry[path->level] = 0;
    view->stale = true;
    while (path->level > 1) {
        uint64_t *const parent = path->entry[path->level - 1];

        *parent -= COUNT_ONE;
        if (likely(*parent & COUNT_MASK))
            return;
        uint64_t *const table = table_of(*parent);
        *parent = 0;
        give_table(view, table);
        path->level--;
    }
}

/* A table in the place of nothing, or of a block, at the end of the path. */
static bool deepen(struct view *view, struct path *path)
{
    const unsigned level = path->level;
    uint64_t *const entry = path->entry[level], block = *entry, *const table = take_table(view);
    const uint64_t type = level + 1 == LEVELS ? DESCRIPTOR_TABLE : DESCRIPTOR_BLOCK;

    if (table == NULL)
        return false;
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

always_inline uint64_t span_of(const struct path *path)
{
    return 1ull << shift_of(path->level);
}

/* From `at` to the end of the path's entry. */
always_inline uint64_t rest_of(const struct path *path, uintptr_t at)
{
    return span_of(path) - (at & (span_of(path) - 1));
}

/* Tables at the end of the path to the address that hold nothing go back. */
static void drop_empty(struct view *view, uintptr_t address)
{
    struct path path;

    for (walk(view, address, &path); path.level > 1; path.level--) {
        uint64_t *const parent = path.entry[path.level - 1];

        if (*parent & COUNT_MASK)
            return;
        uint64_t *const table = table_of(*parent);
        *parent = 0;
        if (path.level > 2)
            *path.entry[path.level - 2] -= COUNT_ONE;
        give_table(view, table);
    }
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
        done += rest_of(&path, base + done);
    }
    return true;
}

enum view_result stage2_map(struct view *view, uintptr_t base, paddr_t address, uint64_t bytes, uint32_t attr,
                            enum stage2_owner owner)
{
    const uint64_t bits = descriptor_bits(attr, owner);
    struct path path;

    if (!prepare_map(view, base, address, bytes))
        return VIEW_FULL;
    for (uint64_t done = 0; done < bytes; done += rest_of(&path, base + done)) {
        walk(view, base + done, &path);
        if (*path.entry[path.level] & DESCRIPTOR_VALID)
            continue;
        set_entry(&path, (address.addr + done) | bits | (path.level == LEVELS ? DESCRIPTOR_TABLE : DESCRIPTOR_BLOCK));
    }
    if (owner == STAGE2_FOREIGN)
        view->nr_foreign += (uint32_t)(bytes >> PAGE_SHIFT);
    return VIEW_OK;
}

/* All of it mapped, in entries that it covers whole. */
static enum view_result prepare_unmap(struct view *view, uintptr_t base, uint64_t bytes)
{
    for (uint64_t done = 0; done < bytes;) {
        struct path path;

        walk(view, base + done, &path);
        if (!(*path.entry[path.level] & DESCRIPTOR_VALID))
            return VIEW_ABSENT;
        if ((base + done) % span_of(&path) || bytes - done < span_of(&path)) {
            if (!deepen(view, &path))
                return VIEW_FULL;
            continue;
        }
        done += span_of(&path);
    }
    return VIEW_OK;
}

hot enum view_result stage2_unmap(struct view *view, uintptr_t base, uint64_t bytes)
{
    const enum view_result result = prepare_unmap(view, base, bytes);
    uint64_t size;

    if (result != VIEW_OK)
        return result;
    for (uint64_t done = 0; done < bytes; done += size) {
        struct path path;

        walk(view, base + done, &path);
        size = span_of(&path);
        if (*path.entry[path.level] & STAGE2_FOREIGN_PAGE)
            view->nr_foreign -= (uint32_t)(size >> PAGE_SHIFT);
        clear_entry(view, &path);
    }
    return VIEW_OK;
}

static void describe(const struct path *path, uintptr_t address, struct stage2_leaf *leaf)
{
    const uint64_t descriptor = *path->entry[path->level], size = span_of(path);

    leaf->base = address & ~(size - 1);
    leaf->bytes = size;
    leaf->address = (paddr_t){descriptor & DESCRIPTOR_ADDRESS & ~(size - 1)};
    leaf->foreign = descriptor & STAGE2_FOREIGN_PAGE;
}

bool stage2_find(const struct view *view, uintptr_t address, struct stage2_leaf *leaf)
{
    struct path path;

    if (address >> VIEW_ADDRESS_BITS)
        return false;
    walk(view, address, &path);
    if (!(*path.entry[path.level] & DESCRIPTOR_VALID))
        return false;
    describe(&path, address, leaf);
    return true;
}

bool stage2_next(const struct view *view, uintptr_t address, struct stage2_leaf *leaf)
{
    while (!(address >> VIEW_ADDRESS_BITS)) {
        struct path path;

        walk(view, address, &path);
        if (*path.entry[path.level] & DESCRIPTOR_VALID) {
            describe(&path, address, leaf);
            return true;
        }
        address = (address & ~(span_of(&path) - 1)) + span_of(&path);
    }
    return false;
}

void stage2_clear(struct view *view)
{
    arch_zero_words((uint32_t *)view->root, (uint32_t *)(view->root + ENTRIES));
    view->used = 1;
    view->free = NULL;
    view->nr_free = 0;
    view->nr_foreign = 0;
    stage2_flush(view);
}
