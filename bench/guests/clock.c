/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

enum { NAME_BYTES = 64 };

struct bench_clock bench_clock;

static uint32_t nr_series;

void clock_tell(uint32_t series, const struct bench_clock *clock)
{
    note("clock %u %u %u", series, clock->starts, clock->stops);
}

void series_tell(const char *format, ...)
{
    char name[NAME_BYTES];
    va_list arguments;

    va_start(arguments, format);
    format_text_v(name, sizeof(name), format, arguments);
    va_end(arguments);
    note("series %s", name);
    clock_tell(nr_series++, &bench_clock);
    bench_clock = (struct bench_clock){0};
    cycles_report();
}
