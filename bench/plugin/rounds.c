/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_state.h"

#include <string.h>

static void end_profile(struct tally *tally, const char *round)
{
    if (tally->profiling) {
        profile_write(tally->profile, tally->out, tally->series_index, round, tally->image.probes);
        profile_clear(tally->profile);
    }
    tally->profiling = false;
}

static void close_round(struct tally *tally)
{
    if (tally->round_open) {
        series_add_round(&tally->series, tally->row);
        end_profile(tally, tally->series.rounds == TALLY_COLD ? "cold" : "warm");
    }
    tally->round_open = false;
    memset(tally->row, 0, sizeof(tally->row));
}

void round_end_series(struct tally *tally)
{
    close_round(tally);
    if (tally->series.rounds > 0) {
        record_series(tally->out, tally->series_index, &tally->series, tally->image.probes);
    }
    tally->series_index++;
    tally->longest = tally->deepest = 0;
    for (unsigned i = 0; i < TALLY_MAX_CPUS; i++) {
        tally->cpus[i].stretch.longest = 0;
    }
    memset(&tally->series, 0, sizeof(tally->series));
}

void round_end_boot(struct tally *tally)
{
    record_boot(tally->out, tally->row, tally->image.probes);
    end_profile(tally, "boot");
    tally->booting = tally->counting = false;
    tally->deepest = 0;
    memset(tally->row, 0, sizeof(tally->row));
}

static void start_round(struct tally *tally, unsigned cpu)
{
    close_round(tally);
    tally->local = cpu;
    tally->counting = tally->round_open = true;
    for (unsigned i = 0; i < TALLY_MAX_CPUS; i++) {
        tally->cpus[i].remote_done = false;
    }
    const uint64_t number = tally->series.rounds + 1;
    tally->profiling = tally->profile && (number == TALLY_COLD || number == TALLY_LAST_WARM);
}

void round_take_marker(struct tally *tally, unsigned cpu, enum marker marker)
{
    switch (marker) {
    case MARKER_START:
        start_round(tally, cpu);
        break;
    case MARKER_STOP:
        tally->counting = false;
        break;
    case MARKER_NEXT:
        tally->counting = false;
        round_end_series(tally);
        break;
    case MARKER_NONE:
        break;
    }
}
