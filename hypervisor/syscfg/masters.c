// SPDX-License-Identifier: Apache-2.0
/*
 * Bus masters: board nodes with fencepost,master, as the bus firewall counts them. /chosen lists those that
 * the firewall checks; the others must be trusted, or the SMMU stops them.
 */
#include "model.h"

#include "diag.h"

#include <string.h>

enum { USUAL_IDLE_MS = 10, MOST_IDLE_MS = 10000 };

/* Master n of the board: its node, or < 0. */
struct board_masters {
    int node[FIREWALL_MAX_MASTERS];
};

static void check_number(const void *fdt, int node, struct board_masters *all)
{
    const char *path = tree_path(fdt, node);
    uint32_t number;

    if (!tree_read_u32(fdt, node, "fencepost,master", &number))
        return;
    if (tree_has(fdt, node, "fencepost,no-dma"))
        diag_error(path, "fencepost,master", "<%u>: and fencepost,no-dma: a device is a bus master or it is not",
                   number);
    if (number >= FIREWALL_MAX_MASTERS) {
        diag_error(path, "fencepost,master", "<%u>: must be less than %d", number, FIREWALL_MAX_MASTERS);
        return;
    }
    if (all->node[number] >= 0)
        diag_error(path, "fencepost,master", "<%u>: %s has it already", number, tree_path(fdt, all->node[number]));
    all->node[number] = node;
}

static void check_numbers(const void *fdt)
{
    struct board_masters all;

    memset(&all, 0xff, sizeof(all));
    for (int node = fdt_next_node(fdt, -1, NULL); node >= 0; node = fdt_next_node(fdt, node, NULL))
        check_number(fdt, node, &all);
}

bool master_is_checked(const struct system *system, int host)
{
    for (unsigned i = 0; i < system->strategy.nr_firewall; i++)
        if (host >= 0 && system->strategy.firewall[i] == host)
            return true;
    return false;
}

static void add_checked(struct system *system, uint32_t phandle)
{
    struct strategy *strategy = &system->strategy;
    int node = phandle == 0 || phandle > FDT_MAX_PHANDLE ? -1 : fdt_node_offset_by_phandle(system->fdt, phandle);

    if (node < 0 || !tree_has(system->fdt, node, "fencepost,master"))
        diag_error("/chosen", "fencepost,bus-firewall", "<0x%x>, %s: must refer to nodes with fencepost,master",
                   phandle, node < 0 ? "no node" : tree_path(system->fdt, node));
    else if (master_is_checked(system, node))
        diag_error("/chosen", "fencepost,bus-firewall", "%s: is listed twice", tree_path(system->fdt, node));
    else if (strategy->nr_firewall == FIREWALL_MAX_MASTERS)
        diag_error("/chosen", "fencepost,bus-firewall", "%s: one too many, at most %d", tree_path(system->fdt, node),
                   FIREWALL_MAX_MASTERS);
    else
        strategy->firewall[strategy->nr_firewall++] = node;
}

/* Its register file is the engine's to obey: without the engine a checked master would never be let go. */
void firewall_read(struct system *system)
{
    int length;
    const fdt32_t *data = fdt_getprop(system->fdt, system->chosen, "fencepost,bus-firewall", &length);

    check_numbers(system->fdt);
    if (!data)
        return;
    if (length % 4 != 0)
        diag_error("/chosen", "fencepost,bus-firewall", "%d bytes: must be a list of references to board nodes",
                   length);
    if (length >= 4 && !system->strategy.cpu1_is_dma)
        diag_error("/chosen", "fencepost,bus-firewall",
                   "the firewall is part of the DMA engine: needs fencepost,cpu1 = \"dma\"");
    for (int i = 0; i < length / 4; i++)
        add_checked(system, (uint32_t)tree_number(data + i, 1));
}

/* <offset mask value>; absent: nothing tells whether it is quiet. */
static void read_idle(const struct system *system, const struct domain *domain, int host,
                      struct config_master *master)
{
    const char *path = tree_path(system->fdt, host);
    int length;
    const fdt32_t *data = fdt_getprop(system->fdt, host, "fencepost,idle", &length);
    uint32_t offset;

    if (!data)
        return;
    if (length != 12) {
        diag_error(path, "fencepost,idle", "%d bytes: must be <offset mask value>, three cells", length);
        return;
    }
    offset = (uint32_t)tree_number(data, 1);
    master->idle_mask = (uint32_t)tree_number(data + 1, 1);
    master->idle_value = (uint32_t)tree_number(data + 2, 1);
    if (master->idle_mask == 0 || (master->idle_value & ~master->idle_mask) != 0)
        diag_error(path, "fencepost,idle", "mask 0x%x, value 0x%x: the mask must hold the bits of the value, and one",
                   master->idle_mask, master->idle_value);
    if (!device_find_word(system, domain, host, offset, &master->idle_address))
        diag_error(path, "fencepost,idle", "offset 0x%x: must be a word of its registers that %s has", offset,
                   domain->path);
}

