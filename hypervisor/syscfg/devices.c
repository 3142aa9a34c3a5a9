// SPDX-License-Identifier: Apache-2.0
/*
 * Passed-through devices: the nodes below /passthrough of a domain's partial tree. That tree is the file
 * given by --passthrough, or without it the "passthrough" child of the module node itself.
 */
#include "model.h"

#include "diag.h"

#include <stdio.h>
#include <stdlib.h>

enum { GIC_SPI_TYPE = 0, GIC_FIRST_SPI = 32, GIC_LAST_SPI = 1019, IRQ_EDGE_BOTH = 3, IRQ_CELLS = 3 };

/* A checked tree in memory that lives until the end of the run, or NULL after an error. */
static const void *load_tree(const struct domain *domain, const char *file)
{
    const size_t most = 1u << 20;
    FILE *stream = fopen(file, "rb");
    void *fdt = malloc(most);
    size_t bytes = stream && fdt ? fread(fdt, 1, most, stream) : 0;

    if (stream)
        fclose(stream);
    if (bytes > 0 && fdt_check_full(fdt, bytes) == 0)
        return fdt;
    free(fdt);
    diag_error(domain->path, "--passthrough", "%s: is not a device tree", file);
    return NULL;
}

static void find_passthrough(const struct system *system, struct domain *domain)
{
    const struct module *module = &domain->partial_tree;

    if (module->file) {
        int gic;

        domain->partial_fdt = load_tree(domain, module->file);
        if (!domain->partial_fdt)
            return;
        domain->passthrough = fdt_path_offset(domain->partial_fdt, "/passthrough");
        gic = fdt_path_offset(domain->partial_fdt, "/gic");
        if (gic >= 0 && fdt_get_phandle(domain->partial_fdt, gic) != 0)
            domain->gic_phandle = fdt_get_phandle(domain->partial_fdt, gic);
    } else {
        domain->partial_fdt = system->fdt;
        domain->passthrough = fdt_subnode_offset(system->fdt, module->node, "passthrough");
    }
    if (domain->passthrough < 0)
        diag_error(tree_path(system->fdt, module->node), "/passthrough",
                   "missing: give --passthrough %s=FILE.dtb with that node, or put it below this one", domain->name);
}

static void add_irq(struct domain *domain, const char *path, const fdt32_t *interrupt)
{
    uint32_t type = (uint32_t)tree_number(interrupt, 1);
    uint32_t number = (uint32_t)tree_number(interrupt + 1, 1);
    uint32_t flags = (uint32_t)tree_number(interrupt + 2, 1);
    uint32_t intid = number + GIC_FIRST_SPI;

    if (type != GIC_SPI_TYPE || number > GIC_LAST_SPI - GIC_FIRST_SPI) {
        diag_error(path, "interrupts", "<%u %u 0x%x>: only an SPI can be passed through", type, number, flags);
        return;
    }
    for (unsigned i = 0; i < domain->nr_irqs; i++)
        if (domain->irqs[i].intid == intid)
            return;
    if (domain->nr_irqs == MAX_IRQS) {
        diag_error(domain->path, "interrupts", "one SPI too many: at most %d", MAX_IRQS);
        return;
    }
    domain->irqs[domain->nr_irqs++] =
        (struct config_irq){.intid = (uint16_t)intid, .edge = (flags & IRQ_EDGE_BOTH) != 0};
}

static void read_irqs(const struct system *system, struct domain *domain, int host)
{
    const char *path = tree_path(system->fdt, host);
    int length;
    const fdt32_t *data = fdt_getprop(system->fdt, host, "interrupts", &length);

    if (!data)
        return;
    if (length % (4 * IRQ_CELLS) != 0) {
        diag_error(path, "interrupts", "%d bytes: must be a list of <type number flags>", length);
        return;
    }
    for (int i = 0; i < length / 4; i += IRQ_CELLS)
        add_irq(domain, path, data + i);
}

