// SPDX-License-Identifier: Apache-2.0
#include "tree.h"

#include "diag.h"

#include <stdio.h>
#include <string.h>

uint64_t tree_number(const fdt32_t *cell, unsigned nr)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < nr; i++)
        number = number << 32 | fdt32_ld(cell + i);
    return number;
}

const char *tree_path(const void *fdt, int node)
{
    static char paths[8][512];
    static unsigned turn;
    char *path = paths[turn++ % 8];

    if (fdt_get_path(fdt, node, path, sizeof(paths[0])) != 0)
        snprintf(path, sizeof(paths[0]), "(node at offset %d)", node);
    return path;
}

bool tree_has(const void *fdt, int node, const char *property)
{
    return fdt_getprop(fdt, node, property, NULL) != NULL;
}

bool tree_is_compatible(const void *fdt, int node, const char *compatible)
{
    return fdt_node_check_compatible(fdt, node, compatible) == 0;
}

bool tree_read_u32(const void *fdt, int node, const char *property, uint32_t *value)
{
    int length;
    const void *data = fdt_getprop(fdt, node, property, &length);

    if (!data)
        return false;
    if (length != 4) {
        diag_error(tree_path(fdt, node), property, "%d bytes: must be one cell", length);
        return false;
    }
    *value = (uint32_t)tree_number(data, 1);
    return true;
}

bool tree_read_u64(const void *fdt, int node, const char *property, uint64_t *value)
{
    int length;
    const void *data = fdt_getprop(fdt, node, property, &length);

    if (!data)
        return false;
    if (length != 8) {
        diag_error(tree_path(fdt, node), property, "%d bytes: must be two cells", length);
        return false;
    }
    *value = tree_number(data, 2);
    return true;
}

const char *tree_read_string(const void *fdt, int node, const char *property)
{
    int length;
    const char *text = fdt_getprop(fdt, node, property, &length);

    if (!text)
        return NULL;
    if (length < 1 || strnlen(text, (size_t)length) != (size_t)length - 1) {
        diag_error(tree_path(fdt, node), property, "%d bytes: must be one string", length);
        return NULL;
    }
    return text;
}

bool tree_read_flag(const void *fdt, int node, const char *property)
{
    int length;

    if (!fdt_getprop(fdt, node, property, &length))
        return false;
    if (length != 0)
        diag_error(tree_path(fdt, node), property, "%d bytes: a boolean has no value", length);
    return true;
}

static unsigned read_cell_count(const void *fdt, int node, const char *property)
{
    uint32_t count = 0;

    if (!tree_has(fdt, node, property))
        diag_error(tree_path(fdt, node), property, "missing: must be 1 or 2");
    else if (tree_read_u32(fdt, node, property, &count) && (count < 1 || count > 2))
        diag_error(tree_path(fdt, node), property, "%u: must be 1 or 2", count);
    return count == 1 || count == 2 ? count : 0;
}

struct cells tree_read_cells(const void *fdt, int node)
{
    struct cells cells;

    cells.address = read_cell_count(fdt, node, "#address-cells");
    cells.size = read_cell_count(fdt, node, "#size-cells");
    return cells;
}

static bool read_span(const void *fdt, int node, const char *property, struct cells cells,
                      const fdt32_t *data, struct span *span)
{
    uint64_t base = tree_number(data, cells.address);
    uint64_t size = tree_number(data + cells.address, cells.size);

    *span = (struct span){base, base + size};
    if (size != 0 && base + size > base)
        return true;
    diag_error(tree_path(fdt, node), property, "<0x%llx 0x%llx>: a range must have a size and must not wrap",
               (unsigned long long)base, (unsigned long long)size);
    return false;
}

int tree_read_spans(const void *fdt, int node, const char *property, struct cells cells, struct span *spans,
                    unsigned max)
{
    int length;
    const fdt32_t *data = fdt_getprop(fdt, node, property, &length);
    unsigned each = cells.address + cells.size;
    unsigned nr;
    bool good = true;

    if (!data)
        return 0;
    if (cells.address == 0 || cells.size == 0)
        return -1;
    if (length <= 0 || (unsigned)length % (each * 4) != 0) {
        diag_error(tree_path(fdt, node), property,
                   "%d bytes: must be a list of (address, size) of %u + %u cells", length, cells.address,
                   cells.size);
        return -1;
    }
    nr = (unsigned)length / (each * 4);
    if (nr > max) {
        diag_error(tree_path(fdt, node), property, "%u ranges: at most %u", nr, max);
        return -1;
    }
    for (unsigned i = 0; i < nr; i++)
        good = read_span(fdt, node, property, cells, data + i * each, &spans[i]) && good;
    return good ? (int)nr : -1;
}
