/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Long random walks against a model that knows two things: which pages are in, and how many runs they form.
 * Every result must be the model's, and every page must be where the model has it.
 */
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"

enum {
    AREA = 96,       /* pages that come and go; on both sides of them the bank stays in */
    FIRST = 256,     /* page of the spare bank where they begin */
    OTHER_RUNS = 2,  /* image bank and event pages */
    STEPS = 1500,
};

#define AREA_PAGE(n) PAGE_AT(FIRST + (n))

static bool in[AREA], trial_in[AREA];
static uint32_t max_runs, state;

static uint32_t random_below(uint32_t limit)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % limit;
}

static uint32_t runs(const bool *pages)
{
    uint32_t count = OTHER_RUNS + 1;

    for (uint32_t n = 1; n < AREA; n++)
        count += pages[n] && !pages[n - 1];
    return count + !pages[AREA - 1]; /* the pages behind the area are a run of their own then */
}

enum action { OUT, IN, REMOVE, NR_ACTIONS };

/* What the extent makes of the area; false when it must stop, and then nothing changes. */
static bool model_extent(enum action action, uint32_t first, uint32_t pages)
{
    memcpy(trial_in, in, sizeof(in));
    for (uint32_t n = first; n < first + pages; n++) {
        if (action != IN && !in[n])
            return false;
        trial_in[n] = action == IN;
    }
    if (runs(trial_in) > max_runs)
        return false;
    memcpy(in, trial_in, sizeof(in));
    return true;
}

static void expect_area(void)
{
    for (uint32_t n = 0; n < AREA; n++) {
        uint32_t value;

        if ((try_read32(AREA_PAGE(n), &value).kind == FAULT_NONE) != in[n])
            fail_("page %u is %s the model's", n, in[n] ? "out, not in as" : "in, not out as");
    }
    expect_in(AREA_PAGE(0) - PAGE);
    expect_in(AREA_PAGE(AREA));
}

static void one_list(uint32_t step)
{
    static uint64_t frames[6];
    const enum action action = random_below(3) == 0 ? OUT : IN;
    const uint32_t order = random_below(3), pages = 1u << order, count = 1 + random_below(6);
    int32_t expected = 0;
    bool goes_on = true;

    for (uint32_t i = 0; i < count; i++) {
        const uint32_t first = random_below(AREA - pages + 1);

        frames[i] = frame_of(AREA_PAGE(first));
        goes_on = goes_on && model_extent(action, first, pages);
        expected += goes_on;
    }
    const int32_t done = action == OUT ? decrease_list(frames, count, order) : populate_list(frames, count, order);

    if (done != expected)
        fail_("step %u: %s of %u extents of order %u is %d, the model says %d", step,
              action == OUT ? "decrease" : "populate", count, order, done, expected);
}

static void one_extent(uint32_t step)
{
    const enum action action = (enum action)random_below(NR_ACTIONS);
    const uint32_t order = action == REMOVE ? 0 : random_below(6), pages = 1u << order;
    const uint32_t first = random_below(AREA - pages + 1);
    const bool was_in = in[first], expected = model_extent(action, first, pages);
    const int32_t done = action == OUT  ? decrease(AREA_PAGE(first), order)
                         : action == IN ? populate(AREA_PAGE(first), order)
                                        : remove_page(AREA_PAGE(first));
    const bool right = action == REMOVE ? (done == 0) == expected && (was_in || done == -XEN_ENOENT) : done == (int32_t)expected;

    if (!right)
        fail_("step %u: action %d at page %u, order %u, is %d, the model says %d", step, action, first, order, done, expected);
}

static void walk(uint32_t seed)
{
    const uint32_t budget = slots_left();

    state = seed;
    max_runs = OTHER_RUNS + 1 + budget;
    memset(in, true, sizeof(in));
    for (uint32_t step = 0; step < STEPS; step++) {
        if (random_below(2))
            one_extent(step);
        else
            one_list(step);
        if (step % 16 == 0)
            expect_area();
    }
    expect_area();
    expect_eq(populate(AREA_PAGE(0), 7), 1); /* the area and pages behind it */
    memset(in, true, sizeof(in));
    expect_area();
    expect_eq(slots_left(), budget);
}

TEST(balloon, a_random_walk_follows_the_model, IDS "S1-06 S1-07 X-24 X-29", WHY "results, pages and regions, 1500 steps", ALL)
{
    walk(0x2545f491);
}

TEST(balloon, another_random_walk_follows_the_model, IDS "S1-06 S1-07 X-24 X-29", WHY "another seed, another path", ALL)
{
    walk(0x9e3779b9);
}
