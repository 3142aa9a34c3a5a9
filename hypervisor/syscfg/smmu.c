// SPDX-License-Identifier: Apache-2.0
/*
 * An SMMU that stands before bus masters: where it is, and by which stream it knows each of them. The board says it with the
 * standard bindings, `iommus` of a device and `iommu-map` of a PCI bridge; a node whose status is not "okay" is not there.
 */
#include "model.h"

#include "diag.h"
#include "hv/vgic_state.h"

#include <string.h>

enum {
    SMMU_BYTES = 0x20000, /* two pages of 64 KiB */
    IRQ_CELLS = 3,
    FIRST_SPI = 32,
    MAP_CELLS = 4, /* <requester &smmu stream length> */
};

static bool is_there(const void *fdt, int node)
{
    const char *status = tree_read_string(fdt, node, "status");

    return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

/* Of the events; the first where the names do not say. */
static uint32_t read_intid(const void *fdt, int node)
{
    const int index = fdt_stringlist_search(fdt, node, "interrupt-names", "eventq"), at = index < 0 ? 0 : index;
    int length;
    const fdt32_t *data = fdt_getprop(fdt, node, "interrupts", &length);
    uint32_t number;

    if (!data || length / (4 * IRQ_CELLS) <= at) {
        diag_error(tree_path(fdt, node), "interrupts", "missing: the SMMU tells by one what it has refused");
        return 0;
    }
    number = (uint32_t)tree_number(data + at * IRQ_CELLS + 1, 1);
    if (tree_number(data + at * IRQ_CELLS, 1) == 0 && number < VGIC_NR_INTIDS - FIRST_SPI)
        return FIRST_SPI + number;
    diag_error(tree_path(fdt, node), "interrupts", "<%u>: must be an SPI below %d", number, VGIC_NR_INTIDS - FIRST_SPI);
    return 0;
}

static void read_one(struct system *system, int node)
{
    struct smmu *smmu = &system->smmu;

    if (smmu->node >= 0) {
        diag_error(tree_path(system->fdt, node), "compatible", "a second SMMU beside %s: at most one",
                   tree_path(system->fdt, smmu->node));
        return;
    }
    smmu->node = node;
    smmu->intid = read_intid(system->fdt, node);
    if (board_read_reg(system->fdt, node, &smmu->window, 1) != 1 || smmu->window.limit - smmu->window.base < SMMU_BYTES)
        diag_error(tree_path(system->fdt, node), "reg", "must be the SMMU's two pages of 64 KiB");
    if (!system->board.translates)
        diag_error(tree_path(system->fdt, node), "compatible", "an SMMU needs fencepost,protection = \"mmu\"");
}

void smmu_read(struct system *system)
{
    static const char compatible[] = "arm,smmu-v3";
    const void *fdt = system->fdt;

    system->smmu.node = -1;
    for (int node = fdt_node_offset_by_compatible(fdt, -1, compatible); node >= 0;
         node = fdt_node_offset_by_compatible(fdt, node, compatible))
        if (is_there(fdt, node))
            read_one(system, node);
}

static bool is_ours(const struct system *system, uint32_t phandle)
{
    return system->smmu.node >= 0 && phandle != 0 && fdt_get_phandle(system->fdt, system->smmu.node) == phandle;
}

static uint32_t cell(const fdt32_t *data, unsigned index)
{
    return (uint32_t)tree_number(data + index, 1);
}

/* `iommu-map` of its bridge. */
static bool map_function(const struct system *system, int host, uint32_t *stream)
{
    const void *fdt = system->fdt;
    const int bridge = fdt_parent_offset(fdt, host);
    int length;
    const fdt32_t *map = fdt_getprop(fdt, bridge, "iommu-map", &length);
    uint32_t mask = 0xffff, requester;

    if (!map)
        return false;
    if (length % (4 * MAP_CELLS) != 0)
        diag_error(tree_path(fdt, bridge), "iommu-map", "%d bytes: must be a list of <requester iommu stream length>", length);
    tree_read_u32(fdt, bridge, "iommu-map-mask", &mask);
    requester = pci_requester(fdt, host) & mask;
    for (int i = 0; i + MAP_CELLS <= length / 4; i += MAP_CELLS, map += MAP_CELLS) {
        if (requester - cell(map, 0) >= cell(map, 3) || !is_ours(system, cell(map, 1)))
            continue;
        *stream = cell(map, 2) + (requester - cell(map, 0));
        return true;
    }
    return false;
}

bool smmu_find_stream(const struct system *system, int host, uint32_t *stream)
{
    int length;
    const fdt32_t *data;

    if (host < 0 || system->smmu.node < 0)
        return false;
    if (pci_is_function(system->fdt, host))
        return map_function(system, host, stream);
    data = fdt_getprop(system->fdt, host, "iommus", &length);
    if (!data)
        return false;
    if (length != 8 || !is_ours(system, cell(data, 0))) {
        diag_error(tree_path(system->fdt, host), "iommus", "%d bytes: must be one <iommu stream>, of %s", length,
                   tree_path(system->fdt, system->smmu.node));
        return false;
    }
    *stream = cell(data, 1);
    return true;
}
