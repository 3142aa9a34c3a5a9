// SPDX-License-Identifier: Apache-2.0
/* The board's part of the tree: what exists, and what of it the hypervisor keeps. */
#include "model.h"

#include "diag.h"

#include <stdio.h>
#include <string.h>

int board_read_reg(const void *fdt, int node, struct span *spans, unsigned max)
{
    int parent = fdt_parent_offset(fdt, node);

    if (pci_is_function(fdt, node))
        return pci_read_reg(fdt, node, spans, max);
    return parent < 0 ? 0 : tree_read_spans(fdt, node, "reg", tree_read_cells(fdt, parent), spans, max);
}

bool board_has_ram(const struct board *board, struct span span)
{
    for (unsigned i = 0; i < board->nr_memory; i++)
        if (span_holds(board->memory[i], span))
            return true;
    return false;
}

static bool is_memory(const void *fdt, int node)
{
    const char *type = tree_read_string(fdt, node, "device_type");

    return type && strcmp(type, "memory") == 0;
}

/* One memory node id for all: remote memory has no meaning here. */
static void check_numa(const void *fdt)
{
    uint32_t first = 0, id = 0;
    bool seen = false;

    for (int node = fdt_next_node(fdt, -1, NULL); node >= 0; node = fdt_next_node(fdt, node, NULL)) {
        if (!tree_read_u32(fdt, node, "numa-node-id", &id))
            continue;
        if (seen && id != first)
            diag_error(tree_path(fdt, node), "numa-node-id", "%u, and %u elsewhere: NUMA is not supported", id,
                       first);
        first = seen ? first : id;
        seen = true;
    }
}

static void read_memory(struct board *board, const void *fdt, struct cells cells)
{
    int node;

    fdt_for_each_subnode(node, fdt, 0) {
        int nr;

        if (!is_memory(fdt, node))
            continue;
        nr = tree_read_spans(fdt, node, "reg", cells, board->memory + board->nr_memory,
                             MAX_MEMORY - board->nr_memory);
        if (nr > 0)
            board->nr_memory += (unsigned)nr;
    }
    if (board->nr_memory == 0)
        diag_error("/", "memory", "the tree has no memory node with a reg: a board has RAM");
}

static void read_one_span(const void *fdt, int node, const char *property, struct cells cells, struct span *span)
{
    if (!tree_has(fdt, node, property))
        diag_error(tree_path(fdt, node), property, "missing: the board must say it");
    else if (tree_read_spans(fdt, node, property, cells, span, 1) < 1)
        *span = (struct span){0, 0};
}

/* Page aligned, because guests get the pages around it. */
static void read_engine(struct board *board, const void *fdt, int node, struct cells cells)
{
    board->engine_node = node;
    read_one_span(fdt, node, "reg", cells, &board->engine);
    if ((board->engine.base | board->engine.limit) % PAGE_SIZE != 0)
        diag_error(tree_path(fdt, node), "reg", SPAN_FORMAT ": must be multiples of 4 KiB",
                   SPAN_VALUES(board->engine));
}

/* Channels of the DMA engine: registers that lie in RAM, because the engine is a program. */
static void read_channels(struct board *board, const void *fdt)
{
    static const char compatible[] = "fencepost,dma-channel";

    for (int node = fdt_node_offset_by_compatible(fdt, -1, compatible); node >= 0;
         node = fdt_node_offset_by_compatible(fdt, node, compatible)) {
        struct channel *channel = &board->channels[board->nr_channels];

        if (!tree_has(fdt, node, "fencepost,master")) /* a guest's node for one, in a partial tree */
            continue;
        if (board->nr_channels == FIREWALL_MAX_MASTERS) {
            diag_error(tree_path(fdt, node), "compatible", "\"%s\": at most %d", compatible, FIREWALL_MAX_MASTERS);
            return;
        }
        if (board_read_reg(fdt, node, &channel->span, 1) != 1) {
            diag_error(tree_path(fdt, node), "reg", "a channel has one range of registers");
            continue;
        }
        channel->node = node;
        board->nr_channels++;
    }
}

static void read_reserved(struct board *board, const void *fdt)
{
    int parent = fdt_path_offset(fdt, "/reserved-memory");
    struct cells cells;
    int node;

    if (parent < 0) {
        diag_error("/reserved-memory", NULL, "missing: the board must say what the hypervisor keeps");
        return;
    }
    cells = tree_read_cells(fdt, parent);
    fdt_for_each_subnode(node, fdt, parent) {
        if (tree_is_compatible(fdt, node, "fencepost,hypervisor"))
            read_one_span(fdt, node, "reg", cells, &board->hypervisor);
        else if (tree_is_compatible(fdt, node, "fencepost,modules"))
            read_one_span(fdt, node, "reg", cells, &board->modules);
        else if (tree_is_compatible(fdt, node, "fencepost,dma-engine"))
            read_engine(board, fdt, node, cells);
    }
    if (board->hypervisor.limit == 0 || board->modules.limit == 0)
        diag_error("/reserved-memory", NULL,
                   "needs a node \"fencepost,hypervisor\" and a node \"fencepost,modules\", each with a reg");
}

