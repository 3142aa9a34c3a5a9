// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include "diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void usage(void)
{
    fputs("usage: syscfg TREE.dtb --out DIR\n"
          "  [--guest NODE=FILE]... [--ramdisk NODE=FILE]... [--passthrough NODE=FILE.dtb]...\n"
          "  [--bootargs NODE=STRING]... [--commit TEXT] [--json FILE|-] [--quiet]\n"
          "  [--access window|switch|auto|mask|background|shared] [--switch-when access|entry]\n"
          "  [--window-granule page|domain] [--windows 1..4] [--background-when access|always]\n"
          "  [--time-slice-us N] [--dma-engine FILE]\n",
          stderr);
}

static bool is_named(const char *option)
{
    static const char *const named[] = {"--guest", "--ramdisk", "--passthrough", "--bootargs"};

    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
        if (strcmp(option, named[i]) == 0)
            return true;
    return false;
}

static bool add_named(struct options *options, const char *option, const char *text)
{
    const char *equals = strchr(text, '=');
    struct named_option *named = &options->named[options->nr_named];

    if (!equals || equals == text || options->nr_named == OPTIONS_MAX_NAMED)
        return false;
    *named = (struct named_option){.option = option, .value = equals + 1};
    named->node = strndup(text, (size_t)(equals - text));
    options->nr_named++;
    return named->node != NULL;
}

static const char **plain_option(struct options *options, const char *option)
{
    const struct {
        const char *option;
        const char **value;
    } plain[] = {
        {"--out", &options->out},
        {"--json", &options->json},
        {"--commit", &options->commit},
        {"--access", &options->access},
        {"--switch-when", &options->switch_when},
        {"--window-granule", &options->window_granule},
        {"--background-when", &options->background_when},
        {"--windows", &options->windows},
        {"--time-slice-us", &options->time_slice_us},
        {"--dma-engine", &options->dma_engine},
    };

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        if (strcmp(option, plain[i].option) == 0)
            return plain[i].value;
    return NULL;
}

/* Takes one argument and, if it is an option with a value, the next. Returns how many, 0 if it is wrong. */
static int take(struct options *options, const char *argument, const char *next)
{
    const char **value = plain_option(options, argument);

    if (strcmp(argument, "--quiet") == 0) {
        options->quiet = true;
        return 1;
    }
    if (value && next) {
        *value = next;
        return 2;
    }
    if (is_named(argument))
        return next && add_named(options, argument, next) ? 2 : 0;
    if (argument[0] == '-' || options->tree)
        return 0;
    options->tree = argument;
    return 1;
}

bool options_parse(struct options *options, int argc, char **argv)
{
    *options = (struct options){.commit = ""};
    for (int i = 1; i < argc;) {
        int taken = take(options, argv[i], i + 1 < argc ? argv[i + 1] : NULL);

        if (taken == 0) {
            fprintf(stderr, "error: command line: %s: unknown, or its value is missing or wrong\n", argv[i]);
            usage();
            return false;
        }
        i += taken;
    }
    if (!options->tree || !options->out) {
        usage();
        return false;
    }
    return true;
}

const char *options_find(struct options *options, const char *option, const char *node)
{
    const char *value = NULL;

    for (unsigned i = 0; i < options->nr_named; i++) {
        struct named_option *named = &options->named[i];

        if (strcmp(named->option, option) == 0 && strcmp(named->node, node) == 0) {
            named->used = true;
            value = named->value;
        }
    }
    return value;
}

uint64_t options_file_bytes(const char *path, const char *option, const char *file)
{
    FILE *stream = fopen(file, "rb");
    long bytes = -1;

    if (stream && fseek(stream, 0, SEEK_END) == 0)
        bytes = ftell(stream);
    if (stream)
        fclose(stream);
    if (bytes > 0 && bytes <= UINT32_MAX)
        return (uint64_t)bytes;
    diag_error(path, option, "%s: cannot be read, is empty or has 4 GiB or more", file);
    return 0;
}

void options_check_used(const struct options *options)
{
    for (unsigned i = 0; i < options->nr_named; i++) {
        const struct named_option *named = &options->named[i];

        if (!named->used)
            diag_error(named->option, NULL, "%s=%s: no such domain below /chosen, or it has no such module",
                       named->node, named->value);
    }
}
