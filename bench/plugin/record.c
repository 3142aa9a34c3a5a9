/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#include <inttypes.h>
#include <string.h>

void series_add_round(struct series *series, const uint64_t row[ROW_SIZE])
{
    series->rounds++;
    series->all += row[ROW_ALL];
    series->aborts += row[ROW_ABORTS];
    series->cut += row[ROW_CUT];
    series->sleeps += row[ROW_SLEEPS];
    for (unsigned i = 0; i < NR_CLASSES; i++) {
        series->classes[i] += row[ROW_CLASSES + i];
    }
    if (series->rounds == TALLY_COLD) {
        memcpy(series->cold, row, sizeof(series->cold));
    }
    if (series->rounds < TALLY_FIRST_WARM || series->rounds > TALLY_LAST_WARM) {
        return;
    }
    for (unsigned i = 0; i < ROW_SIZE; i++) {
        if (series->rounds == TALLY_FIRST_WARM || row[i] < series->min[i]) {
            series->min[i] = row[i];
        }
        if (row[i] > series->max[i]) {
            series->max[i] = row[i];
        }
    }
}

static uint64_t total(const uint64_t *counts)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < NR_CLASSES; i++) {
        sum += counts[i];
    }
    return sum;
}

static void write_counts(FILE *out, const uint64_t *counts)
{
    fprintf(out, "\"total\":%" PRIu64, total(counts));
    for (unsigned i = 0; i < NR_CLASSES; i++) {
        fprintf(out, ",\"%s\":%" PRIu64, decode_class_name((enum insn_class)i), counts[i]);
    }
    fprintf(out, ",\"load_words\":%" PRIu64 ",\"store_words\":%" PRIu64 ",\"el1_mpu\":%" PRIu64,
            counts[COUNT_LOAD_WORDS], counts[COUNT_STORE_WORDS], counts[COUNT_EL1_MPU]);
}

static void write_windows(FILE *out, const uint64_t *row, const struct probe_table *probes)
{
    const char *comma = "";

    for (unsigned i = 0; probes && i < probes->nr_windows; i++) {
        const uint64_t *window = &row[ROW_WINDOW + i * ROW_WINDOW_STRIDE];

        if (window[0] == 0) {
            continue;
        }
        fprintf(out, "%s\"%s\":{\"passes\":%" PRIu64 ",", comma, probes->names[i], window[0]);
        write_counts(out, window + 1);
        fputc('}', out);
        comma = ",";
    }
}

static void write_list(FILE *out, const uint64_t *numbers, unsigned nr)
{
    for (unsigned i = 0; i < nr; i++) {
        fprintf(out, "%c%" PRIu64, i ? ',' : '[', numbers[i]);
    }
    fputc(']', out);
}

static void write_row(FILE *out, const char *name, const uint64_t *row, const struct probe_table *probes)
{
    fprintf(out, ",\"%s\":{\"all\":%" PRIu64 ",\"episodes\":%" PRIu64 ",\"aborts\":%" PRIu64 ",\"vectors\":", name,
            row[ROW_ALL], row[ROW_EPISODES], row[ROW_ABORTS]);
    write_list(out, &row[ROW_VECTOR], NR_VECTORS);
    fprintf(out, ",\"hyp\":{");
    write_counts(out, &row[ROW_HYP]);
    fprintf(out, "},\"remote\":{");
    write_counts(out, &row[ROW_REMOTE]);
    fprintf(out, "},\"windows\":{");
    write_windows(out, row, probes);
    fprintf(out, "}}");
}

static void end_line(FILE *out)
{
    fprintf(out, "}\n");
    fflush(out);
}

void record_series(FILE *out, unsigned index, const struct series *series, const struct probe_table *probes)
{
    fprintf(out, "{\"record\":\"series\",\"index\":%u,\"rounds\":%" PRIu64 ",\"all\":%" PRIu64 ",\"aborts\":%" PRIu64
            ",\"cut\":%" PRIu64 ",\"sleeps\":%" PRIu64 ",\"classes\":",
            index, series->rounds, series->all, series->aborts, series->cut, series->sleeps);
    write_list(out, series->classes, NR_CLASSES);
    write_row(out, "cold", series->cold, probes);
    if (series->rounds >= TALLY_LAST_WARM) {
        write_row(out, "min", series->min, probes);
        write_row(out, "max", series->max, probes);
    }
    end_line(out);
}

void record_boot(FILE *out, const uint64_t row[ROW_SIZE], const struct probe_table *probes)
{
    fprintf(out, "{\"record\":\"boot\"");
    write_row(out, "row", row, probes);
    end_line(out);
}

void record_masked(FILE *out, unsigned index, uint64_t instructions)
{
    fprintf(out, "{\"record\":\"masked\",\"index\":%u,\"instructions\":%" PRIu64, index, instructions);
    end_line(out);
}

void record_stack(FILE *out, int index, uint64_t bytes)
{
    fprintf(out, "{\"record\":\"stack\",\"index\":%d,\"bytes\":%" PRIu64, index, bytes);
    end_line(out);
}

void record_totals(FILE *out, uint64_t instructions)
{
    fprintf(out, "{\"record\":\"totals\",\"instructions\":%" PRIu64, instructions);
    end_line(out);
}
