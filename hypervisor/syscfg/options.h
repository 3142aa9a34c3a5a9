/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line. An option that names a property of the tree overrides it, so that one tree serves every
 * access strategy; its value stays text here and is checked where the property is.
 */
#ifndef SYSCFG_OPTIONS_H
#define SYSCFG_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum { OPTIONS_MAX_NAMED = 64 };

/* --guest NODE=FILE and its relatives, in the order given. */
struct named_option {
    const char *option; /* "--guest" */
    char *node;
    const char *value;
    bool used;
};

struct options {
    const char *tree;
    const char *out;
    const char *json; /* NULL: none, "-": stdout */
    const char *commit;
    bool quiet;

    const char *access, *switch_when, *window_granule, *background_when;
    const char *windows, *time_slice_us;
    const char *dma_engine;

    struct named_option named[OPTIONS_MAX_NAMED];
    unsigned nr_named;
};

/* False: usage has been printed. */
bool options_parse(struct options *options, int argc, char **argv);

/* The last value of `option` for domain `node`, or NULL. Marks it as used. */
const char *options_find(struct options *options, const char *option, const char *node);

/* Size of the file that `option` names, or 0 after an error about `path`. */
uint64_t options_file_bytes(const char *path, const char *option, const char *file);

/* An error for every NODE=... that no domain asked for. */
void options_check_used(const struct options *options);

#endif
