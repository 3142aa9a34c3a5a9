// SPDX-License-Identifier: Apache-2.0
/* Interrupts of passed-through devices: SPIs only, each of one domain, none of those the hypervisor keeps. */
#include "model.h"

#include "diag.h"
#include "hv/vgic_state.h"

enum { GIC_SPI_TYPE = 0, GIC_FIRST_SPI = 32, GIC_LAST_SPI = VGIC_NR_INTIDS - 1, IRQ_EDGE_BOTH = 3, IRQ_CELLS = 3 };

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

void interrupts_read(const struct system *system, struct domain *domain, int host)
{
    const char *path = tree_path(system->fdt, host);
    int length;
    const fdt32_t *data = fdt_getprop(system->fdt, host, "interrupts", &length);

    if (pci_is_function(system->fdt, host)) {
        data = pci_interrupt(system->fdt, host);
        length = 4 * IRQ_CELLS;
    }
    if (!data)
        return;
    if (length % (4 * IRQ_CELLS) != 0) {
        diag_error(path, "interrupts", "%d bytes: must be a list of <type number flags>", length);
        return;
    }
    for (int i = 0; i < length / 4; i += IRQ_CELLS)
        add_irq(domain, path, data + i);
}

/* `owner`: a node whose interrupts the hypervisor handles. */
static void check_kept(const struct system *system, const struct domain *domain, int owner, const char *what)
{
    int length;
    const fdt32_t *data = fdt_getprop(system->fdt, owner, "interrupts", &length);

    for (int at = 0; data && at + IRQ_CELLS <= length / 4; at += IRQ_CELLS)
        for (unsigned i = 0; i < domain->nr_irqs; i++)
            if (tree_number(data + at, 1) == GIC_SPI_TYPE &&
                tree_number(data + at + 1, 1) + GIC_FIRST_SPI == domain->irqs[i].intid)
                diag_error(domain->path, "interrupts", "INTID %u belongs to the hypervisor's %s",
                           domain->irqs[i].intid, what);
}

static void check_two_domains(const struct domain *a, const struct domain *b)
{
    for (unsigned i = 0; i < a->nr_irqs; i++)
        for (unsigned k = 0; k < b->nr_irqs; k++)
            if (a->irqs[i].intid == b->irqs[k].intid)
                diag_error(b->path, "interrupts", "INTID %u belongs to %s: an SPI has one domain",
                           b->irqs[k].intid, a->path);
}

void interrupts_check(const struct system *system)
{
    for (unsigned i = 0; i < system->nr_domains; i++) {
        const struct domain *domain = &system->domains[i];

        if (system->board.console >= 0)
            check_kept(system, domain, system->board.console, "console");
        if (system->board.engine_node >= 0)
            check_kept(system, domain, system->board.engine_node, "bus firewall");
        if (system->smmu.node >= 0)
            check_kept(system, domain, system->smmu.node, "SMMU");
        for (unsigned k = i + 1; k < system->nr_domains; k++)
            check_two_domains(domain, &system->domains[k]);
    }
}
