/* SPDX-License-Identifier: Apache-2.0 */
#include "cover_map.h"

#include <string.h>

#include "condition.h"

static const char magic[8] = "FPCOVER1";

static bool is_sound(const struct cover_map *map)
{
    const struct cover_header *header = map->header;
    uint64_t below = 0;

    for (uint32_t i = 0; i < header->nr_branches; i++) {
        const struct cover_branch *branch = &map->branches[i];

        if (branch->address < header->text_start || branch->address >= header->text_end || branch->address < below ||
            branch->test >= NR_BRANCH_TESTS || branch->code > 31 || branch->bit > 63) {
            return false;
        }
        below = branch->address + 1;
    }
    return true;
}

bool cover_map_take(struct cover_map *map, void *bytes, size_t size, const char **why)
{
    struct cover_header *header = bytes;

    if (size < sizeof(*header) || memcmp(header->magic, magic, sizeof(magic)) != 0) {
        *why = "not a coverage map";
        return false;
    }
    const uint64_t text_bytes = header->text_end - header->text_start;
    if (header->text_end < header->text_start || text_bytes > size * (uint64_t)2 ||
        size != sizeof(*header) + text_bytes / 2 + header->nr_branches * (sizeof(struct cover_branch) + 2)) {
        *why = "the size does not match the header";
        return false;
    }
    map->header = header;
    map->branches = (struct cover_branch *)(header + 1);
    map->executed = (uint8_t *)(map->branches + header->nr_branches);
    map->directions = (uint8_t(*)[2])(map->executed + text_bytes / 2);
    if (!is_sound(map)) {
        *why = "a branch is out of order, outside the text or of an unknown kind";
        return false;
    }
    return true;
}

uint8_t *cover_map_executed(const struct cover_map *map, uint64_t address)
{
    if (address < map->header->text_start || address >= map->header->text_end) {
        return NULL;
    }
    return &map->executed[(address - map->header->text_start) / 2];
}

struct cover_branch *cover_map_branch(const struct cover_map *map, uint64_t address)
{
    uint32_t low = 0, high = map->header->nr_branches;

    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;

        if (map->branches[middle].address < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < map->header->nr_branches && map->branches[low].address == address ? &map->branches[low] : NULL;
}

uint8_t *cover_map_directions(const struct cover_map *map, const struct cover_branch *branch)
{
    return map->directions[branch - map->branches];
}
