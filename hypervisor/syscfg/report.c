// SPDX-License-Identifier: Apache-2.0
/* What a person wants to check before booting: which slots go where, and what lands at which address. */
#include "writers.h"

static const char *const access_names[] = {"window", "switch", "auto", "mask", "background", "shared", "resident"};
static const char *const kind_names[] = {"RAM", "shared memory, owner", "shared memory, borrower", "device",
                                         "everybody's event pages", "page tables (EL2 only)"};

static void budget_line(const struct system *system, const struct view *view, const char *name, FILE *to)
{
    unsigned resident = view == &system->hyp ? 0 : system->hyp_resident;

    fprintf(to, "  %-16s %5u %5d %7u %8u %5u ", name, system->board.slots, MPU_FIXED_SLOTS,
            system->strategy.windows, resident, view->nr_regions);
    if (view->nr_regions > view->available)
        fprintf(to, "%5s  DOES NOT FIT, has %u\n", "-", view->available);
    else if (view->nr_regions == 0)
        fprintf(to, "%5u  no slots\n", view->available);
    else
        fprintf(to, "%5u  slots %u ... %u\n", view->available - view->nr_regions, view->first_slot,
                view->first_slot + view->nr_regions - 1);
}

static void table_lines(const struct system *system, FILE *to)
{
    fprintf(to, "translation tables of 4 KiB, access = resident\n");
    for (unsigned i = 0; i < system->nr_domains; i++)
        fprintf(to, "  %-16s %5u, %u of them for what it maps of others\n", system->domains[i].name, system->domains[i].nr_tables,
                system->domains[i].may_map ? system->domains[i].spare_tables : 0);
}

void report_budget(const struct system *system, FILE *to)
{
    if (system->board.translates) {
        table_lines(system, to);
        return;
    }
    fprintf(to, "MPU regions, access = %s\n", access_names[system->strategy.access]);
    fprintf(to, "  %-16s %5s %5s %7s %8s %5s %5s\n", "view", "slots", "fixed", "windows", "resident", "needs",
            "free");
    for (unsigned i = 0; i < system->nr_domains; i++)
        budget_line(system, &system->domains[i].view, system->domains[i].name, to);
    budget_line(system, &system->hyp, "(hypervisor)", to);
    if (system->strategy.access == ACCESS_MASK && !system->all_resident)
        fprintf(to, "  note: the guest views do not fit together; the current one is loaded at a vCPU switch\n");
}

static void module_line(const struct module *module, const char *what, FILE *to)
{
    if (module->node < 0)
        return;
    fprintf(to, "  %-16s 0x%08llx  0x%llx bytes, loaded at 0x%llx%s%s\n", what,
            (unsigned long long)module->target,
            (unsigned long long)(module->source.limit - module->source.base),
            (unsigned long long)module->source.base, module->file ? " from " : "", module->file ? module->file : "");
}

static void range_lines(const struct domain *domain, FILE *to)
{
    for (unsigned i = 0; i < domain->view.nr_ranges; i++) {
        const struct config_range *range = &domain->view.ranges[i];

        fprintf(to, "  [0x%08llx, 0x%08llx)   %s%s, %s\n", (unsigned long long)range->base,
                (unsigned long long)range->limit, range->attr & RANGE_WRITE ? "rw" : "r-",
                range->attr & RANGE_EXEC ? "x" : "-", kind_names[range->kind]);
    }
}

static void policy_line(const struct system *system, uint32_t mask, const char *what, FILE *to)
{
    fprintf(to, "  %-16s", what);
    for (unsigned i = 0; i < system->nr_domains; i++)
        if (mask & BIT(i))
            fprintf(to, " %s", system->domains[i].name);
    fprintf(to, "%s\n", mask ? "" : " nobody");
}

static const char *master_text(const struct config_master *master)
{
    if (master->flags & MASTER_CHECKED)
        return "checked by the bus firewall";
    if (master->flags & MASTER_REFUSED)
        return "stopped by the SMMU";
    return master->flags & MASTER_CLOSABLE ? "TRUSTED: bypasses the SMMU" : "TRUSTED: not checked";
}

