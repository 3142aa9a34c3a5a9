// SPDX-License-Identifier: Apache-2.0
/* Who may open event channels to whom and map whose pages: lists of domain nodes. */
#include "model.h"

#include "diag.h"

static uint32_t read_list(const struct system *system, const struct domain *domain, const char *property)
{
    int length;
    const fdt32_t *data = fdt_getprop(system->fdt, domain->node, property, &length);
    uint32_t mask = 0;

    if (!data)
        return 0;
    if (length % 4 != 0)
        diag_error(domain->path, property, "%d bytes: must be a list of references to domain nodes", length);
    for (int i = 0; i < length / 4; i++) {
        uint32_t phandle = (uint32_t)tree_number(data + i, 1);
        int node = phandle == 0 || phandle > FDT_MAX_PHANDLE ? -1 : fdt_node_offset_by_phandle(system->fdt, phandle);
        const struct domain *other = node < 0 ? NULL : domain_of_node(system, node);

        if (other)
            mask |= BIT(other - system->domains);
        else
            diag_error(domain->path, property, "<0x%x>: must refer to domain nodes", phandle);
    }
    return mask;
}

/*
 * RAM that is used on both CPUs must be Shareable in every view that has it: a Cortex-R52 keeps the rest in the
 * L1 cache of one CPU. A page that may be mapped counts where it may be mapped.
 */
static void share_across_cpus(struct system *system)
{
    for (unsigned i = 0; i < system->nr_domains; i++) {
        uint32_t cpus = domain_cpus(&system->domains[i]);

        for (unsigned k = 0; k < system->nr_domains; k++)
            if (system->domains[k].may_map & BIT(i))
                cpus |= domain_cpus(&system->domains[k]);
        if (cpus & (cpus - 1))
            system->domains[i].flags |= DOMAIN_SHAREABLE;
    }
}

void policy_read(struct system *system)
{
    for (unsigned i = 0; i < system->nr_domains; i++) {
        struct domain *domain = &system->domains[i];

        /* A domain may always talk to itself. */
        domain->may_connect = read_list(system, domain, "fencepost,may-connect") | BIT(i);
        domain->may_map = read_list(system, domain, "fencepost,may-map");
        if (domain->may_map & BIT(i))
            diag_error(domain->path, "fencepost,may-map", "names the domain itself: mapping is for foreign pages");
    }
    share_across_cpus(system);
}