/* The registers that are mapped must be the named device's own, not a neighbour's. */
static bool lies_in_host_device(const struct system *system, int host, struct span span)
{
    int parent = fdt_parent_offset(system->fdt, host);
    struct cells cells = {0, 0};
    struct span reg[8];
    int nr;

    if (parent >= 0)
        cells = tree_read_cells(system->fdt, parent);
    nr = tree_read_spans(system->fdt, host, "reg", cells, reg, ARRAY_SIZE(reg));
    for (int i = 0; i < nr; i++) {
        struct span pages = {reg[i].base & ~(uint64_t)(PAGE_SIZE - 1),
                             (reg[i].limit + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1)};

        if (span_holds(pages, span))
            return true;
    }
    return false;
}

static void add_region(const struct system *system, struct domain *domain, int node, int host, uint64_t base,
                       uint64_t bytes, uint64_t guest)
{
    const char *path = tree_path(domain->partial_fdt, node);
    struct span span = {base, base + bytes};

    if (bytes == 0 || span.limit <= base || span.limit > UINT64_C(1) << 32 || (base | bytes) % PAGE_SIZE != 0) {
        diag_error(path, "xen,reg", "<0x%llx 0x%llx>: must be multiples of 4 KiB, have a size, and end below 2^32",
                   (unsigned long long)base, (unsigned long long)bytes);
        return;
    }
    if (guest != base)
        diag_error(path, "xen,reg", "host 0x%llx, guest 0x%llx: must be equal in a direct-mapped domain",
                   (unsigned long long)base, (unsigned long long)guest);
    if (host >= 0 && !lies_in_host_device(system, host, span))
        diag_error(path, "xen,reg", SPAN_FORMAT ": must lie inside the reg of %s", SPAN_VALUES(span),
                   tree_path(system->fdt, host));
    if (domain->nr_devices == MAX_DEVICES) {
        diag_error(domain->path, "xen,reg", "one device region too many: at most %d", MAX_DEVICES);
        return;
    }
    domain->devices[domain->nr_devices++] = (struct device){.span = span, .node = node, .host = host};
}

static void read_regions(const struct system *system, struct domain *domain, int parent, int node, int host)
{
    struct cells cells = tree_read_cells(domain->partial_fdt, parent);
    unsigned each = 2 * cells.address + cells.size;
    int length;
    const fdt32_t *data = fdt_getprop(domain->partial_fdt, node, "xen,reg", &length);

    if (cells.address == 0 || cells.size == 0)
        return;
    if (length <= 0 || (unsigned)length % (4 * each) != 0) {
        diag_error(tree_path(domain->partial_fdt, node), "xen,reg",
                   "%d bytes: must be a list of <host size guest>, %u + %u + %u cells", length, cells.address,
                   cells.size, cells.address);
        return;
    }
    for (const fdt32_t *at = data; at < data + length / 4; at += each)
        add_region(system, domain, node, host, tree_number(at, cells.address),
                   tree_number(at + cells.address, cells.size),
                   tree_number(at + cells.address + cells.size, cells.address));
}

/* No IOMMU anywhere: a device that may master the bus reaches everything, so somebody must have said "trusted". */
static void check_trust(const struct system *system, struct domain *domain, int node, int host)
{
    const char *path = tree_path(domain->partial_fdt, node);

    if (host >= 0 && tree_has(system->fdt, host, "fencepost,no-dma"))
        return;
    if (!tree_read_flag(domain->partial_fdt, node, "xen,force-assign-without-iommu")) {
        diag_error(path, "xen,force-assign-without-iommu",
                   "missing: no IOMMU and no bus firewall stops the device, so the assignment must be forced");
        return;
    }
    domain->flags |= DOMAIN_TRUSTED_DMA;
    diag_warn(path, NULL, "%s is TRUSTED: its device %s may master the bus, and neither IOMMU nor firewall stops it",
              domain->path, host >= 0 ? tree_path(system->fdt, host) : path);
}

