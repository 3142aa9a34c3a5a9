// SPDX-License-Identifier: Apache-2.0
/* Domain nodes: ids, the plain properties, and the order in which a node's parts are read. */
#include "model.h"

#include "diag.h"

#include <stdio.h>
#include <string.h>

uint32_t domain_cpus(const struct domain *domain)
{
    uint32_t cpus = 0;

    for (uint32_t i = 0; i < domain->nr_vcpus; i++)
        cpus |= BIT(domain->vcpus[i].cpu);
    return cpus;
}

uint32_t system_cpus(const struct system *system)
{
    uint32_t cpus = 1;

    for (unsigned i = 0; i < system->nr_domains; i++)
        for (uint32_t id = 0; id < system->domains[i].nr_vcpus; id++)
            if (system->domains[i].vcpus[id].cpu + 1 > cpus)
                cpus = system->domains[i].vcpus[id].cpu + 1;
    return cpus;
}

const struct domain *domain_of_node(const struct system *system, int node)
{
    for (unsigned i = 0; i < system->nr_domains; i++)
        if (system->domains[i].node == node)
            return &system->domains[i];
    return NULL;
}

static void read_memory(const struct system *system, struct domain *domain)
{
    if (!tree_has(system->fdt, domain->node, "memory"))
        diag_error(domain->path, "memory", "missing: required, in KiB, two cells");
    else
        tree_read_u64(system->fdt, domain->node, "memory", &domain->memory_kib);
}

static void read_cpus(const struct system *system, struct domain *domain)
{
    uint32_t covered = (uint32_t)((system->board.redistributors.limit - system->board.redistributors.base) / 0x20000);
    uint32_t most = covered < 8 ? covered : 8;

    if (!tree_has(system->fdt, domain->node, "cpus")) {
        diag_error(domain->path, "cpus", "missing: required, one cell");
        return;
    }
    if (!tree_read_u32(system->fdt, domain->node, "cpus", &domain->nr_vcpus))
        return;
    if (domain->nr_vcpus >= 1 && domain->nr_vcpus <= most)
        return;
    diag_error(domain->path, "cpus", "<%u>: must be 1 to %u, as many as the board's redistributors cover",
               domain->nr_vcpus, most);
    domain->nr_vcpus = 0;
}

static void read_enhanced(const struct system *system, struct domain *domain)
{
    int length;
    const char *enhanced = fdt_getprop(system->fdt, domain->node, "xen,enhanced", &length);

    /* No value at all means "enabled" to Xen. */
    if (enhanced && length > 0)
        enhanced = tree_read_string(system->fdt, domain->node, "xen,enhanced");
    else if (enhanced)
        enhanced = "";
    if (!enhanced || strcmp(enhanced, "disabled") == 0)
        return;
    domain->hypervisor_node = strcmp(enhanced, "no-xenstore") == 0;
    if (!domain->hypervisor_node)
        diag_error(domain->path, "xen,enhanced",
                   "\"%s\": must be \"no-xenstore\" or \"disabled\": there is no xenstore", enhanced);
}

/* Index of the property's value in the NULL-terminated list; 0 if it is absent or, after an error, not there. */
static uint32_t read_choice(const struct system *system, const struct domain *domain, const char *property,
                            const char *const *values, const char *rule)
{
    const char *text = tree_read_string(system->fdt, domain->node, property);

    for (uint32_t i = 0; text && values[i]; i++)
        if (strcmp(text, values[i]) == 0)
            return i;
    if (text)
        diag_error(domain->path, property, "\"%s\": must be %s", text, rule);
    return 0;
}

static void read_restart(const struct system *system, struct domain *domain)
{
    static const char *const policies[] = {"never", "reboot", "always", NULL};
    static const char *const pinned[] = {"wait", "reserve", NULL};

    domain->restart = read_choice(system, domain, "fencepost,restart", policies, "never, reboot or always");
    if (read_choice(system, domain, "fencepost,restart-pinned", pinned, "wait or reserve") == 1)
        domain->flags |= DOMAIN_RESERVE_PINNED;
}

