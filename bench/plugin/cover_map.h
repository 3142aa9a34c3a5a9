/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The coverage map of one image: a file that tool/coverage/store.py lays out and every machine of a run maps
 * into its memory. A byte says that something happened, and is only ever set to 1: many machines may write at
 * the same time, nothing has to be merged or flushed, and a machine that is killed loses nothing.
 *
 *   header · nr_branches records of 16 bytes, ascending by address
 *   one byte for each halfword of the text: an instruction that begins there was executed
 *   two bytes for each branch: it was passed by, it was taken
 *
 * All in the byte order of the build machine.
 */
#ifndef BENCH_PLUGIN_COVER_MAP_H
#define BENCH_PLUGIN_COVER_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COVER_DIGEST_BYTES = 32 };

struct cover_header {
    char magic[8];
    uint8_t image[COVER_DIGEST_BYTES]; /* SHA-256 of the ELF file */
    uint64_t text_start, text_end;
    uint32_t nr_branches;
    uint32_t reserved;
};

struct cover_branch {
    uint64_t address;
    uint8_t test;   /* enum branch_test */
    uint8_t code;   /* BRANCH_FLAGS: condition code; otherwise the number of the register */
    uint8_t bit;    /* BRANCH_BIT_0, BRANCH_BIT_1 */
    uint8_t narrow; /* only the low 32 bits of the register count */
    uint32_t reserved;
};

_Static_assert(sizeof(struct cover_header) == 64, "as in store.py");
_Static_assert(sizeof(struct cover_branch) == 16, "as in store.py");

struct cover_map {
    struct cover_header *header;
    struct cover_branch *branches;
    uint8_t *executed;
    uint8_t (*directions)[2];
};

/* Finds the parts in `size` bytes. False, with a reason in *why, when they are not a map. */
bool cover_map_take(struct cover_map *map, void *bytes, size_t size, const char **why);

/* The mark of an instruction, NULL outside the text. */
uint8_t *cover_map_executed(const struct cover_map *map, uint64_t address);

/* NULL if there is no conditional branch at the address. */
struct cover_branch *cover_map_branch(const struct cover_map *map, uint64_t address);

/* The two marks of a branch of this map. */
uint8_t *cover_map_directions(const struct cover_map *map, const struct cover_branch *branch);

#endif
