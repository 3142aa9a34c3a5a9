/* SPDX-License-Identifier: Apache-2.0 */
#include "probes.h"

#include <inttypes.h>
#include <string.h>

static int window_index(struct probe_table *table, const char *name)
{
    for (unsigned i = 0; i < table->nr_windows; i++) {
        if (strcmp(table->names[i], name) == 0) {
            return (int)i;
        }
    }
    if (table->nr_windows == MAX_WINDOWS) {
        return -1;
    }
    snprintf(table->names[table->nr_windows], MAX_PROBE_NAME, "%s", name);
    return (int)table->nr_windows++;
}

static bool cut_end(char *name)
{
    size_t length = strlen(name);

    if (length < 5 || strcmp(name + length - 4, ".end") != 0) {
        return false;
    }
    name[length - 4] = '\0';
    return true;
}

/* Insertion keeps the order of equal addresses; tables have tens of rows. */
static void insert_sorted(struct probe_table *table, struct probe probe)
{
    unsigned at = table->nr_probes++;

    while (at > 0 && table->probes[at - 1].address > probe.address) {
        table->probes[at] = table->probes[at - 1];
        at--;
    }
    table->probes[at] = probe;
}

/* A window that nothing closes is a point. */
static void mark_points(struct probe_table *table)
{
    bool closed[MAX_WINDOWS] = {false};

    for (unsigned i = 0; i < table->nr_probes; i++) {
        closed[table->probes[i].window] |= table->probes[i].act == PROBE_CLOSE;
    }
    for (unsigned i = 0; i < table->nr_probes; i++) {
        if (!closed[table->probes[i].window]) {
            table->probes[i].act = PROBE_POINT;
        }
    }
}

bool probes_read(struct probe_table *table, FILE *in, const char **why)
{
    char line[128], name[MAX_PROBE_NAME];
    uint64_t address;

    table->nr_probes = table->nr_windows = 0;
    while (fgets(line, sizeof(line), in)) {
        if (sscanf(line, "%" SCNx64 " %39s", &address, name) != 2) {
            *why = "a line is not `ADDRESS NAME`";
            return false;
        }
        enum probe_act act = cut_end(name) ? PROBE_CLOSE : PROBE_OPEN;
        int window = window_index(table, name);
        if (window < 0 || table->nr_probes == MAX_PROBES) {
            *why = "too many probes";
            return false;
        }
        insert_sorted(table, (struct probe){address, (uint16_t)window, (uint16_t)act});
    }
    mark_points(table);
    return true;
}

const struct probe *probes_at(const struct probe_table *table, uint64_t address, unsigned *nr)
{
    const struct probe *first = NULL;

    *nr = 0;
    for (unsigned i = 0; i < table->nr_probes; i++) {
        if (table->probes[i].address == address) {
            first = first ? first : &table->probes[i];
            (*nr)++;
        }
    }
    return first;
}