static void device_lines(const struct system *system, unsigned index, FILE *to)
{
    const struct domain *domain = &system->domains[index];

    for (unsigned i = 0; i < domain->nr_devices; i++) {
        const struct device *device = &domain->devices[i];
        const char *path = device->host >= 0 ? tree_path(system->fdt, device->host)
                                             : tree_path(domain->partial_fdt, device->node);

        fprintf(to, "  device           0x%08llx  %s\n", (unsigned long long)device->span.base, path);
    }
    for (unsigned i = 0; i < system->nr_masters; i++)
        if (system->masters[i].domain == index)
            fprintf(to, "  bus master %u     %s, %s\n", system->masters[i].number, system->masters[i].name,
                    master_text(&system->masters[i]));
    for (unsigned i = 0; i < system->nr_resets; i++)
        if (system->resets[i].domain == index)
            fprintf(to, "  device reset     0x%08llx  becomes 0x%x\n",
                    (unsigned long long)system->resets[i].address,
                    system->resets[i].value);
}

static void restart_line(const struct domain *domain, FILE *to)
{
    const char *pinned = domain->flags & DOMAIN_RESERVE_PINNED ? "without its pages that others have mapped"
                                                               : "when nobody has a page of it mapped";

    if (domain->restart != RESTART_NEVER)
        fprintf(to, "  restart          after %s, %s\n", domain->restart == RESTART_ALWAYS ? "any stop" : "a reboot",
                pinned);
}

static void domain_lines(const struct system *system, unsigned index, FILE *to)
{
    const struct domain *domain = &system->domains[index];

    fprintf(to, "\nd%u %s%s, RAM %s%s\n", index + 1, domain->name,
            domain->flags & DOMAIN_ESSENTIAL ? ", essential" : "",
            domain->flags & DOMAIN_SHAREABLE ? "Outer Shareable (used on two CPUs)" : "Non-shareable (one CPU)",
            domain->flags & DOMAIN_TRUSTED_DMA ? ", TRUSTED: a device of it may master the bus" : "");
    range_lines(domain, to);
    module_line(&domain->kernel, "image", to);
    module_line(&domain->ramdisk, "ramdisk", to);
    fprintf(to, "  %-16s 0x%08llx  0x%x bytes, loaded at 0x%llx\n", "device tree",
            (unsigned long long)domain->tree_target, domain->tree_bytes,
            (unsigned long long)domain->tree_source.base);
    for (uint32_t id = 0; id < domain->nr_vcpus; id++)
        fprintf(to, "  vCPU %u           CPU %u, priority %u\n", id, domain->vcpus[id].cpu,
                domain->vcpus[id].priority);
    device_lines(system, index, to);
    for (unsigned i = 0; i < domain->nr_irqs; i++)
        fprintf(to, "  interrupt        INTID %u, %s\n", domain->irqs[i].intid,
                domain->irqs[i].edge ? "edge" : "level");
    if (domain->flags & DOMAIN_VPL011)
        fprintf(to, "  vPL011           0x%08llx  INTID %u\n", (unsigned long long)system->vuart.window.base,
                system->vuart.intid);
    policy_line(system, domain->may_connect, "may connect", to);
    policy_line(system, domain->may_map, "may map", to);
    restart_line(domain, to);
}

static void channel_lines(const struct system *system, FILE *to)
{
    for (unsigned i = 0; i < system->nr_channels; i++) {
        const struct config_channel *channel = &system->channels[i];

        fprintf(to, "static channel: %s port %u - %s port %u (starts pending)\n",
                system->domains[channel->domain_a].name, channel->port_a, system->domains[channel->domain_b].name,
                channel->port_b);
    }
}

static void trusted_line(const struct system *system, FILE *to)
{
    bool any = false;

    fprintf(to, "trusted domains:");
    for (unsigned i = 0; i < system->nr_domains; i++)
        if (system->domains[i].flags & DOMAIN_TRUSTED_DMA) {
            fprintf(to, " %s", system->domains[i].name);
            any = true;
        }
    fprintf(to, "%s\n", any ? "" : " none");
}

static void engine_line(const struct system *system, FILE *to)
{
    if (system->strategy.cpu1_is_dma)
        fprintf(to, "DMA engine: 0x%08llx on CPU 1, %s%s\n", (unsigned long long)system->board.engine.base,
                system->strategy.engine ? "loaded from " : "somebody else loads it",
                system->strategy.engine ? system->strategy.engine : "");
}

void report_write(const struct system *system, FILE *to)
{
    report_budget(system, to);
    for (unsigned i = 0; i < system->nr_domains; i++)
        domain_lines(system, i, to);
    fprintf(to, "\n");
    channel_lines(system, to);
    engine_line(system, to);
    fprintf(to, "page tables: %u pages, 0x%08llx\n", system->nr_pages, (unsigned long long)system->page_tables.base);
    trusted_line(system, to);
}
