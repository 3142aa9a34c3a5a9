/* SPDX-License-Identifier: Apache-2.0 */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

#include "record.h"

struct cpu {
    const struct site *previous;
    bool awaits_access; /* the previous instruction has made no access so far */
    bool remote_done;   /* its episode of this round is complete */
    unsigned vector;
    uint32_t open_windows;
    uint64_t episode[NR_COUNTS]; /* of a remote CPU, not yet ended */
    bool started;                /* it took an exception after boot: its stretches with interrupts masked count */
    bool left_out;               /* not this one */
    uint64_t stretch;            /* its instructions so far */
};

struct tally {
    struct tally_image image;
    FILE *out;
    struct cpu cpus[TALLY_MAX_CPUS];
    bool booting, counting, round_open;
    unsigned local;
    uint64_t row[ROW_SIZE];
    uint64_t instructions;
    uint64_t longest; /* stretch that ended since the last series did */
    unsigned series_index;
    struct series series;
};

struct tally *tally_new(const struct tally_image *image, FILE *out)
{
    struct tally *tally = calloc(1, sizeof(*tally));

    if (tally) {
        tally->image = *image;
        tally->out = out;
        tally->booting = tally->counting = true;
    }
    return tally;
}

static bool has_probe(const struct probe_table *table, const struct probe *probes, unsigned nr, const char *name)
{
    for (unsigned i = 0; i < nr; i++) {
        if (strcmp(table->names[probes[i].window], name) == 0) {
            return true;
        }
    }
    return false;
}

static enum marker marker_of(uint32_t word)
{
    switch (word) {
    case 0xe1a08008: /* mov r8, r8 */
        return MARKER_START;
    case 0xe1a09009: /* mov r9, r9 */
        return MARKER_STOP;
    case 0xe1a0a00a: /* mov r10, r10 */
        return MARKER_NEXT;
    default:
        return MARKER_NONE;
    }
}

void tally_prepare(const struct tally *tally, struct site *site, uint32_t address, uint32_t word)
{
    const struct tally_image *image = &tally->image;
    bool hyp = address >= image->text_start && address < image->text_end;

    enum isa isa = hyp && image->isas ? isa_at(image->isas, address) : ISA_A32;

    *site = (struct site){.address = address, .class = decode(word, isa), .hyp = hyp};
    site->accesses = site->class == CLASS_LOAD || site->class == CLASS_STORE;
    site->marker = hyp ? MARKER_NONE : marker_of(word);
    site->wfi = hyp && decode_is_wfi(word, isa);
    site->el1_mpu = hyp && decode_is_el1_mpu_write(word, isa);
    if (hyp && image->probes) {
        site->probes = probes_at(image->probes, address, &site->nr_probes);
        site->irq_poll = has_probe(image->probes, site->probes, site->nr_probes, "irq.poll");
        site->irq_out = has_probe(image->probes, site->probes, site->nr_probes, "irq.out");
    }
}

/* Every way from a lower level into the text is an exception. */
static bool is_entry(const struct cpu *cpu)
{
    return cpu->previous && !cpu->previous->hyp;
}

static void close_round(struct tally *tally)
{
    if (tally->round_open) {
        series_add_round(&tally->series, tally->row);
    }
    tally->round_open = false;
    memset(tally->row, 0, sizeof(tally->row));
}

static void close_series(struct tally *tally)
{
    close_round(tally);
    if (tally->series.rounds > 0) {
        record_series(tally->out, tally->series_index, &tally->series, tally->image.probes);
    }
    tally->series_index++;
    tally->longest = 0;
    memset(&tally->series, 0, sizeof(tally->series));
}

/* The first instruction below EL2 ends the boot. */
static void close_boot(struct tally *tally)
{
    record_boot(tally->out, tally->row, tally->image.probes);
    tally->booting = tally->counting = false;
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
}

static void take_marker(struct tally *tally, unsigned cpu, enum marker marker)
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
        close_series(tally);
        break;
    case MARKER_NONE:
        break;
    }
}

static void count_into(uint64_t *counts, const struct site *site, enum insn_class class)
{
    counts[class]++;
    counts[COUNT_EL1_MPU] += site->el1_mpu;
}

static void pass_probes(struct tally *tally, struct cpu *cpu, const struct site *site)
{
    for (unsigned i = 0; i < site->nr_probes; i++) {
        const struct probe *probe = &site->probes[i];

        if (probe->act == PROBE_CLOSE) {
            cpu->open_windows &= ~(1u << probe->window);
            continue;
        }
        if (probe->act == PROBE_OPEN) {
            cpu->open_windows |= 1u << probe->window;
        }
        if (tally->counting) {
            tally->row[ROW_WINDOW + probe->window * ROW_WINDOW_STRIDE]++;
        }
    }
}

