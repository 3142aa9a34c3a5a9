/* SPDX-License-Identifier: Apache-2.0 */
/* What stage 2 tables say of an address, and of the next one that is mapped. */
#include "stage2_walk.h"

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

hot bool stage2_next(const struct view *view, uintptr_t address, struct stage2_leaf *leaf)
{
    while (address < view->limit) {
        struct path path;

        walk(view, address, &path);
        if (*path.entry[path.level] & DESCRIPTOR_VALID) {
            describe(&path, address, leaf);
            return true;
        }
        const uint64_t size = span_of(&path);
        const uint64_t *entry = path.entry[path.level];

        address &= ~(size - 1);
        do {
            address += size;
            entry++;
        } while (address & (size * ENTRIES - 1) && !(*entry & DESCRIPTOR_VALID));
    }
    return false;
}
