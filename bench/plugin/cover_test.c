/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the coverage plugin that need no emulator. */
#include <stdio.h>
#include <string.h>

#include "condition.h"
#include "cover_map.h"

static int failures;

#define EXPECT(condition) expect((condition), #condition, __LINE__)

static void expect(bool holds, const char *text, int line)
{
    if (!holds) {
        printf("cover_test.c:%d: %s\n", line, text);
        failures++;
    }
}

enum { N = 1u << 3, Z = 1u << 2, C = 1u << 1, V = 1u << 0 };

/* The sixteen codes, one bit for each value of NZCV that satisfies them; from the manual's table in words. */
static void conditions_are_the_manuals(void)
{
    for (uint32_t flags = 0; flags < 16; flags++) {
        const bool n = flags & N, z = flags & Z, c = flags & C, v = flags & V;
        const bool wanted[16] = {z, !z, c, !c, n, !n, v, !v, c && !z, !c || z, n == v, n != v,
                                 !z && n == v, z || n != v, true, true};

        for (unsigned code = 0; code < 16; code++) {
            if (condition_holds(code, flags << 28 | 0x1da) != wanted[code]) {
                printf("condition %u with NZCV %#x\n", code, (unsigned)flags);
                failures++;
            }
        }
    }
}

static void registers_are_tested_as_told(void)
{
    EXPECT(register_test_holds(BRANCH_ZERO, 0, 0));
    EXPECT(!register_test_holds(BRANCH_ZERO, 1ull << 63, 0));
    EXPECT(!register_test_holds(BRANCH_NOT_ZERO, 0, 0));
    EXPECT(register_test_holds(BRANCH_NOT_ZERO, 1ull << 63, 0));
    EXPECT(register_test_holds(BRANCH_BIT_1, 1ull << 63, 63));
    EXPECT(!register_test_holds(BRANCH_BIT_1, ~(1ull << 63), 63));
    EXPECT(register_test_holds(BRANCH_BIT_0, ~(1ull << 5), 5));
    EXPECT(!register_test_holds(BRANCH_BIT_0, 1ull << 5, 5));
}

static void only_el2_counts(void)
{
    static const uint32_t aarch32[] = {0x10, 0x11, 0x12, 0x13, 0x16, 0x17, 0x1b, 0x1f};
    static const uint32_t aarch64[] = {0x0, 0x4, 0x5, 0xc, 0xd};

    EXPECT(is_el2(0x6000015a) && is_el2(0x8) && is_el2(0x3c9));
    for (unsigned i = 0; i < sizeof(aarch32) / sizeof(*aarch32); i++) {
        EXPECT(!is_el2(0x1c0 | aarch32[i]));
    }
    for (unsigned i = 0; i < sizeof(aarch64) / sizeof(*aarch64); i++) {
        EXPECT(!is_el2(0x3c0 | aarch64[i]));
    }
}

/* Text 0x1000…0x1018 with branches at 0x1002 and 0x100c. */
struct file {
    struct cover_header header;
    struct cover_branch branches[2];
    uint8_t executed[12], directions[2][2];
};

static struct file sample(void)
{
    return (struct file){.header = {"FPCOVER1", {0}, 0x1000, 0x1018, 2, 0},
                         .branches = {{.address = 0x1002, .code = 1}, {.address = 0x100c, .test = BRANCH_BIT_1}}};
}

static void marks_lie_where_they_should(void)
{
    struct file file = sample();
    struct cover_map map;
    const char *why;

    EXPECT(cover_map_take(&map, &file, sizeof(file), &why));
    EXPECT(cover_map_executed(&map, 0x1000) == &file.executed[0]);
    EXPECT(cover_map_executed(&map, 0x1016) == &file.executed[11]);
    EXPECT(!cover_map_executed(&map, 0xffe) && !cover_map_executed(&map, 0x1018));
    EXPECT(cover_map_branch(&map, 0x1002) == &file.branches[0]);
    EXPECT(cover_map_branch(&map, 0x100c) == &file.branches[1]);
    EXPECT(!cover_map_branch(&map, 0x1000) && !cover_map_branch(&map, 0x1004) && !cover_map_branch(&map, 0x100e));
    EXPECT(cover_map_directions(&map, &file.branches[1]) == file.directions[1]);
}

static bool is_taken_after(void (*spoil)(struct file *file))
{
    struct file file = sample();
    struct cover_map map;
    const char *why = NULL;

    spoil(&file);
    return cover_map_take(&map, &file, sizeof(file), &why) || !why;
}

static void other_magic(struct file *file) { file->header.magic[7] = '2'; }
static void backwards(struct file *file) { file->header.text_end = 0xff0; }
static void too_long(struct file *file) { file->header.text_end += 2; }
static void too_many(struct file *file) { file->header.nr_branches = UINT32_MAX; }
static void unordered(struct file *file) { file->branches[1].address = 0x1002; }
static void outside(struct file *file) { file->branches[1].address = 0x1018; }
static void unknown_test(struct file *file) { file->branches[0].test = NR_BRANCH_TESTS; }

static void spoilt_maps_are_refused(void)
{
    struct file file = sample();
    struct cover_map map;
    const char *why;

    EXPECT(!cover_map_take(&map, &file, sizeof(file.header) - 1, &why));
    EXPECT(!cover_map_take(&map, &file, sizeof(file) - 1, &why));
    EXPECT(!is_taken_after(other_magic));
    EXPECT(!is_taken_after(backwards));
    EXPECT(!is_taken_after(too_long));
    EXPECT(!is_taken_after(too_many));
    EXPECT(!is_taken_after(unordered));
    EXPECT(!is_taken_after(outside));
    EXPECT(!is_taken_after(unknown_test));
}

int main(void)
{
    conditions_are_the_manuals();
    registers_are_tested_as_told();
    only_el2_counts();
    marks_lie_where_they_should();
    spoilt_maps_are_refused();
    return failures != 0;
}
