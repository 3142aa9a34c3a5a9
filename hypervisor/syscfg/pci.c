// SPDX-License-Identifier: Apache-2.0
/*
 * PCI functions as devices of a domain: board nodes below a host bridge whose configuration space is memory. The registers
 * of a function are its page of configuration space, then the memory behind its base addresses (assigned-addresses); its
 * interrupt comes out where the bridge's interrupt-map says. Source: IEEE 1275 PCI bus binding, Devicetree Specification.
 */
#include "model.h"

#include "diag.h"

#include <string.h>

enum {
    ADDRESS_CELLS = 3, /* <flags-and-function high low> */
    SIZE_CELLS = 2,
    IRQ_CELLS = 3, /* of the interrupt controller */
    FUNCTION_BYTES = 4096,

    SPACE_SHIFT = 24, /* of the first cell */
    SPACE_MASK = 3,
    SPACE_MEMORY = 2, /* 32 bits; 3: 64 bits */
};

/* Its host bridge; < 0: it is no PCI function. */
static int bridge_of(const void *fdt, int node)
{
    int parent = node < 0 ? -1 : fdt_parent_offset(fdt, node);
    const char *type = parent < 0 ? NULL : tree_read_string(fdt, parent, "device_type");

    return type && strcmp(type, "pci") == 0 ? parent : -1;
}

bool pci_is_function(const void *fdt, int node)
{
    return bridge_of(fdt, node) >= 0;
}

/* A property that is a list of `each` cells: how many of them; 0 and perhaps an error where there is none. */
static int read_list(const void *fdt, int node, const char *property, unsigned each, const fdt32_t **data)
{
    int length;

    *data = fdt_getprop(fdt, node, property, &length);
    if (!*data)
        return 0;
    if (length > 0 && (unsigned)length % (4 * each) == 0)
        return length / (int)(4 * each);
    diag_error(tree_path(fdt, node), property, "%d bytes: must be a list of %u cells each", length, each);
    return 0;
}

static uint32_t cell(const fdt32_t *data, unsigned index)
{
    return (uint32_t)tree_number(data + index, 1);
}

uint32_t pci_requester(const void *fdt, int node)
{
    const fdt32_t *reg;

    if (read_list(fdt, node, "reg", ADDRESS_CELLS + SIZE_CELLS, &reg) > 0)
        return cell(reg, 0) >> 8 & 0xffff;
    diag_error(tree_path(fdt, node), "reg", "missing: must be that of a PCI function");
    return 0;
}

static struct cells cells_above(const void *fdt, int bridge)
{
    return tree_read_cells(fdt, fdt_parent_offset(fdt, bridge));
}

/* Its page of the bridge's configuration space, whose first one is that of the first bus. */
static bool read_configuration(const void *fdt, int node, int bridge, struct span *span)
{
    const fdt32_t *buses;
    const uint32_t first = read_list(fdt, bridge, "bus-range", 2, &buses) > 0 ? cell(buses, 0) << 8 : 0;
    const uint32_t requester = pci_requester(fdt, node);
    struct span all;

    if (tree_read_spans(fdt, bridge, "reg", cells_above(fdt, bridge), &all, 1) != 1)
        return false;
    span->base = all.base + (uint64_t)(requester - first) * FUNCTION_BYTES;
    span->limit = span->base + FUNCTION_BYTES;
    if (requester >= first && span_holds(all, *span))
        return true;
    diag_error(tree_path(fdt, node), "reg", "function 0x%x: lies outside the configuration space " SPAN_FORMAT " of %s", requester,
               SPAN_VALUES(all), tree_path(fdt, bridge));
    return false;
}

/* What the bridge's ranges make of memory on its bus. */
static bool translate(const void *fdt, int bridge, uint32_t space, struct span bus, struct span *span)
{
    const struct cells above = cells_above(fdt, bridge);
    const unsigned each = ADDRESS_CELLS + above.address + SIZE_CELLS;
    const fdt32_t *data;
    const int nr = above.address == 0 ? 0 : read_list(fdt, bridge, "ranges", each, &data);

    for (int i = 0; i < nr; i++, data += each) {
        const uint64_t base = tree_number(data + 1, 2), parent = tree_number(data + ADDRESS_CELLS, above.address);
        const struct span window = {base, base + tree_number(data + ADDRESS_CELLS + above.address, SIZE_CELLS)};

        if ((cell(data, 0) >> SPACE_SHIFT & SPACE_MASK) != space || !span_holds(window, bus))
            continue;
        *span = (struct span){parent + (bus.base - base), parent + (bus.limit - base)};
        return true;
    }
    return false;
}

