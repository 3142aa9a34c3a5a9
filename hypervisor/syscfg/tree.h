/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a device tree that may hold anything. Every function copes with properties of any length; what is
 * there but malformed is reported here, so that callers only decide what a missing one means.
 */
#ifndef SYSCFG_TREE_H
#define SYSCFG_TREE_H

#include <libfdt.h>
#include <stdbool.h>
#include <stdint.h>

/* Half-open. A range that ends at the top of a 32-bit address space has limit 2^32. */
struct span {
    uint64_t base;
    uint64_t limit;
};

#define SPAN_FORMAT "[0x%llx, 0x%llx)"
#define SPAN_VALUES(span) (unsigned long long)(span).base, (unsigned long long)(span).limit

static inline bool span_overlaps(struct span a, struct span b)
{
    return a.base < b.limit && b.base < a.limit;
}

static inline bool span_holds(struct span outer, struct span inner)
{
    return inner.base >= outer.base && inner.limit <= outer.limit;
}

/* #address-cells and #size-cells as one node gives them to properties and children; 0: absent or not 1 or 2. */
struct cells {
    unsigned address;
    unsigned size;
};

/* A number of `nr` big-endian cells (1 or 2). */
uint64_t tree_number(const fdt32_t *cell, unsigned nr);

/* Full path, valid until the eighth call after this one. */
const char *tree_path(const void *fdt, int node);

bool tree_has(const void *fdt, int node, const char *property);
bool tree_is_compatible(const void *fdt, int node, const char *compatible);

/* True and *value set if the property is there and well formed; false and an error if it is malformed. */
bool tree_read_u32(const void *fdt, int node, const char *property, uint32_t *value);
bool tree_read_u64(const void *fdt, int node, const char *property, uint64_t *value);
/* NULL if absent or malformed. */
const char *tree_read_string(const void *fdt, int node, const char *property);
/* A boolean: present and empty. */
bool tree_read_flag(const void *fdt, int node, const char *property);

/* The node's own cells; an error if a property of it or a child needs them and they are not there. */
struct cells tree_read_cells(const void *fdt, int node);

/*
 * A list of (address, size). Returns how many were written to `spans`, or -1 after an error: wrong length,
 * size 0, end beyond 2^64, more than `max`. Absent: 0.
 */
int tree_read_spans(const void *fdt, int node, const char *property, struct cells cells, struct span *spans,
                    unsigned max);

#endif
