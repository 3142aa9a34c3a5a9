// SPDX-License-Identifier: Apache-2.0
/* The planner; its rules are in planner.h. No libc: this also runs inside the hypervisor. */
#include "planner.h"

static const uint64_t address_space = UINT64_C(1) << 32;

/* Insertion: views are short, and what ballooning hands in is sorted already. */
static void sort_by_base(struct config_range *ranges, unsigned nr)
{
    for (unsigned i = 1; i < nr; i++) {
        struct config_range moving = ranges[i];
        unsigned at = i;

        for (; at > 0 && ranges[at - 1].base > moving.base; at--)
            ranges[at] = ranges[at - 1];
        ranges[at] = moving;
    }
}

static int check_sorted(const struct config_range *ranges, unsigned nr, unsigned *bad)
{
    for (unsigned i = 0; i < nr; i++) {
        *bad = i;
        if (ranges[i].limit <= ranges[i].base || ranges[i].limit > address_space)
            return PLANNER_EMPTY;
        if ((ranges[i].base | ranges[i].limit) % MPU_GRANULE != 0)
            return PLANNER_MISALIGNED;
        if (i > 0 && ranges[i].base < ranges[i - 1].limit)
            return PLANNER_OVERLAP;
    }
    return 0;
}

/* Joins neighbours that one slot can hold. Who owns what (`kind`) does not matter to the hardware. */
static unsigned merge_sorted(struct config_range *ranges, unsigned nr)
{
    unsigned last = 0;

    if (nr == 0)
        return 0;
    for (unsigned i = 1; i < nr; i++) {
        if (ranges[i].base == ranges[last].limit && ranges[i].attr == ranges[last].attr)
            ranges[last].limit = ranges[i].limit;
        else
            ranges[++last] = ranges[i];
    }
    return last + 1;
}

int planner_plan(struct config_range *ranges, unsigned nr, struct config_region *out, unsigned max,
                 unsigned *bad)
{
    unsigned needed;
    int error;

    sort_by_base(ranges, nr);
    error = check_sorted(ranges, nr, bad);
    if (error != 0)
        return error;

    needed = merge_sorted(ranges, nr);
    for (unsigned i = 0; i < needed && i < max; i++)
        out[i] = planner_encode(&ranges[i]);
    return (int)needed;
}

struct config_region planner_encode(const struct config_range *range)
{
    return planner_region((uint32_t)range->base, (uint32_t)(range->limit - 1), range->attr);
}