static bool read_memory(const void *fdt, int node, int bridge, const fdt32_t *assigned, struct span *span)
{
    const uint32_t space = cell(assigned, 0) >> SPACE_SHIFT & SPACE_MASK;
    const uint64_t base = tree_number(assigned + 1, 2), bytes = tree_number(assigned + ADDRESS_CELLS, SIZE_CELLS);
    const struct span bus = {base, base + bytes};

    if (space >= SPACE_MEMORY && bus.limit > bus.base && translate(fdt, bridge, space, bus, span))
        return true;
    diag_error(tree_path(fdt, node), "assigned-addresses", "<0x%x ... 0x%llx ... 0x%llx>: must be memory inside the ranges of %s",
               cell(assigned, 0), (unsigned long long)base, (unsigned long long)bytes, tree_path(fdt, bridge));
    return false;
}

int pci_read_reg(const void *fdt, int node, struct span *spans, unsigned max)
{
    const int bridge = bridge_of(fdt, node);
    const fdt32_t *assigned;
    const int nr = read_list(fdt, node, "assigned-addresses", ADDRESS_CELLS + SIZE_CELLS, &assigned);

    if ((unsigned)nr >= max || !read_configuration(fdt, node, bridge, &spans[0]))
        return -1;
    for (int i = 0; i < nr; i++)
        if (!read_memory(fdt, node, bridge, assigned + i * (ADDRESS_CELLS + SIZE_CELLS), &spans[1 + i]))
            return -1;
    return 1 + nr;
}

/* The address cells of what an entry of the interrupt-map refers to: none where it says none. */
static unsigned controller_cells(const void *fdt, uint32_t phandle)
{
    const int node = phandle == 0 || phandle > FDT_MAX_PHANDLE ? -1 : fdt_node_offset_by_phandle(fdt, phandle);
    uint32_t count = 0;

    return node >= 0 && tree_read_u32(fdt, node, "#address-cells", &count) && count <= 2 ? count : 0;
}

static bool is_entry_for(const fdt32_t *entry, const fdt32_t *mask, const fdt32_t *reg, uint32_t pin)
{
    for (unsigned i = 0; i < ADDRESS_CELLS; i++)
        if ((cell(entry, i) ^ cell(reg, i)) & cell(mask, i))
            return false;
    return ((cell(entry, ADDRESS_CELLS) ^ pin) & cell(mask, ADDRESS_CELLS)) == 0;
}

/* Walks the entries, whose length the controller of each decides. */
static const fdt32_t *find_entry(const void *fdt, int bridge, const fdt32_t *mask, const fdt32_t *reg, uint32_t pin)
{
    const fdt32_t *data;
    int left = read_list(fdt, bridge, "interrupt-map", 1, &data);

    while (left >= ADDRESS_CELLS + 2) {
        const unsigned at = ADDRESS_CELLS + 2 + controller_cells(fdt, cell(data, ADDRESS_CELLS + 1));

        if (left < (int)at + IRQ_CELLS)
            return NULL;
        if (is_entry_for(data, mask, reg, pin))
            return data + at;
        data += at + IRQ_CELLS;
        left -= (int)at + IRQ_CELLS;
    }
    return NULL;
}

const fdt32_t *pci_interrupt(const void *fdt, int node)
{
    const int bridge = bridge_of(fdt, node);
    const fdt32_t *mask, *reg, *found = NULL;
    uint32_t pin;

    if (!tree_read_u32(fdt, node, "interrupts", &pin))
        return NULL;
    if (read_list(fdt, bridge, "interrupt-map-mask", ADDRESS_CELLS + 1, &mask) > 0 &&
        read_list(fdt, node, "reg", ADDRESS_CELLS + SIZE_CELLS, &reg) > 0)
        found = find_entry(fdt, bridge, mask, reg, pin);
    if (!found)
        diag_error(tree_path(fdt, node), "interrupts", "<%u>: must have an entry in the interrupt-map of %s", pin,
                   tree_path(fdt, bridge));
    return found;
}
