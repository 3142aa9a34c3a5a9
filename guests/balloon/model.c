/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Long random walks against a model that knows two things: which pages are in, and how many runs they form.
 * Every result must be the model's, and every page must be where the model has it.
 */
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"

enum {
    AREA = 96,       /* pages that come and go; the page behind them stays in */
    OTHER_RUNS = 3,  /* banks, or the parts of banks, below the area and elsewhere */
    STEPS = 1500,
};

static uint32_t area;    /* address of its first page */
static bool in_before;   /* the page below it */
static bool in[AREA], trial_in[AREA];
static uint32_t max_runs, state;

#define AREA_PAGE(n) (area + (n) * PAGE)

static uint32_t random_below(uint32_t limit)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % limit;
}

static uint32_t runs(const bool *pages)
{
    uint32_t count = OTHER_RUNS;
    bool before = in_before;

    for (uint32_t n = 0; n < AREA; before = pages[n++])
        count += pages[n] && !before;
    return count + !before; /* the pages behind the area are a run of their own then */
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
    if (in_before)
        expect_in(AREA_PAGE(0) - PAGE);
    else
        expect_out(AREA_PAGE(0) - PAGE);
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

static void walk(uint32_t seed, uint32_t budget)
{
    static uint64_t all[AREA / 32];

    state = seed;
    max_runs = OTHER_RUNS + budget;
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
    list_fill(all, AREA / 32, area, 32 * PAGE);
    expect_eq(populate_list(all, AREA / 32, 5), AREA / 32);
    memset(in, true, sizeof(in));
    expect_area();
}

static void walk_in_the_spare_bank(uint32_t seed)
{
    const uint32_t budget = slots_left();

    area = PAGE_AT(256);
    in_before = true;
    walk(seed, budget);
    expect_eq(slots_left(), budget);
}

TEST(balloon, a_random_walk_follows_the_model, IDS "S1-06 S1-07 X-24 X-29", WHY "results, pages and regions, 1500 steps", ALL)
{
    walk_in_the_spare_bank(0x2545f491);
}

TEST(balloon, another_random_walk_follows_the_model, IDS "S1-06 S1-07 X-24 X-29", WHY "another seed, another path", ALL)
{
    walk_in_the_spare_bank(0x9e3779b9);
}

/* The first bank, but cut from the piece that holds arguments and lists: the hypervisor has a short way for that. */
TEST(balloon, a_random_walk_in_the_first_bank_follows_the_model, IDS "S1-06 S1-07 X-24 X-29", WHY "the usual case", ALL)
{
    const uint32_t budget = slots_left();

    area = image_bank_page(1);
    require_true(AREA_PAGE(AREA) + PAGE <= (uintptr_t)machine.device_tree);
    require_eq(decrease(image_bank_page(0), 0), 1);
    in_before = false;
    walk(0x7f4a7c15, budget);
    expect_eq(populate(image_bank_page(0), 0), 1);
    expect_eq(slots_left(), budget);
}
