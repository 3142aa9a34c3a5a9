// SPDX-License-Identifier: Apache-2.0
/* How EL2 reaches foreign pages and for how long a vCPU runs: /chosen, overridden by the command line. */
#include "model.h"

#include "diag.h"

#include <stdlib.h>
#include <string.h>

/* A value of /chosen or of the option that overrides it, and where to blame. */
struct source {
    const char *path;
    const char *property;
    const char *text; /* NULL: not given */
};

static struct source find_text(const struct system *system, const char *property, const char *option,
                               const char *value)
{
    if (value)
        return (struct source){"command line", option, value};
    return (struct source){"/chosen", property, tree_read_string(system->fdt, system->chosen, property)};
}

/* `names` is a NULL-terminated list; returns the index of the value, 0 if it is not given. */
static uint32_t choose(struct source from, const char *const *names, const char *rule)
{
    if (!from.text)
        return 0;
    for (uint32_t i = 0; names[i]; i++)
        if (strcmp(from.text, names[i]) == 0)
            return i;
    diag_error(from.path, from.property, "\"%s\": must be %s", from.text, rule);
    return 0;
}

static uint32_t read_number(const struct system *system, const char *property, const char *option,
                            const char *value, uint32_t fallback, uint32_t least, uint32_t most)
{
    uint64_t number = fallback;
    uint32_t cell;

    if (value) {
        char *end;

        number = strtoull(value, &end, 10);
        if (*value < '0' || *value > '9' || *end != '\0')
            number = UINT64_MAX;
    } else if (tree_read_u32(system->fdt, system->chosen, property, &cell)) {
        number = cell;
    }
    if (number >= least && number <= most)
        return (uint32_t)number;
    if (value)
        diag_error("command line", option, "%s: must be %u to %u", value, least, most);
    else
        diag_error("/chosen", property, "<%llu>: must be %u to %u", (unsigned long long)number, least, most);
    return fallback;
}

static bool needs_windows(uint32_t access)
{
    return access == ACCESS_WINDOW || access == ACCESS_AUTO || access == ACCESS_SHARED;
}

static void read_event_pages(struct system *system)
{
    struct span *span = &system->strategy.event_pages;
    int nr = tree_read_spans(system->fdt, system->chosen, "fencepost,event-pages", system->chosen_cells, span, 1);

    if (system->strategy.access != ACCESS_SHARED) {
        *span = (struct span){0, 0};
        return;
    }
    if (nr == 0)
        diag_error("/chosen", "fencepost,event-pages", "missing: the strategy `shared` needs a range");
    if (nr < 1) {
        *span = (struct span){0, 0};
        return;
    }
    if ((span->base | span->limit) % PAGE_SIZE != 0)
        diag_error("/chosen", "fencepost,event-pages", SPAN_FORMAT ": must be multiples of 4 KiB",
                   SPAN_VALUES(*span));
}

/* `resident` is what a board with translation has, whatever the tree says of MPU boards, and no other board has it. */
static void choose_protection(struct system *system)
{
    const char *option = system->options.access;
    uint32_t *access = &system->strategy.access;

    if (system->board.translates) {
        if (option && *access != ACCESS_RESIDENT)
            diag_error("command line", "--access", "\"%s\": must be resident, EL2 of this board reaches all RAM", option);
        *access = ACCESS_RESIDENT;
    } else if (*access == ACCESS_RESIDENT) {
        diag_error(option ? "command line" : "/chosen", option ? "--access" : "fencepost,access",
                   "\"resident\": must be window, switch, auto, mask, background or shared: this board does not translate");
        *access = ACCESS_WINDOW;
    }
}

void strategy_read(struct system *system)
{
    static const char *const accesses[] = {"window", "switch", "auto", "mask", "background", "shared", "resident", NULL};
    static const char *const entries[] = {"access", "entry", NULL};
    static const char *const granules[] = {"page", "domain", NULL};
    static const char *const backgrounds[] = {"access", "always", NULL};
    const struct options *options = &system->options;
    struct strategy *strategy = &system->strategy;

    strategy->access = choose(find_text(system, "fencepost,access", "--access", options->access), accesses,
                              system->board.translates ? "resident" : "window, switch, auto, mask, background or shared");
    choose_protection(system);
    strategy->switch_when =
        choose(find_text(system, "fencepost,switch-when", "--switch-when", options->switch_when), entries,
               "access or entry");
    strategy->window_granule =
        choose(find_text(system, "fencepost,window-granule", "--window-granule", options->window_granule),
               granules, "page or domain");
    strategy->background_when =
        choose(find_text(system, "fencepost,background-when", "--background-when", options->background_when),
               backgrounds, "access or always");
    strategy->windows = read_number(system, "fencepost,windows", "--windows", options->windows, 1, 1,
                                    CONFIG_MAX_WINDOWS);
    if (!needs_windows(strategy->access))
        strategy->windows = 0;
    strategy->time_slice_us = read_number(system, "fencepost,time-slice-us", "--time-slice-us",
                                          options->time_slice_us, 1000, 0, 10000000);
    strategy->bench = fdt_getprop(system->fdt, system->chosen, "fencepost,bench", NULL) != NULL;
    read_event_pages(system);
}
