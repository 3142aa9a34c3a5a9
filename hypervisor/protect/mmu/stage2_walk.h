/* SPDX-License-Identifier: Apache-2.0 */
/* The way to a descriptor of a stage 2 table: inside of stage2.c and stage2_look.c. */
#ifndef MMU_STAGE2_WALK_H
#define MMU_STAGE2_WALK_H

#include "mmu_unit.h"

enum { ENTRIES = 512, ENTRY_BITS = 9, LEVELS = 3 };

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

always_inline uint64_t span_of(const struct path *path)
{
    return 1ull << shift_of(path->level);
}

#endif
