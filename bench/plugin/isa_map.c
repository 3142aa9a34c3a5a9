/* SPDX-License-Identifier: Apache-2.0 */
#include "isa_map.h"

#include <inttypes.h>
#include <string.h>

bool isa_map_read(struct isa_map *map, FILE *in, const char **why)
{
    char line[64], kind;
    uint64_t address;

    map->nr_spans = 0;
    while (fgets(line, sizeof(line), in)) {
        if (sscanf(line, "%" SCNx64 " %c", &address, &kind) != 2 || !strchr("atx", kind)) {
            *why = "a line is not `ADDRESS` and a, t or x";
            return false;
        }
        if (map->nr_spans > 0 && map->spans[map->nr_spans - 1].address >= address) {
            *why = "addresses do not ascend";
            return false;
        }
        if (map->nr_spans == MAX_ISA_SPANS) {
            *why = "too many lines";
            return false;
        }
        map->spans[map->nr_spans++] = (struct isa_span){
            address, kind == 't' ? ISA_T32 : kind == 'x' ? ISA_A64 : ISA_A32};
    }
    return true;
}

enum isa isa_at(const struct isa_map *map, uint64_t address)
{
    unsigned low = 0, high = map->nr_spans;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (map->spans[middle].address <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? ISA_A32 : map->spans[low - 1].isa;
}
