// SPDX-License-Identifier: Apache-2.0
/* Who claims which physical addresses. Every two claims are compared; an overlap shows both. */
#include "model.h"

#include "diag.h"

#include <stdio.h>

enum claim_kind {
    CLAIM_HYPERVISOR,
    CLAIM_MODULE_AREA, /* modules and guest trees may lie inside, nothing else */
    CLAIM_GUEST_TREES,
    CLAIM_MODULE,
    CLAIM_EVENT_PAGES, /* banks may lie inside, nothing else */
    CLAIM_BANK,
    CLAIM_SHM,
    CLAIM_HEAP,
    CLAIM_DEVICE,
    CLAIM_ENGINE,
    CLAIM_CHANNEL,      /* the device that is assigned may lie inside, nothing else */
    CLAIM_BOARD_DEVICE, /* the interrupt controller, which is emulated at its own address, the console, the SMMU, vPL011 */
};

struct claim {
    struct span span;
    enum claim_kind kind;
    char path[112];
    const char *property;
};

enum { MAX_CLAIMS = 24 + CONFIG_MAX_DOMAINS * (MAX_BANKS + MAX_SHM + MAX_DEVICES + 3) };

struct claims {
    struct claim claims[MAX_CLAIMS];
    unsigned nr;
};

static void claim(struct claims *all, enum claim_kind kind, struct span span, const char *path, const char *property)
{
    struct claim *new = &all->claims[all->nr];

    if (span.limit == 0)
        return;
    all->nr++;
    *new = (struct claim){.span = span, .kind = kind, .property = property};
    snprintf(new->path, sizeof(new->path), "%s", path);
}

static void claim_ram(struct claims *all, const struct system *system, enum claim_kind kind, struct span span,
                      const char *path, const char *property)
{
    if (span.limit != 0 && !board_has_ram(&system->board, span))
        diag_error(path, property, SPAN_FORMAT ": must lie inside one memory node of the board", SPAN_VALUES(span));
    claim(all, kind, span, path, property);
}

/* `what` says what the board's node is; < 0: it has none. */
static void claim_node(struct claims *all, const struct system *system, enum claim_kind kind, struct span span,
                       const char *what, int node)
{
    char path[112];

    if (node < 0)
        return;
    snprintf(path, sizeof(path), "%s %s", what, tree_path(system->fdt, node));
    claim(all, kind, span, path, "reg");
}

static void claim_board(struct claims *all, const struct system *system)
{
    const struct board *board = &system->board;
    struct span reg;

    claim(all, CLAIM_HYPERVISOR, board->hypervisor, "the hypervisor's memory", "reg");
    claim(all, CLAIM_MODULE_AREA, board->modules, "the modules' memory", "reg");
    claim(all, CLAIM_GUEST_TREES, board->guest_trees, "the guest trees", "reg");
    claim(all, CLAIM_BOARD_DEVICE, board->distributor, "the interrupt distributor", "reg");
    claim(all, CLAIM_BOARD_DEVICE, board->redistributors, "the interrupt redistributors", "reg");
    claim_node(all, system, CLAIM_BOARD_DEVICE, system->smmu.window, "the SMMU", system->smmu.node);
    claim_node(all, system, CLAIM_BOARD_DEVICE, system->vuart.window, "the emulated UART", system->vuart.node);
    claim_ram(all, system, CLAIM_HEAP, system->static_heap, "/chosen", "xen,static-heap");
    claim_ram(all, system, CLAIM_EVENT_PAGES, system->strategy.event_pages, "/chosen", "fencepost,event-pages");
    claim_node(all, system, CLAIM_ENGINE, board->engine, "the DMA engine", board->engine_node);
    for (unsigned i = 0; i < board->nr_channels; i++)
        claim(all, CLAIM_CHANNEL, board->channels[i].span, tree_path(system->fdt, board->channels[i].node), "reg");
    if (board->console >= 0 && board_read_reg(system->fdt, board->console, &reg, 1) == 1)
        claim(all, CLAIM_BOARD_DEVICE, reg, "the hypervisor's console", "reg");
}

