/* SPDX-License-Identifier: Apache-2.0 */
/* PMCCNTR around each round, and what became of 1004 of them: order statistics, nothing is subtracted. */
#include "cycles.h"

#include "cycle_counter.h"
#include "fencepost.h"

enum { DROPPED_ROUNDS = 4, EMPTY_WINDOWS = 32 };

static enum { UNKNOWN, ABSENT, PRESENT } pmu;
static uint32_t samples[BENCH_ROUND_COUNT], count, began, empty;
static bool is_open, state_is_said;

static void try_read(void *cycles)
{
    *(uint32_t *)cycles = pmccntr();
}

static bool has_pmu(void)
{
    const uint32_t version = pmu_version();

    return version >= PMU_LEAST_VERSION && version != 0xf;
}

static void find_pmu(void)
{
    uint32_t first;

    pmu = ABSENT;
    if (!has_pmu() || fault_catch(try_read, &first).kind != FAULT_NONE)
        return;
    pmu = PRESENT;
    empty = UINT32_MAX;
    for (uint32_t i = 0; i < EMPTY_WINDOWS; i++) {
        const uint32_t start = pmccntr(), window = pmccntr() - start;

        if (window < empty)
            empty = window;
    }
}

void cycles_begin(void)
{
    if (pmu == UNKNOWN)
        find_pmu();
    if (pmu == ABSENT)
        return;
    is_open = true;
    began = pmccntr();
}

void cycles_end(void)
{
    if (!is_open)
        return;
    const uint32_t cycles = pmccntr() - began;

    is_open = false;
    if (count < BENCH_ROUND_COUNT)
        samples[count] = cycles;
    count++;
}

static void sort(uint32_t *values, uint32_t length)
{
    for (uint32_t i = 1; i < length; i++) {
        const uint32_t value = values[i];
        uint32_t at = i;

        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
}

static void say_state(void)
{
    note("cycles SCTLR=%08x PMCCFILTR=%08x PMCNTENSET=%08x", (unsigned)sctlr(), (unsigned)pmccfiltr(),
         (unsigned)pmcntenset());
    state_is_said = true;
}

void cycles_report(void)
{
    uint32_t *const warm = samples + DROPPED_ROUNDS;
    const uint32_t length = BENCH_ROUND_COUNT - DROPPED_ROUNDS, cold = samples[0];

    if (pmu != PRESENT)
        return;
    if (!state_is_said)
        say_state();
    if (count == BENCH_ROUND_COUNT) {
        sort(warm, length);
        note("cycles rounds=%u cold=%u min=%u q1=%u median=%u q3=%u max=%u empty=%u", (unsigned)length, (unsigned)cold,
             (unsigned)warm[0], (unsigned)warm[length / 4], (unsigned)warm[length / 2], (unsigned)warm[length * 3 / 4],
             (unsigned)warm[length - 1], (unsigned)empty);
    } else {
        note("cycles none: %u of %u rounds begin and end in this domain", (unsigned)count, (unsigned)BENCH_ROUND_COUNT);
    }
    count = 0;
    is_open = false;
}