static void read_device(const struct system *system, struct domain *domain, int parent, int node)
{
    const void *fdt = domain->partial_fdt;
    const char *path = tree_path(fdt, node);
    const char *host_path = tree_read_string(fdt, node, "xen,path");
    int host = host_path ? fdt_path_offset(system->fdt, host_path) : -1;

    if (!tree_has(fdt, node, "xen,reg")) {
        if (tree_has(fdt, node, "xen,path"))
            diag_error(path, "xen,reg", "missing: xen,path needs it");
        return;
    }
    if (host_path && host < 0)
        diag_error(path, "xen,path", "\"%s\": no such node in the board's tree", host_path);
    check_trust(system, domain, node, host);
    read_regions(system, domain, parent, node, host);
    if (host >= 0)
        read_irqs(system, domain, host);
}

static void read_below(const struct system *system, struct domain *domain, int parent, int depth)
{
    int node;

    if (depth == 0)
        return;
    fdt_for_each_subnode(node, domain->partial_fdt, parent) {
        read_device(system, domain, parent, node);
        read_below(system, domain, node, depth - 1);
    }
}

void devices_read(struct system *system, struct domain *domain)
{
    domain->gic_phandle = system->board.gic_phandle;
    if (domain->partial_tree.node < 0)
        return;
    find_passthrough(system, domain);
    if (domain->passthrough >= 0)
        read_below(system, domain, domain->passthrough, 8);
    if (fdt_getprop(system->fdt, domain->node, "passthrough", NULL))
        diag_error(domain->path, "passthrough", "has no effect with a partial device tree: must be absent");
}

static void check_irq_of_console(const struct system *system, const struct domain *domain)
{
    int length;
    const fdt32_t *data = fdt_getprop(system->fdt, system->board.console, "interrupts", &length);

    for (int at = 0; data && at + IRQ_CELLS <= length / 4; at += IRQ_CELLS)
        for (unsigned i = 0; i < domain->nr_irqs; i++)
            if (tree_number(data + at, 1) == GIC_SPI_TYPE &&
                tree_number(data + at + 1, 1) + GIC_FIRST_SPI == domain->irqs[i].intid)
                diag_error(domain->path, "interrupts", "INTID %u belongs to the hypervisor's console",
                           domain->irqs[i].intid);
}

/* A master that reaches only part of the memory needs a buffer there (fencepost,dma-reach of the board's node). */
static void check_reach(const struct system *system, const struct domain *domain, int host)
{
    struct span reach;

    if (host < 0 || tree_read_spans(system->fdt, host, "fencepost,dma-reach", system->board.cells, &reach, 1) != 1)
        return;
    for (unsigned i = 0; i < domain->nr_banks; i++)
        if (span_holds(reach, domain->banks[i]))
            return;
    diag_error(domain->path, "xen,static-mem", "no bank lies in " SPAN_FORMAT ", the reach of its device %s",
               SPAN_VALUES(reach), tree_path(system->fdt, host));
}

static void check_two_domains(const struct system *system, const struct domain *a, const struct domain *b)
{
    for (unsigned i = 0; i < a->nr_irqs; i++)
        for (unsigned k = 0; k < b->nr_irqs; k++)
            if (a->irqs[i].intid == b->irqs[k].intid)
                diag_error(b->path, "interrupts", "INTID %u belongs to %s: an SPI has one domain",
                           b->irqs[k].intid, a->path);
    for (unsigned i = 0; i < a->nr_devices; i++)
        for (unsigned k = 0; k < b->nr_devices; k++)
            if (a->devices[i].host >= 0 && a->devices[i].host == b->devices[k].host)
                diag_error(b->path, "xen,path", "%s belongs to %s: a device has one domain",
                           tree_path(system->fdt, a->devices[i].host), a->path);
}

void devices_check(const struct system *system)
{
    for (unsigned i = 0; i < system->nr_domains; i++) {
        if (system->board.console >= 0)
            check_irq_of_console(system, &system->domains[i]);
        for (unsigned k = 0; k < system->domains[i].nr_devices; k++)
            check_reach(system, &system->domains[i], system->domains[i].devices[k].host);
        for (unsigned k = i + 1; k < system->nr_domains; k++)
            check_two_domains(system, &system->domains[i], &system->domains[k]);
    }
}
