// SPDX-License-Identifier: Apache-2.0
/*
 * Passed-through devices: the nodes below /passthrough of a domain's partial tree. That tree is the file
 * given by --passthrough, or without it the "passthrough" child of the module node itself.
 */
#include "model.h"

#include "diag.h"

#include <stdio.h>
#include <stdlib.h>

const char device_dma_force[] = "fencepost,force-dma-without-direct-map";

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

/* The registers that are mapped must be the named device's own, not a neighbour's. */
static bool lies_in_host_device(const struct system *system, int host, struct span span)
{
    struct span reg[8];
    int nr = board_read_reg(system->fdt, host, reg, ARRAY_SIZE(reg));

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

bool device_is_first(const struct domain *domain, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (domain->devices[i].host == domain->devices[index].host)
            return false;
    return domain->devices[index].host >= 0;
}

bool device_find_word(const struct system *system, const struct domain *domain, int host, uint32_t offset,
                      uint64_t *address)
{
    struct span reg[8], word;
    int nr = board_read_reg(system->fdt, host, reg, ARRAY_SIZE(reg));
    uint64_t at = offset;
    int n = 0;

    while (n < nr && at >= reg[n].limit - reg[n].base) {
        at -= reg[n].limit - reg[n].base;
        n++;
    }
    if (offset % 4 != 0 || n >= nr)
        return false;
    word = (struct span){reg[n].base + at, reg[n].base + at + 4};
    *address = word.base;
    for (unsigned i = 0; i < domain->nr_devices; i++)
        if (domain->devices[i].host == host && span_holds(domain->devices[i].span, word))
            return span_holds(reg[n], word);
    return false;
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

bool device_is_forced(const struct domain *domain, int host)
{
    for (unsigned i = 0; i < domain->nr_devices; i++)
        if (domain->devices[i].host == host &&
            tree_has(domain->partial_fdt, domain->devices[i].node, "xen,force-assign-without-iommu"))
            return true;
    return false;
}

/*
 * A device takes the addresses that it is given for physical ones. A domain that is not direct-mapped knows others, so each
 * transfer goes somewhere else: an error, unless somebody wants to see that.
 */
static void check_addresses(const struct system *system, const struct domain *domain, int node, int host)
{
    const char *path = tree_path(domain->partial_fdt, node);
    const bool forced = tree_read_flag(domain->partial_fdt, node, device_dma_force);

    if (domain->flags & DOMAIN_DIRECT_MAP) {
        if (forced)
            diag_error(path, device_dma_force, "%s is direct-mapped: must be absent", domain->path);
    } else if (forced) {
        diag_warn(path, device_dma_force,
                  "%s is NOT DIRECT-MAPPED: its device %s takes the domain's addresses for physical ones, and will read "
                  "and overwrite memory of other domains and of the hypervisor",
                  domain->path, host >= 0 ? tree_path(system->fdt, host) : path);
    } else {
        diag_error(path, "direct-map", "missing in %s: a device that may master the bus uses physical addresses",
                   domain->path);
    }
}

/*
 * A device that may master the bus reaches everything unless the bus firewall checks it or the SMMU stops it, so somebody
 * must have said "trusted".
 */
static void check_trust(const struct system *system, struct domain *domain, int node, int host)
{
    const char *path = tree_path(domain->partial_fdt, node);
    uint32_t stream;
    const bool behind = smmu_find_stream(system, host, &stream);

    if (host >= 0 && tree_has(system->fdt, host, "fencepost,no-dma"))
        return;
    if (behind && !tree_read_flag(domain->partial_fdt, node, "xen,force-assign-without-iommu")) {
        diag_warn(path, NULL, "the SMMU stops %s, which reaches no memory: xen,force-assign-without-iommu would let it pass",
                  tree_path(system->fdt, host));
        return;
    }
    check_addresses(system, domain, node, host);
    if (master_is_checked(system, host))
        return;
    if (!tree_read_flag(domain->partial_fdt, node, "xen,force-assign-without-iommu")) {
        diag_error(path, "xen,force-assign-without-iommu",
                   "missing: no IOMMU stands before it and fencepost,bus-firewall does not list %s, so the assignment must be "
                   "forced", host >= 0 ? tree_path(system->fdt, host) : "the device");
        return;
    }
    domain->flags |= DOMAIN_TRUSTED_DMA;
    diag_warn(path, NULL, "%s is TRUSTED: its device %s may master the bus, %s", domain->path,
              host >= 0 ? tree_path(system->fdt, host) : path,
              behind ? "and its stream bypasses the SMMU while the domain runs"
                     : "no IOMMU stands before it and fencepost,bus-firewall has no entry for it");
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
        interrupts_read(system, domain, host);
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

/* A master that reaches only part of the memory needs a buffer there (fencepost,dma-reach of the board's node). */
static void check_reach(const struct system *system, const struct domain *domain, int host)
{
    struct span reach;

    if (tree_read_spans(system->fdt, host, "fencepost,dma-reach", system->board.cells, &reach, 1) != 1)
        return;
    for (unsigned i = 0; i < domain->nr_banks; i++)
        if (span_holds(reach, domain->banks[i]))
            return;
    diag_error(domain->path, "xen,static-mem", "no bank lies in " SPAN_FORMAT ", the reach of its device %s",
               SPAN_VALUES(reach), tree_path(system->fdt, host));
}

static void check_two_domains(const struct system *system, const struct domain *a, const struct domain *b)
{
    for (unsigned i = 0; i < a->nr_devices; i++)
        for (unsigned k = 0; k < b->nr_devices; k++)
            if (a->devices[i].host >= 0 && a->devices[i].host == b->devices[k].host)
                diag_error(b->path, "xen,path", "%s belongs to %s: a device has one domain",
                           tree_path(system->fdt, a->devices[i].host), a->path);
}

void devices_check(const struct system *system)
{
    for (unsigned i = 0; i < system->nr_domains; i++) {
        for (unsigned k = 0; k < system->domains[i].nr_devices; k++)
            if (device_is_first(&system->domains[i], k))
                check_reach(system, &system->domains[i], system->domains[i].devices[k].host);
        for (unsigned k = i + 1; k < system->nr_domains; k++)
            check_two_domains(system, &system->domains[i], &system->domains[k]);
    }
}
