/* SPDX-License-Identifier: Apache-2.0 */
#include "profile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct line {
    const struct site *site; /* NULL: a free place of the table */
    unsigned bin;
    enum insn_class class;
    uint64_t count, load_words, store_words;
};

struct pending {
    struct line *lines;
    size_t nr, room;
};

/* A table with open addressing, never more than half full. */
struct profile {
    struct line *lines;
    size_t nr, room; /* room is a power of two */
    struct pending pending[TALLY_MAX_CPUS];
};

enum { FIRST_ROOM = 1 << 12 };

static void *must(void *memory)
{
    if (!memory) {
        fprintf(stderr, "count.so: no memory for the profile\n");
        abort();
    }
    return memory;
}

struct profile *profile_new(void)
{
    struct profile *profile = must(calloc(1, sizeof(*profile)));

    profile->room = FIRST_ROOM;
    profile->lines = must(calloc(profile->room, sizeof(*profile->lines)));
    return profile;
}

void profile_clear(struct profile *profile)
{
    memset(profile->lines, 0, profile->room * sizeof(*profile->lines));
    profile->nr = 0;
    for (unsigned cpu = 0; cpu < TALLY_MAX_CPUS; cpu++) {
        profile_forget(profile, cpu);
    }
}

/* The line of these three, or the free place for it. */
static struct line *find(const struct profile *profile, unsigned bin, const struct site *site, enum insn_class class)
{
    size_t at = (size_t)(site->address >> 1) * 64 + bin * 11 + (unsigned)class;

    for (;; at++) {
        struct line *line = &profile->lines[at & (profile->room - 1)];

        if (!line->site || (line->bin == bin && line->class == class && line->site->address == site->address)) {
            return line;
        }
    }
}

static void grow(struct profile *profile)
{
    struct line *const old = profile->lines;
    const size_t old_room = profile->room;

    profile->room *= 2;
    profile->lines = must(calloc(profile->room, sizeof(*old)));
    for (size_t i = 0; i < old_room; i++) {
        if (old[i].site) {
            *find(profile, old[i].bin, old[i].site, old[i].class) = old[i];
        }
    }
    free(old);
}

static struct line *line_of(struct profile *profile, unsigned bin, const struct site *site, enum insn_class class)
{
    if (2 * profile->nr >= profile->room) {
        grow(profile);
    }
    struct line *line = find(profile, bin, site, class);
    if (!line->site) {
        *line = (struct line){.site = site, .bin = bin, .class = class};
        profile->nr++;
    }
    return line;
}

static void add_words(struct line *line, bool is_store, unsigned words)
{
    *(is_store ? &line->store_words : &line->load_words) += words;
}

void profile_insn(struct profile *profile, unsigned bin, const struct site *site, enum insn_class class)
{
    line_of(profile, bin, site, class)->count++;
}

void profile_access(struct profile *profile, unsigned bin, const struct site *site, enum insn_class class,
                    bool is_store, unsigned words)
{
    add_words(line_of(profile, bin, site, class), is_store, words);
}

void profile_pending_insn(struct profile *profile, unsigned cpu, const struct site *site, enum insn_class class)
{
    struct pending *pending = &profile->pending[cpu];

    if (pending->nr == pending->room) {
        pending->room = pending->room ? 2 * pending->room : FIRST_ROOM;
        pending->lines = must(realloc(pending->lines, pending->room * sizeof(*pending->lines)));
    }
    pending->lines[pending->nr++] = (struct line){.site = site, .class = class, .count = 1};
}

void profile_pending_access(struct profile *profile, unsigned cpu, bool is_store, unsigned words)
{
    struct pending *pending = &profile->pending[cpu];

    if (pending->nr > 0) {
        add_words(&pending->lines[pending->nr - 1], is_store, words);
    }
}

void profile_commit(struct profile *profile, unsigned cpu)
{
    const struct pending *pending = &profile->pending[cpu];

    for (size_t i = 0; i < pending->nr; i++) {
        struct line *line = line_of(profile, BIN_REMOTE, pending->lines[i].site, pending->lines[i].class);

        line->count += pending->lines[i].count;
        line->load_words += pending->lines[i].load_words;
        line->store_words += pending->lines[i].store_words;
    }
    profile_forget(profile, cpu);
}

void profile_forget(struct profile *profile, unsigned cpu)
{
    profile->pending[cpu].nr = 0;
}

static int by_place(const void *one, const void *other)
{
    const struct line *a = *(const struct line *const *)one, *b = *(const struct line *const *)other;

    if (a->bin != b->bin) {
        return a->bin < b->bin ? -1 : 1;
    }
    if (a->site->address != b->site->address) {
        return a->site->address < b->site->address ? -1 : 1;
    }
    return (int)a->class - (int)b->class;
}

static void write_bin_name(FILE *out, unsigned bin, const struct probe_table *probes)
{
    static const char *const names[BIN_CPU] = {"hyp", "irq", "remote"};

    if (bin >= BIN_WINDOW) {
        fprintf(out, "\"window %s\":[", probes->names[bin - BIN_WINDOW]);
    } else if (bin >= BIN_CPU) {
        fprintf(out, "\"cpu%u\":[", bin - BIN_CPU);
    } else {
        fprintf(out, "\"%s\":[", names[bin]);
    }
}

static void write_line(FILE *out, const struct line *line)
{
    fprintf(out, "[%" PRIu64 ",\"%s\",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "]", line->site->address,
            decode_class_name(line->class), line->count, line->load_words, line->store_words,
            line->site->el1_mpu ? line->count : 0);
}

void profile_write(struct profile *profile, FILE *out, unsigned index, const char *round,
                   const struct probe_table *probes)
{
    const struct line **sorted = must(calloc(profile->nr + 1, sizeof(*sorted)));
    size_t nr = 0;

    for (size_t i = 0; i < profile->room; i++) {
        if (profile->lines[i].site) {
            sorted[nr++] = &profile->lines[i];
        }
    }
    qsort(sorted, nr, sizeof(*sorted), by_place);
    fprintf(out, "{\"record\":\"profile\",\"index\":%u,\"round\":\"%s\",\"bins\":{", index, round);
    for (size_t i = 0; i < nr; i++) {
        if (i == 0 || sorted[i]->bin != sorted[i - 1]->bin) {
            fputs(i ? "]," : "", out);
            write_bin_name(out, sorted[i]->bin, probes);
        } else {
            fputc(',', out);
        }
        write_line(out, sorted[i]);
    }
    fprintf(out, "%s}}\n", nr ? "]" : "");
    fflush(out);
    free(sorted);
}
