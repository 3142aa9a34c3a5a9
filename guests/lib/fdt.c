/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the device tree in place: a walk over nodes in order, and the few facts every guest needs.
 * The tree comes from our own tool, so the walk trusts its structure but never runs past its end token.
 */
#include "internal.h"

enum fdt_token { FDT_BEGIN_NODE = 1, FDT_END_NODE = 2, FDT_PROP = 3, FDT_NOP = 4, FDT_END = 9 };
enum { FDT_MAGIC = (int)0xd00dfeed };
enum { HEADER_STRUCTURE = 2, HEADER_STRINGS = 3 };

struct machine machine;

uint32_t fdt_word(const void *cells, uint32_t index)
{
    uint32_t word;

    memcpy(&word, (const uint8_t *)cells + index * 4, 4);
    return __builtin_bswap32(word);
}

static uint32_t token(const uint32_t *at)
{
    return fdt_word(at, 0);
}

static const uint32_t *skip_property(const uint32_t *at)
{
    return at + 3 + (fdt_word(at, 1) + 3) / 4;
}

static const uint32_t *enter(const uint32_t *at, struct fdt_node *node)
{
    node->name = (const char *)(at + 1);
    node->properties = at + 1 + (strlen(node->name) + 4) / 4;
    at = node->properties;
    while (token(at) == FDT_PROP || token(at) == FDT_NOP)
        at = token(at) == FDT_PROP ? skip_property(at) : at + 1;
    node->next = at;
    return at;
}

bool fdt_first_node(const void *tree, struct fdt_node *node)
{
    if (tree == NULL || ((uintptr_t)tree & 3u) != 0 || fdt_word(tree, 0) != (uint32_t)FDT_MAGIC)
        return false;
    node->depth = 0;
    enter((const uint32_t *)tree + fdt_word(tree, HEADER_STRUCTURE) / 4, node);
    return true;
}

bool fdt_next_node(const void *tree, struct fdt_node *node)
{
    const uint32_t *at = node->next;

    (void)tree;
    for (uint32_t depth = node->depth;; at++) {
        switch (token(at)) {
        case FDT_BEGIN_NODE:
            node->depth = depth + 1;
            enter(at, node);
            return true;
        case FDT_END_NODE:
            if (depth == 0)
                return false;
            depth--;
            break;
        case FDT_NOP:
            break;
        default:
            return false;
        }
    }
}

const void *fdt_property(const void *tree, const struct fdt_node *node, const char *name, uint32_t *bytes)
{
    const char *strings = (const char *)tree + fdt_word(tree, HEADER_STRINGS);

    for (const uint32_t *at = node->properties; token(at) == FDT_PROP || token(at) == FDT_NOP;) {
        if (token(at) == FDT_NOP) {
            at++;
            continue;
        }
        if (strcmp(strings + fdt_word(at, 2), name) == 0) {
            *bytes = fdt_word(at, 1);
            return at + 3;
        }
        at = skip_property(at);
    }
    *bytes = 0;
    return NULL;
}

bool fdt_is_compatible(const void *tree, const struct fdt_node *node, const char *compatible)
{
    uint32_t bytes;
    const char *list = fdt_property(tree, node, "compatible", &bytes);

    for (uint32_t at = 0; at < bytes; at += (uint32_t)strlen(list + at) + 1)
        if (strcmp(list + at, compatible) == 0)
            return true;
    return false;
}

struct cells {
    uint32_t address, size;
};

static uint64_t number(const void *reg, uint32_t index, uint32_t cells)
{
    uint64_t value = fdt_word(reg, index);

    return cells == 2 ? value << 32 | fdt_word(reg, index + 1) : value;
}

static void read_memory(const struct fdt_node *node, struct cells cells)
{
    uint32_t bytes;
    const void *reg = fdt_property(machine.device_tree, node, "reg", &bytes);
    uint32_t step = cells.address + cells.size;

    for (uint32_t at = 0; (at + step) * 4 <= bytes && machine.nr_banks < MACHINE_MAX_BANKS; at += step) {
        machine.bank[machine.nr_banks].base = number(reg, at, cells.address);
        machine.bank[machine.nr_banks].size = number(reg, at + cells.address, cells.size);
        machine.nr_banks++;
    }
}

static void read_gic(const struct fdt_node *node, struct cells cells)
{
    uint32_t bytes;
    const void *reg = fdt_property(machine.device_tree, node, "reg", &bytes);
    uint32_t step = cells.address + cells.size;

    if (2 * step * 4 > bytes)
        return;
    machine.gicd = (uintptr_t)number(reg, 0, cells.address);
    machine.gicr = (uintptr_t)number(reg, step, cells.address);
}

static void read_uart(const struct fdt_node *node, struct cells cells)
{
    uint32_t bytes;
    const void *reg = fdt_property(machine.device_tree, node, "reg", &bytes);

    if (cells.address * 4 <= bytes)
        machine.uart = (uintptr_t)number(reg, 0, cells.address);
}

static void read_hypervisor(const struct fdt_node *node)
{
    uint32_t bytes;
    const void *interrupts = fdt_property(machine.device_tree, node, "interrupts", &bytes);

    if (bytes >= 12 && fdt_word(interrupts, 0) == 1) /* a PPI */
        machine.upcall_intid = fdt_word(interrupts, 1) + 16;
}

static struct cells read_cells(const struct fdt_node *root)
{
    uint32_t bytes;
    struct cells cells = {2, 2};
    const void *address = fdt_property(machine.device_tree, root, "#address-cells", &bytes);
    const void *size = fdt_property(machine.device_tree, root, "#size-cells", &bytes);

    if (address != NULL)
        cells.address = fdt_word(address, 0);
    if (size != NULL)
        cells.size = fdt_word(size, 0);
    return cells;
}

static void read_node(const struct fdt_node *node, struct cells cells)
{
    const void *tree = machine.device_tree;
    uint32_t bytes;
    const char *type = fdt_property(tree, node, "device_type", &bytes);

    if (type != NULL && strcmp(type, "memory") == 0)
        read_memory(node, cells);
    else if (type != NULL && strcmp(type, "cpu") == 0)
        machine.nr_cpus++;
    else if (fdt_is_compatible(tree, node, "arm,gic-v3"))
        read_gic(node, cells);
    else if (fdt_is_compatible(tree, node, "arm,sbsa-uart"))
        read_uart(node, cells);
    else if (fdt_is_compatible(tree, node, "xen,xen"))
        read_hypervisor(node);
    else if (node->depth == 1 && strcmp(node->name, "chosen") == 0)
        machine.bootargs = fdt_property(tree, node, "bootargs", &bytes);
}

static uint32_t domain_of(const char *bootargs)
{
    const char *key = "domain=";

    for (; *bootargs != '\0'; bootargs++)
        if (strncmp(bootargs, key, strlen(key)) == 0)
            return (uint32_t)(bootargs[strlen(key)] - '0');
    return 1;
}

void machine_read(const void *tree, uintptr_t image_base)
{
    struct fdt_node node;
    struct cells cells;

    machine.device_tree = tree;
    machine.image_base = image_base;
    machine.bootargs = "";
    machine.domain = 1;
    if (!fdt_first_node(tree, &node))
        return;
    cells = read_cells(&node);
    while (fdt_next_node(tree, &node))
        read_node(&node, cells);
    if (machine.bootargs == NULL)
        machine.bootargs = "";
    machine.domain = domain_of(machine.bootargs);
}
