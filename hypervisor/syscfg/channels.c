// SPDX-License-Identifier: Apache-2.0
/* Static event channels: two "xen,evtchn-v1" nodes that point at each other. */
#include "model.h"

#include "diag.h"

struct channel_end {
    int node;
    int remote; /* node; < 0: wrong */
    unsigned domain;
    uint32_t port;
};

struct channel_ends {
    struct channel_end ends[MAX_CHANNEL_ENDS];
    unsigned nr;
};

static const struct channel_end *end_of_node(const struct channel_ends *all, int node)
{
    for (unsigned i = 0; i < all->nr; i++)
        if (all->ends[i].node == node)
            return &all->ends[i];
    return NULL;
}

static void check_port(const struct system *system, const struct channel_ends *all, const struct channel_end *end)
{
    const struct domain *domain = &system->domains[end->domain];
    const char *path = tree_path(system->fdt, end->node);

    if (end->port == 0 || end->port > domain->max_port)
        diag_error(path, "xen,evtchn", "port %u: must be 1 to %u, the last port of %s", end->port,
                   domain->max_port, domain->path);
    for (const struct channel_end *other = all->ends; other < end; other++)
        if (other->domain == end->domain && other->port == end->port)
            diag_error(path, "xen,evtchn", "port %u: %s has it already", end->port,
                       tree_path(system->fdt, other->node));
}

static void read_end(const struct system *system, struct channel_ends *all, unsigned domain, int node)
{
    const void *fdt = system->fdt;
    const char *path = tree_path(fdt, node);
    struct channel_end *end = &all->ends[all->nr];
    int length;
    const fdt32_t *data = fdt_getprop(fdt, node, "xen,evtchn", &length);
    uint32_t phandle;

    if (!data || length != 8) {
        diag_error(path, "xen,evtchn", "%s: must be <local_port &remote_node>, two cells",
                   data ? "wrong length" : "missing");
        return;
    }
    if (all->nr == MAX_CHANNEL_ENDS) {
        diag_error(path, NULL, "one static channel too many: at most %d ends", MAX_CHANNEL_ENDS);
        return;
    }
    phandle = (uint32_t)tree_number(data + 1, 1);
    *end = (struct channel_end){.node = node, .domain = domain, .port = (uint32_t)tree_number(data, 1)};
    end->remote = phandle == 0 || phandle > FDT_MAX_PHANDLE ? -1 : fdt_node_offset_by_phandle(fdt, phandle);
    all->nr++;
    check_port(system, all, end);
}

static void connect(struct system *system, const struct channel_ends *all, const struct channel_end *end)
{
    const void *fdt = system->fdt;
    const char *path = tree_path(fdt, end->node);
    const struct channel_end *remote = end->remote < 0 ? NULL : end_of_node(all, end->remote);

    if (!remote) {
        diag_error(path, "xen,evtchn", "its remote end %s: must be an \"xen,evtchn-v1\" node of a domain",
                   end->remote < 0 ? "does not exist" : tree_path(fdt, end->remote));
        return;
    }
    if (remote == end || remote->remote != end->node) {
        diag_error(path, "xen,evtchn", "its remote end %s does not point back: a channel has two ends",
                   tree_path(fdt, remote->node));
        return;
    }
    if (remote < end)
        return;
    system->channels[system->nr_channels++] = (struct config_channel){
        .domain_a = (uint16_t)end->domain,
        .domain_b = (uint16_t)remote->domain,
        .port_a = (uint16_t)end->port,
        .port_b = (uint16_t)remote->port,
    };
}

void channels_read(struct system *system)
{
    struct channel_ends all = {.nr = 0};
    int node;

    for (unsigned i = 0; i < system->nr_domains; i++)
        fdt_for_each_subnode(node, system->fdt, system->domains[i].node)
            if (tree_is_compatible(system->fdt, node, "xen,evtchn-v1"))
                read_end(system, &all, i, node);
    for (unsigned i = 0; i < all.nr; i++)
        connect(system, &all, &all.ends[i]);
}