static void read_own(const struct system *system, struct domain *domain)
{
    const void *fdt = system->fdt;

    domain->priority = CONFIG_PRIORITIES / 2;
    if (tree_read_u32(fdt, domain->node, "fencepost,priority", &domain->priority) &&
        domain->priority >= CONFIG_PRIORITIES)
        diag_error(domain->path, "fencepost,priority", "<%u>: must be 0 (lowest) to %d", domain->priority,
                   CONFIG_PRIORITIES - 1);

    domain->spare_tables = 4;
    if (tree_read_u32(fdt, domain->node, "fencepost,map-tables", &domain->spare_tables) && domain->spare_tables > 1024)
        diag_error(domain->path, "fencepost,map-tables", "<%u>: must be at most 1024", domain->spare_tables);

    domain->max_port = CONFIG_MAX_PORTS - 1;
    if (tree_read_u32(fdt, domain->node, "fencepost,max-port", &domain->max_port) &&
        (domain->max_port < 1 || domain->max_port >= CONFIG_MAX_PORTS))
        diag_error(domain->path, "fencepost,max-port", "<%u>: must be 1 to %d", domain->max_port,
                   CONFIG_MAX_PORTS - 1);

    if (tree_read_flag(fdt, domain->node, "fencepost,essential"))
        domain->flags |= DOMAIN_ESSENTIAL;
    if (tree_read_flag(fdt, domain->node, "fencepost,keep-content"))
        domain->flags |= DOMAIN_KEEP_CONTENT;
    read_restart(system, domain);
}

static void read_direct_map(const struct system *system, struct domain *domain)
{
    if (tree_read_flag(system->fdt, domain->node, "direct-map"))
        domain->flags |= DOMAIN_DIRECT_MAP;
    else if (!system->board.translates)
        diag_error(domain->path, "direct-map", "missing: required, an MPU does not translate addresses");
}

/* The name becomes a file name and part of console lines. */
static void check_name(const struct domain *domain)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,._+-@";
    size_t length = strlen(domain->name);

    if (length == 0 || length > 31 || domain->name[0] == '.' || strspn(domain->name, allowed) != length)
        diag_error("/chosen", NULL, "domain node at offset %d: its name must be 1 to 31 letters, digits or ,._+-@",
                   domain->node);
}

static void read_domain(struct system *system, int node)
{
    struct domain *domain;

    if (system->nr_domains == CONFIG_MAX_DOMAINS) {
        diag_error(tree_path(system->fdt, node), NULL, "one domain too many: at most %d", CONFIG_MAX_DOMAINS);
        return;
    }
    domain = &system->domains[system->nr_domains++];
    domain->node = node;
    domain->name = fdt_get_name(system->fdt, node, NULL);
    snprintf(domain->path, sizeof(domain->path), "%s", tree_path(system->fdt, node));
    domain->cells = tree_read_cells(system->fdt, node);
    check_name(domain);
    domain->kernel.node = domain->ramdisk.node = domain->partial_tree.node = domain->passthrough = -1;

    properties_check_domain(system, domain);
    read_memory(system, domain);
    read_cpus(system, domain);
    read_enhanced(system, domain);
    read_direct_map(system, domain);
    read_own(system, domain);
    static_mem_read(system, domain);
    translation_place_banks(system, domain);
    modules_read(system, domain);
    vcpus_read(system, domain);
    shared_mem_read(system, domain);
    devices_read(system, domain);
}

void domains_read(struct system *system)
{
    int node;
    unsigned nr_vcpus = 0;

    properties_check_chosen(system);
    fdt_for_each_subnode(node, system->fdt, system->chosen) {
        if (tree_is_compatible(system->fdt, node, "xen,domain"))
            read_domain(system, node);
        else
            diag_warn(tree_path(system->fdt, node), NULL, "ignored: not a \"xen,domain\"");
    }
    if (system->nr_domains == 0)
        diag_error("/chosen", NULL, "no node with compatible = \"xen,domain\": a system has at least one");

    for (unsigned i = 0; i < system->nr_domains; i++)
        nr_vcpus += system->domains[i].nr_vcpus;
    if (nr_vcpus > CONFIG_MAX_VCPUS)
        diag_error("/chosen", "cpus", "%u vCPUs in all domains: at most %d", nr_vcpus, CONFIG_MAX_VCPUS);
}
