// SPDX-License-Identifier: Apache-2.0
/*
 * syscfg: reads a system's device tree, refuses everything that is wrong in it, and writes what the
 * hypervisor and the guests need. The hypervisor trusts the result and holds no parser.
 *
 * Exit status: 0 written, 2 the system or the command line is wrong, 8 the result cannot be written.
 */
#include "diag.h"
#include "model.h"
#include "writers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_FINE = 0, EXIT_BAD_INPUT = 2, EXIT_INTERNAL = 8 };
enum { MOST_TREE_BYTES = 4 << 20 };

/* The whole, checked tree, or NULL after an error. */
static void *read_tree(const char *path)
{
    FILE *stream = fopen(path, "rb");
    void *fdt = malloc(MOST_TREE_BYTES);
    size_t bytes = stream && fdt ? fread(fdt, 1, MOST_TREE_BYTES, stream) : 0;
    int error = bytes == 0 ? -FDT_ERR_TRUNCATED : fdt_check_full(fdt, bytes);

    if (stream)
        fclose(stream);
    if (error == 0)
        return fdt;
    diag_error(path, NULL, "cannot be read as a device tree: %s",
               stream ? fdt_strerror(error) : strerror(errno));
    free(fdt);
    return NULL;
}

static void read_system(struct system *system)
{
    system->chosen = fdt_path_offset(system->fdt, "/chosen");
    board_read(system);
    if (system->chosen < 0) {
        diag_error("/chosen", NULL, "missing: it holds the domains");
        return;
    }
    system->chosen_cells = tree_read_cells(system->fdt, system->chosen);
    strategy_read(system);
    engine_read(system);
    smmu_read(system);
    firewall_read(system);
    static_heap_read(system);
    domains_read(system);
    policy_read(system);
    channels_read(system);
    shared_mem_check(system);
    devices_check(system);
    interrupts_check(system);
    masters_read(system);
    resets_read(system);
    vuart_read(system);
    options_check_used(&system->options);
    claims_check(system);
    placement_compute(system);
    views_compute(system);
    pages_compute(system);
}

static FILE *create(const struct system *system, const char *name, const char *suffix)
{
    char path[4096];
    FILE *stream;

    snprintf(path, sizeof(path), "%s/%s%s", system->options.out, name, suffix);
    stream = fopen(path, "wb");
    if (!stream)
        diag_error(path, NULL, "%s", strerror(errno));
    return stream;
}

/* Closes it too. */
static bool finish(FILE *stream)
{
    bool good = !ferror(stream);

    if (fclose(stream) == 0 && good)
        return true;
    diag_error("output", NULL, "%s", strerror(errno));
    return false;
}

static bool write_blob(const struct system *system, const char *name, const char *suffix, const void *data,
                       size_t bytes)
{
    FILE *stream = create(system, name, suffix);

    if (!stream)
        return false;
    fwrite(data, 1, bytes, stream);
    return finish(stream);
}

static bool write_json(const struct system *system, uint32_t config_bytes)
{
    const char *json = system->options.json;
    FILE *stream = create(system, "load", ".json");

    if (!stream)
        return false;
    load_list_write(system, config_bytes, stream);
    if (!finish(stream))
        return false;
    if (!json)
        return true;
    if (strcmp(json, "-") == 0) {
        load_list_write(system, config_bytes, stdout);
        return true;
    }
    stream = fopen(json, "wb");
    if (!stream) {
        diag_error(json, NULL, "%s", strerror(errno));
        return false;
    }
    load_list_write(system, config_bytes, stream);
    return finish(stream);
}

static int write_all(const struct system *system)
{
    bool to_stdout = system->options.json && strcmp(system->options.json, "-") == 0;
    uint32_t bytes = config_bytes(system);
    void *config = config_write(system);
    bool good;

    if (!config)
        return EXIT_INTERNAL;
    if (mkdir(system->options.out, 0777) != 0 && errno != EEXIST)
        diag_error(system->options.out, NULL, "%s", strerror(errno));
    good = write_blob(system, "system", ".cfg", config, bytes);
    free(config);
    for (unsigned i = 0; good && i < system->nr_domains; i++)
        good = write_blob(system, system->domains[i].name, ".dtb", system->domains[i].tree,
                          system->domains[i].tree_bytes);
    if (!good || !write_json(system, bytes))
        return EXIT_INTERNAL;
    if (!system->options.quiet && !to_stdout)
        report_write(system, stdout);
    return EXIT_FINE;
}

int main(int argc, char **argv)
{
    static struct system system;

    if (!options_parse(&system.options, argc, argv))
        return EXIT_BAD_INPUT;
    system.fdt = read_tree(system.options.tree);
    if (system.fdt)
        read_system(&system);
    if (diag_errors() == 0)
        return write_all(&system);

    if (system.nr_domains > 0)
        report_budget(&system, stderr);
    fprintf(stderr, "%u error%s, nothing written\n", diag_errors(), diag_errors() == 1 ? "" : "s");
    return EXIT_BAD_INPUT;
}
