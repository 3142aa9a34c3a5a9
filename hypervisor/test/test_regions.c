// SPDX-License-Identifier: Apache-2.0
/*
 * Edits of a view's regions (S0-04, S2-09, X-24, X-29, X-71): against a model that knows one attribute for each page,
 * random edits do all or nothing, never overlap, and leave the fewest regions there can be.
 */
#include "protect/mpu/regions.h"

#include "check.h"

#include <string.h>

enum { PAGES = 40, EDITS = 200000, PAGE = 4096 };

/* The first page of the model is the first of the address space, or its last page the last one. */
static uint32_t origin;

/* 0: nothing there; else an attribute. */
static unsigned model[PAGES];
static struct region_list list;

static unsigned next_random(unsigned limit)
{
    static uint32_t state = 2463534242u;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % limit;
}

static uint32_t base_of(unsigned page)
{
    return origin + page * (uint32_t)PAGE;
}

/* Maximal runs of equal pages: the regions there must be. */
static unsigned count_runs(const unsigned *pages)
{
    unsigned runs = 0;

    for (unsigned i = 0; i < PAGES; i++)
        if (pages[i] && (i == 0 || pages[i] != pages[i - 1]))
            runs++;
    return runs;
}

static void check_list(void)
{
    unsigned at = 0;

    CHECK_EQUAL(list.nr, count_runs(model));
    for (unsigned r = 0; r < list.nr; r++) {
        const unsigned first = (region_base(&list.at[r]) - origin) / PAGE;
        const unsigned last = (region_last(&list.at[r]) - origin) / PAGE;

        CHECK_EQUAL(first >= at && last >= first && last < PAGES, 1);
        for (; at < first; at++)
            CHECK_EQUAL(model[at], 0);
        for (; at <= last; at++)
            CHECK_EQUAL(model[at], list.at[r].rbar & REGION_ATTRIBUTES);
    }
    for (; at < PAGES; at++)
        CHECK_EQUAL(model[at], 0);
}

static bool all_equal(unsigned first, unsigned nr)
{
    for (unsigned i = first; i < first + nr; i++)
        if (model[i] == 0 || model[i] != model[first])
            return false;
    return true;
}

static bool any_other(unsigned first, unsigned nr, unsigned attribute)
{
    for (unsigned i = first; i < first + nr; i++)
        if (model[i] && model[i] != attribute)
            return true;
    return false;
}

static void edit(unsigned kind, unsigned first, unsigned nr, unsigned attribute)
{
    const uint32_t base = base_of(first), last = base + nr * (uint32_t)PAGE - 1;
    const uint32_t rbar = base | attribute, rlar = (last & ~REGION_ATTRIBUTES) | 1;
    enum view_result expected = VIEW_OK, result;
    unsigned after[PAGES];

    memcpy(after, model, sizeof(after));
    for (unsigned i = first; i < first + nr; i++)
        after[i] = kind == 0 ? 0 : attribute;
    if (kind == 0 && !all_equal(first, nr))
        expected = VIEW_ABSENT;
    else if (kind == 1 && any_other(first, nr, attribute))
        expected = VIEW_BUSY;
    else if (kind == 2 && any_other(first, nr, 0))
        expected = VIEW_BUSY;
    else if (count_runs(after) > list.max)
        expected = VIEW_FULL;
    result = kind == 0   ? regions_remove(&list, base, last)
             : kind == 1 ? regions_add(&list, rbar, rlar)
                         : regions_insert(&list, rbar, rlar);
    CHECK_EQUAL(result, expected);
    if (expected == VIEW_OK)
        memcpy(model, after, sizeof(model));
    check_list();
}

static void check_find(unsigned first, unsigned nr)
{
    const uint32_t base = base_of(first), last = base + nr * (uint32_t)PAGE - 1;

    CHECK_EQUAL(regions_find(&list, base, last) != NULL, all_equal(first, nr));
}

static void edit_from(uint32_t first_address)
{
    origin = first_address;
    list.nr = 0;
    list.max = REGIONS_MOST;
    memset(model, 0, sizeof(model));
    for (unsigned n = 0; n < EDITS && check_failures == 0; n++) {
        const unsigned first = next_random(PAGES), most = PAGES - first < 8 ? PAGES - first : 8;

        if (n % 1000 == 0)
            list.max = list.nr > 4 ? REGIONS_MOST : 4 + next_random(REGIONS_MOST - 3);
        edit(next_random(3), first, 1 + next_random(most), 2 + 2 * next_random(2));
        check_find(first, 1 + next_random(most));
    }
}

int main(void)
{
    edit_from(0u - (uint32_t)PAGES * PAGE);
    edit_from(0);
    return check_result();
}
