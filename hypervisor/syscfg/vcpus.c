// SPDX-License-Identifier: Apache-2.0
/* xen,vcpu nodes: each vCPU is pinned to one CPU, and has a priority. */
#include "model.h"

#include "diag.h"

#include <stdlib.h>

static bool read_cpu_number(const char **text, unsigned long *cpu)
{
    char *end;

    if (**text < '0' || **text > '9')
        return false;
    *cpu = strtoul(*text, &end, 10);
    *text = end;
    return true;
}

/* "0-3,5". Returns how many CPUs it names (the first in *cpu), or -1 if it is malformed. */
static long parse_affinity(const char *text, unsigned long *cpu)
{
    long nr = 0;

    for (;;) {
        unsigned long first, last;

        if (!read_cpu_number(&text, &first))
            return -1;
        last = first;
        if (*text == '-') {
            text++;
            if (!read_cpu_number(&text, &last) || last < first || last - first > 4096)
                return -1;
        }
        if (nr == 0)
            *cpu = first;
        nr += (long)(last - first + 1);
        if (*text == '\0')
            return nr;
        if (*text++ != ',')
            return -1;
    }
}

static void read_affinity(const struct system *system, struct vcpu *vcpu, int node)
{
    const void *fdt = system->fdt;
    const char *path = tree_path(fdt, node);
    const char *text = tree_read_string(fdt, node, "hard-affinity");
    unsigned long cpu = 0;
    long nr;

    if (!text) {
        if (!tree_has(fdt, node, "hard-affinity"))
            diag_error(path, "hard-affinity", "missing: names the CPU of this vCPU");
        return;
    }
    nr = parse_affinity(text, &cpu);
    if (nr < 0)
        diag_error(path, "hard-affinity", "\"%s\": must be a list such as \"0\" or \"0-3,5\", rising", text);
    else if (nr != 1)
        diag_error(path, "hard-affinity", "\"%s\" names %ld CPUs: must be exactly one, vCPUs are pinned", text, nr);
    else if (cpu >= system->board.nr_cpus || cpu >= CONFIG_MAX_CPUS)
        diag_error(path, "hard-affinity", "\"%s\": no such CPU, the board has %u", text, system->board.nr_cpus);
    else
        vcpu->cpu = (uint32_t)cpu;
}

static void read_vcpu(const struct system *system, struct domain *domain, int node, uint32_t *seen)
{
    const void *fdt = system->fdt;
    const char *path = tree_path(fdt, node);
    struct vcpu unused = {0, 0};
    struct vcpu *vcpu = &unused;
    uint32_t id = 0;

    if (!tree_read_u32(fdt, node, "id", &id)) {
        if (!tree_has(fdt, node, "id"))
            diag_error(path, "id", "missing: required, one cell");
    } else if (id >= domain->nr_vcpus) {
        diag_error(path, "id", "<%u>: must be less than cpus = %u", id, domain->nr_vcpus);
    } else if (*seen & BIT(id)) {
        diag_error(path, "id", "<%u>: another node of %s has it already", id, domain->path);
    } else {
        vcpu = &domain->vcpus[id];
        *seen |= BIT(id);
    }

    read_affinity(system, vcpu, node);
    if (tree_read_u32(fdt, node, "fencepost,priority", &vcpu->priority) && vcpu->priority >= CONFIG_PRIORITIES)
        diag_error(path, "fencepost,priority", "<%u>: must be 0 (lowest) to %d", vcpu->priority,
                   CONFIG_PRIORITIES - 1);
}

void vcpus_read(struct system *system, struct domain *domain)
{
    uint32_t seen = 0;
    int node;

    for (uint32_t i = 0; i < domain->nr_vcpus; i++)
        domain->vcpus[i] = (struct vcpu){0, domain->priority};
    fdt_for_each_subnode(node, system->fdt, domain->node)
        if (tree_is_compatible(system->fdt, node, "xen,vcpu"))
            read_vcpu(system, domain, node, &seen);

    if (system->strategy.cpu1_is_dma && domain_cpus(domain) & BIT(1))
        diag_error(domain->path, "hard-affinity", "\"1\": CPU 1 is lent to DMA by fencepost,cpu1");
}
