// SPDX-License-Identifier: Apache-2.0
/* load.json: everything a loader has to put into memory, and what the harness wants to know of the system. */
#include "writers.h"

#include <limits.h>
#include <stdlib.h>

static void put_text(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            fprintf(to, "\\%c", c);
        else if (c < 0x20)
            fprintf(to, "\\u%04x", c);
        else
            fputc(c, to);
    }
    fputc('"', to);
}

static void put_name(FILE *to, const char *name, const char *text)
{
    fprintf(to, "\"%s\": ", name);
    put_text(to, text);
}

/*
 * Files named on the command line appear with their full path, those written by syscfg by name alone. `domain`
 * is NULL for what belongs to none.
 */
static void put_load(FILE *to, bool *first, const char *file, uint64_t address, uint64_t bytes, const char *what,
                     const char *domain)
{
    char *full = realpath(file, NULL);

    fprintf(to, "%s    {", *first ? "\n" : ",\n");
    put_name(to, "file", full ? full : file);
    fprintf(to, ", \"address\": %llu, \"size\": %llu, \"what\": \"%s%s%s\"}", (unsigned long long)address,
            (unsigned long long)bytes, what, domain ? " of " : "", domain ? domain : "");
    *first = false;
    free(full);
}

static void put_module(FILE *to, bool *first, const struct module *module, const char *what, const char *domain)
{
    if (module->node >= 0 && module->file)
        put_load(to, first, module->file, module->source.base, module->source.limit - module->source.base, what,
                 domain);
}

static void put_loads(const struct system *system, FILE *to)
{
    bool first = true;

    fprintf(to, "  \"loads\": [");
    for (unsigned i = 0; i < system->nr_domains; i++) {
        const struct domain *domain = &system->domains[i];
        char tree[PATH_MAX];

        put_module(to, &first, &domain->kernel, "kernel", domain->name);
        put_module(to, &first, &domain->ramdisk, "ramdisk", domain->name);
        snprintf(tree, sizeof(tree), "%s.dtb", domain->name);
        fprintf(to, "%s    {", first ? "\n" : ",\n");
        put_name(to, "file", tree);
        fprintf(to, ", \"address\": %llu, \"size\": %u, \"what\": \"device tree of %s\"}",
                (unsigned long long)domain->tree_source.base, domain->tree_bytes, domain->name);
        first = false;
    }
    if (system->strategy.engine)
        put_load(to, &first, system->strategy.engine, system->board.engine.base, system->strategy.engine_bytes,
                 "DMA engine", NULL);
    fprintf(to, "\n  ],\n");
}

static void put_masters(const struct system *system, FILE *to)
{
    fprintf(to, "  \"masters\": [");
    for (unsigned i = 0; i < system->nr_masters; i++) {
        const struct config_master *master = &system->masters[i];

        fprintf(to, "%s    {", i == 0 ? "\n" : ",\n");
        put_name(to, "name", master->name);
        fprintf(to, ", \"number\": %u, \"domid\": %d, \"checked\": %s, \"stopped\": %s}", master->number, master->domain + 1,
                master->flags & MASTER_CHECKED ? "true" : "false",
                master->flags & MASTER_REFUSED ? "true" : "false");
    }
    fprintf(to, "%s],\n", system->nr_masters > 0 ? "\n  " : "");
}

static void put_domains(const struct system *system, FILE *to)
{
    static const char *const restart[] = {"never", "reboot", "always"};

    fprintf(to, "  \"domains\": [");
    for (unsigned i = 0; i < system->nr_domains; i++) {
        const struct domain *domain = &system->domains[i];

        fprintf(to, "%s    {", i == 0 ? "\n" : ",\n");
        put_name(to, "name", domain->name);
        fprintf(to, ", \"domid\": %u, \"cpus\": %u, \"essential\": %s, \"trusted_dma\": %s, \"shareable\": %s,"
                    " \"vpl011\": %s,", i + 1,
                domain->nr_vcpus, domain->flags & DOMAIN_ESSENTIAL ? "true" : "false",
                domain->flags & DOMAIN_TRUSTED_DMA ? "true" : "false",
                domain->flags & DOMAIN_SHAREABLE ? "true" : "false",
                domain->flags & DOMAIN_VPL011 ? "true" : "false");
        fprintf(to, " \"restart\": \"%s\", \"entry\": %llu, \"may_connect\": %u, \"may_map\": %u, \"banks\": [",
                restart[domain->restart], (unsigned long long)domain->kernel.target, domain->may_connect,
                domain->may_map);
        for (unsigned k = 0; k < domain->nr_banks; k++)
            fprintf(to, "%s[%llu, %llu]", k == 0 ? "" : ", ", (unsigned long long)domain->banks[k].base,
                    (unsigned long long)domain->banks[k].limit);
        fprintf(to, "]}");
    }
    fprintf(to, "\n  ],\n");
}

static void put_budget(const struct system *system, const struct view *view, const char *name, bool first, FILE *to)
{
    fprintf(to, "%s    {", first ? "\n" : ",\n");
    put_name(to, "view", name);
    fprintf(to, ", \"slots\": %u, \"fixed\": %d, \"windows\": %u, \"resident\": %u, \"needs\": %u, \"available\": %u,",
            system->board.slots, MPU_FIXED_SLOTS, system->strategy.windows,
            view == &system->hyp ? 0 : system->hyp_resident, view->nr_regions, view->available);
    fprintf(to, " \"first_slot\": %u}", view->first_slot);
}

void load_list_write(const struct system *system, uint32_t config_bytes, FILE *to)
{
    static const char *const accesses[] = {"window", "switch", "auto", "mask", "background", "shared", "resident"};
    uint32_t cpus = system->strategy.cpu1_is_dma ? CONFIG_MAX_CPUS : system_cpus(system);

    fprintf(to, "{\n  \"schema\": 1,\n  ");
    put_name(to, "board", system->board.name);
    fprintf(to, ",\n  \"access\": \"%s\",\n  \"cpus\": %u,\n", accesses[system->strategy.access], cpus);
    fprintf(to, "  \"config\": {\"file\": \"system.cfg\", \"address\": %llu, \"size\": %u},\n",
            (unsigned long long)system->board.config.base, config_bytes);
    fprintf(to, "  \"page_tables\": {\"address\": %llu, \"pages\": %u},\n",
            (unsigned long long)system->page_tables.base, system->nr_pages);
    put_loads(system, to);
    put_domains(system, to);
    put_masters(system, to);
    fprintf(to, "  \"budget\": [");
    for (unsigned i = 0; i < system->nr_domains; i++)
        put_budget(system, &system->domains[i].view, system->domains[i].name, i == 0, to);
    put_budget(system, &system->hyp, "hypervisor", false, to);
    fprintf(to, "\n  ]\n}\n");
}