static void read_cpus(struct board *board, const void *fdt)
{
    int parent = fdt_path_offset(fdt, "/cpus");
    int node;

    board->cpu_compatible = "arm,cortex-r52";
    if (parent >= 0)
        fdt_for_each_subnode(node, fdt, parent) {
            const char *type = tree_read_string(fdt, node, "device_type");
            const char *compatible = fdt_getprop(fdt, node, "compatible", NULL);

            if (!type || strcmp(type, "cpu") != 0)
                continue;
            board->nr_cpus++;
            if (compatible && fdt_stringlist_count(fdt, node, "compatible") > 0)
                board->cpu_compatible = compatible;
        }
    if (board->nr_cpus == 0 || board->nr_cpus > CONFIG_MAX_CPUS)
        diag_error("/cpus", NULL, "%u CPUs: must be 1 to %d", board->nr_cpus, CONFIG_MAX_CPUS);
}

static void read_gic(struct board *board, const void *fdt, struct cells cells)
{
    int node = fdt_node_offset_by_compatible(fdt, -1, "arm,gic-v3");
    struct span reg[2];

    if (node < 0 || tree_read_spans(fdt, node, "reg", cells, reg, 2) != 2) {
        diag_error(node < 0 ? "/" : tree_path(fdt, node), NULL,
                   "the board needs an \"arm,gic-v3\" with reg = <distributor redistributors>");
        return;
    }
    board->distributor = reg[0];
    board->redistributors = reg[1];
    board->gic_phandle = fdt_get_phandle(fdt, node);
    if (board->gic_phandle == 0 || board->gic_phandle > FDT_MAX_PHANDLE)
        board->gic_phandle = 1;
}

enum { PMSA_MAX_REGIONS = 24 }; /* build option of the core: 16, 20 or 24 */

static void read_own(struct board *board, const void *fdt, struct cells cells)
{
    int node = fdt_path_offset(fdt, "/fencepost");
    uint32_t phandle = 0, exec_limit = 0;
    const char *protection;

    board->console = -1;
    if (node < 0) {
        diag_error("/fencepost", NULL, "missing: is this a board's tree?");
        return;
    }
    protection = tree_read_string(fdt, node, "fencepost,protection");
    board->translates = protection && strcmp(protection, "mmu") == 0;
    if (protection && !board->translates && strcmp(protection, "mpu") != 0)
        diag_error("/fencepost", "fencepost,protection", "\"%s\": must be \"mpu\" or \"mmu\"", protection);
    if (board->translates)
        board->slots = 0;
    else if (!tree_read_u32(fdt, node, "fencepost,el2-regions", &board->slots) || board->slots > PMSA_MAX_REGIONS ||
        board->slots < MPU_MAX_SLOTS) {
        diag_error("/fencepost", "fencepost,el2-regions", "%u: must be %d to %d", board->slots,
                   MPU_MAX_SLOTS, PMSA_MAX_REGIONS);
        board->slots = MPU_MAX_SLOTS;
    }
    if (board->slots > MPU_MAX_SLOTS)
        board->slots = MPU_MAX_SLOTS; /* the others stay off */
    board->exec_limit = board->translates ? UINT64_MAX : UINT64_C(1) << 32;
    if (tree_read_u32(fdt, node, "fencepost,exec-limit", &exec_limit))
        board->exec_limit = exec_limit;
    if (!board->translates)
        read_one_span(fdt, node, "fencepost,background-normal", cells, &board->background_normal);
    read_one_span(fdt, node, "fencepost,config", cells, &board->config);
    if (tree_read_u32(fdt, node, "fencepost,console", &phandle) && phandle != 0)
        board->console = fdt_node_offset_by_phandle(fdt, phandle);
    if (board->console < 0)
        diag_error("/fencepost", "fencepost,console", "<0x%x>: must point at the hypervisor's UART", phandle);
}

static void read_name(struct board *board, const void *fdt)
{
    const char *compatible = fdt_stringlist_get(fdt, 0, "compatible", 0, NULL);
    const char *comma = compatible ? strchr(compatible, ',') : NULL;

    if (!comma || comma[1] == '\0' || strlen(comma + 1) >= CONFIG_NAME_BYTES)
        diag_error("/", "compatible", "\"%s\": must be \"vendor,board\", the board's name at most %d characters",
                   compatible ? compatible : "", CONFIG_NAME_BYTES - 1);
    else
        strcpy(board->name, comma + 1);
}

/* Guest trees go to the end of the modules' place, out of the way of images loaded from its start. */
static void place_guest_trees(struct board *board)
{
    const uint64_t bytes = 0x1000000;

    if (board->modules.limit - board->modules.base < bytes) {
        if (board->modules.limit != 0)
            diag_error("/reserved-memory", "reg",
                       SPAN_FORMAT ": the modules' range must have at least 16 MiB, for the guest trees",
                       SPAN_VALUES(board->modules));
        return;
    }
    board->guest_trees = (struct span){board->modules.limit - bytes, board->modules.limit};
}

void board_read(struct system *system)
{
    const void *fdt = system->fdt;
    struct board *board = &system->board;
    struct cells cells = tree_read_cells(fdt, 0);

    board->cells = cells;
    board->engine_node = -1;
    read_name(board, fdt);
    check_numa(fdt);
    read_memory(board, fdt, cells);
    read_reserved(board, fdt);
    read_channels(board, fdt);
    read_cpus(board, fdt);
    read_gic(board, fdt, cells);
    read_own(board, fdt, cells);
    place_guest_trees(board);
}