/* How long the domain's end waits for that. */
static uint32_t read_idle_ms(const void *fdt, int host)
{
    uint32_t ms = USUAL_IDLE_MS;

    if (!tree_read_u32(fdt, host, "fencepost,idle-ms", &ms) || (ms >= 1 && ms <= MOST_IDLE_MS))
        return ms;
    diag_error(tree_path(fdt, host), "fencepost,idle-ms", "<%u>: must be 1 to %d", ms, MOST_IDLE_MS);
    return USUAL_IDLE_MS;
}

/* Behind the SMMU: whoever is trusted with it opens its stream, otherwise it stays closed. */
static void read_stream(const struct system *system, const struct domain *domain, int host, struct config_master *master)
{
    if (!smmu_find_stream(system, host, &master->stream))
        return;
    master->flags = device_is_forced(domain, host) ? MASTER_CLOSABLE : MASTER_REFUSED;
    if (master->stream >= FIREWALL_MAX_STREAMS)
        diag_error(tree_path(system->fdt, host), "iommus", "stream 0x%x: must be less than 0x%x", master->stream,
                   FIREWALL_MAX_STREAMS);
}

static void check_number_is_needed(const struct system *system, int host)
{
    uint32_t stream;

    if (smmu_find_stream(system, host, &stream) && !tree_has(system->fdt, host, "fencepost,no-dma"))
        diag_error(tree_path(system->fdt, host), "fencepost,master", "missing: stream 0x%x of %s is its own", stream,
                   tree_path(system->fdt, system->smmu.node));
}

static void add_master(struct system *system, unsigned index, int host)
{
    const struct domain *domain = &system->domains[index];
    const char *name = fdt_get_name(system->fdt, host, NULL);
    struct config_master master = {.domain = (uint16_t)index};
    uint32_t number;

    if (!tree_read_u32(system->fdt, host, "fencepost,master", &number)) {
        check_number_is_needed(system, host);
        return;
    }
    if (!system->strategy.cpu1_is_dma && tree_is_compatible(system->fdt, host, "fencepost,dma-channel"))
        diag_error(domain->path, "xen,path", "%s: is a channel of the DMA engine: needs fencepost,cpu1 = \"dma\"",
                   tree_path(system->fdt, host));
    master.number = (uint8_t)number;
    master.flags = master_is_checked(system, host) ? MASTER_CHECKED : 0;
    read_stream(system, domain, host, &master);
    if (name)
        memcpy(master.name, name, strnlen(name, sizeof(master.name) - 1));
    read_idle(system, domain, host, &master);
    master.idle_ms = read_idle_ms(system->fdt, host);
    if (domain->restart != RESTART_NEVER && master.flags == 0 && master.idle_mask == 0)
        diag_warn(domain->path, "fencepost,restart",
                  "nothing stops its device %s or tells that it is quiet: the domain will stay down when it stops",
                  tree_path(system->fdt, host));
    if (system->nr_masters < FIREWALL_MAX_MASTERS)
        system->masters[system->nr_masters++] = master;
}

/* A device that may master the bus, but has no fencepost,master: the hypervisor has never heard of it. */
static void warn_of_unknown(const struct system *system, const struct domain *domain, const struct device *device)
{
    const int host = device->host;

    if (domain->restart == RESTART_NEVER ||
        (host >= 0 && (tree_has(system->fdt, host, "fencepost,no-dma") || tree_has(system->fdt, host, "fencepost,master"))))
        return;
    diag_warn(domain->path, "fencepost,restart",
              "its device %s has no fencepost,master: a restart does not wait for it, and a transfer may end in the next life",
              host >= 0 ? tree_path(system->fdt, host) : tree_path(domain->partial_fdt, device->node));
}

void masters_read(struct system *system)
{
    for (unsigned i = 0; i < system->nr_domains; i++) {
        const struct domain *domain = &system->domains[i];

        for (unsigned k = 0; k < domain->nr_devices; k++) {
            const struct device *device = &domain->devices[k];

            if (device->host < 0 || device_is_first(domain, k))
                warn_of_unknown(system, domain, device);
            if (device_is_first(domain, k))
                add_master(system, i, device->host);
        }
    }
}