static bool shm_seen_before(const struct system *system, const struct domain *domain, unsigned index)
{
    struct span span = domain->shm[index].span;

    for (const struct domain *d = system->domains; d <= domain; d++)
        for (unsigned i = 0; i < (d == domain ? index : d->nr_shm); i++)
            if (d->shm[i].span.base == span.base && d->shm[i].span.limit == span.limit)
                return true;
    return false;
}

/* Its registers are a program's, in RAM. */
static bool is_channel(const struct system *system, int host)
{
    for (unsigned i = 0; i < system->board.nr_channels; i++)
        if (system->board.channels[i].node == host)
            return true;
    return false;
}

static void claim_device(struct claims *all, const struct system *system, const struct domain *domain,
                         const struct device *device)
{
    char path[112];

    if (domain->partial_fdt == system->fdt)
        snprintf(path, sizeof(path), "%s", tree_path(system->fdt, device->node));
    else /* a path in a file of its own does not say whose */
        snprintf(path, sizeof(path), "%s %s", domain->path, tree_path(domain->partial_fdt, device->node));
    for (unsigned i = 0; i < system->board.nr_memory; i++)
        if (!is_channel(system, device->host) && span_overlaps(system->board.memory[i], device->span))
            diag_error(path, "xen,reg", SPAN_FORMAT ": lies in RAM", SPAN_VALUES(device->span));
    claim(all, CLAIM_DEVICE, device->span, path, "xen,reg");
}

static void claim_domain(struct claims *all, const struct system *system, const struct domain *domain)
{
    const struct module *modules[] = {&domain->kernel, &domain->ramdisk, &domain->partial_tree};

    for (unsigned i = 0; i < domain->nr_banks; i++)
        claim(all, CLAIM_BANK, domain->banks[i], domain->path, "xen,static-mem");
    for (unsigned i = 0; i < ARRAY_SIZE(modules); i++)
        if (modules[i]->node >= 0)
            claim_ram(all, system, CLAIM_MODULE, modules[i]->source, tree_path(system->fdt, modules[i]->node),
                      "reg");
    for (unsigned i = 0; i < domain->nr_shm; i++)
        if (!shm_seen_before(system, domain, i))
            claim_ram(all, system, CLAIM_SHM, domain->shm[i].span, tree_path(system->fdt, domain->shm[i].node),
                      "xen,shared-mem");
    for (unsigned i = 0; i < domain->nr_devices; i++)
        claim_device(all, system, domain, &domain->devices[i]);
}

static bool may_overlap(const struct claim *a, const struct claim *b)
{
    if (a->kind == CLAIM_MODULE_AREA)
        return (b->kind == CLAIM_MODULE || b->kind == CLAIM_GUEST_TREES) && span_holds(a->span, b->span);
    if (a->kind == CLAIM_CHANNEL)
        return b->kind == CLAIM_DEVICE && span_holds(a->span, b->span);
    return a->kind == CLAIM_EVENT_PAGES && b->kind == CLAIM_BANK;
}

static void compare(const struct claim *a, const struct claim *b)
{
    if (!span_overlaps(a->span, b->span) || may_overlap(a, b) || may_overlap(b, a))
        return;
    diag_error(b->path, b->property, SPAN_FORMAT " overlaps " SPAN_FORMAT " of %s %s: memory belongs to one",
               SPAN_VALUES(b->span), SPAN_VALUES(a->span), a->path, a->property);
}

void claims_check(struct system *system)
{
    static struct claims all;

    claim_board(&all, system);
    for (unsigned i = 0; i < system->nr_domains; i++)
        claim_domain(&all, system, &system->domains[i]);

    for (unsigned i = 0; i < all.nr; i++)
        for (unsigned k = i + 1; k < all.nr; k++)
            compare(&all.claims[i], &all.claims[k]);
}