static void count_local(struct tally *tally, struct cpu *cpu, const struct site *site, enum insn_class class)
{
    count_into(&tally->row[ROW_HYP], site, class);
    tally->row[ROW_VECTOR + cpu->vector]++;
    tally->row[ROW_EPISODES] += class == CLASS_ERET;
    for (uint32_t open = cpu->open_windows; open; open &= open - 1) {
        unsigned window = (unsigned)__builtin_ctz(open);
        count_into(&tally->row[ROW_WINDOW + window * ROW_WINDOW_STRIDE + 1], site, class);
    }
}

static void count_remote(struct tally *tally, struct cpu *cpu, const struct site *site, enum insn_class class)
{
    if (!tally->round_open || cpu->remote_done) {
        return;
    }
    count_into(cpu->episode, site, class);
    if (class == CLASS_ERET) {
        memcpy(&tally->row[ROW_REMOTE], cpu->episode, sizeof(cpu->episode));
        cpu->remote_done = true;
    }
    if (class == CLASS_ERET || site->wfi) {
        memset(cpu->episode, 0, sizeof(cpu->episode));
    }
}

/* Written as it grows, because nobody says when the last one was. */
static void end_stretch(struct tally *tally, struct cpu *cpu)
{
    if (cpu->started && !cpu->left_out && cpu->stretch > tally->longest) {
        tally->longest = cpu->stretch;
        record_masked(tally->out, tally->series_index, tally->longest);
    }
    cpu->stretch = 0;
    cpu->left_out = false;
}

/* A CPU is followed from its first exception on: not while it boots. */
static void follow_stretch(struct tally *tally, struct cpu *cpu, const struct site *site)
{
    if (is_entry(cpu)) {
        cpu->started = !tally->booting;
        cpu->stretch = 0;
        cpu->left_out = false;
    }
    if (site->irq_poll) {
        end_stretch(tally, cpu);
    }
    cpu->left_out |= site->irq_out;
    cpu->stretch++;
    if (site->wfi || site->class == CLASS_ERET) {
        end_stretch(tally, cpu);
    }
}

static void take_hyp(struct tally *tally, unsigned index, const struct site *site)
{
    struct cpu *cpu = &tally->cpus[index];
    enum insn_class class = site->class;

    if (is_entry(cpu)) {
        class = CLASS_ENTRY;
        cpu->vector = (site->address >> 2) & 7; /* HVBAR is a multiple of 32 */
        cpu->open_windows = 0;
        tally->row[ROW_ABORTS] += tally->counting && cpu->awaits_access;
    }
    follow_stretch(tally, cpu, site);
    pass_probes(tally, cpu, site);
    if (tally->booting || index == tally->local) {
        if (tally->counting) {
            count_local(tally, cpu, site, class);
        }
    } else {
        count_remote(tally, cpu, site, class);
    }
}

void tally_insn(struct tally *tally, unsigned index, const struct site *site)
{
    struct cpu *cpu = &tally->cpus[index];

    tally->instructions++;
    if (site->hyp) {
        take_hyp(tally, index, site);
    } else if (tally->booting && cpu->previous) {
        close_boot(tally);
    }
    if (site->marker != MARKER_NONE) {
        take_marker(tally, index, site->marker);
    } else {
        tally->row[ROW_ALL] += tally->counting;
    }
    cpu->previous = site;
    cpu->awaits_access = site->accesses;
}

static void add_words(uint64_t *counts, bool is_store, unsigned bytes)
{
    counts[is_store ? COUNT_STORE_WORDS : COUNT_LOAD_WORDS] += (bytes + 3) / 4;
}

void tally_access(struct tally *tally, unsigned index, bool is_store, unsigned bytes)
{
    struct cpu *cpu = &tally->cpus[index];

    cpu->awaits_access = false;
    if (!cpu->previous || !cpu->previous->hyp) {
        return;
    }
    if (tally->booting || index == tally->local) {
        if (!tally->counting) {
            return;
        }
        add_words(&tally->row[ROW_HYP], is_store, bytes);
        for (uint32_t open = cpu->open_windows; open; open &= open - 1) {
            unsigned window = (unsigned)__builtin_ctz(open);
            add_words(&tally->row[ROW_WINDOW + window * ROW_WINDOW_STRIDE + 1], is_store, bytes);
        }
    } else if (tally->round_open && !cpu->remote_done) {
        add_words(cpu->episode, is_store, bytes);
    }
}

void tally_finish(struct tally *tally)
{
    if (tally->booting) {
        tally->booting = false;
        memset(tally->row, 0, sizeof(tally->row));
    }
    close_series(tally);
    record_totals(tally->out, tally->instructions);
}
