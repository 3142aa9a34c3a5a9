/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_state.h"

#include <stdlib.h>
#include <string.h>

struct tally *tally_new(const struct tally_image *image, FILE *out)
{
    struct tally *tally = calloc(1, sizeof(*tally));

    if (!tally) {
        return NULL;
    }
    tally->image = *image;
    tally->out = out;
    tally->booting = tally->counting = true;
    tally->profile = image->profile ? profile_new() : NULL;
    tally->profiling = image->profile;
    for (unsigned i = 0; i < TALLY_MAX_CPUS; i++) {
        tally->cpus[i].at_el2 = tally->cpus[i].previous_at_el2 = tally->cpus[i].level_may_move = true;
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

void tally_prepare(const struct tally *tally, struct site *site, uint64_t address, uint32_t word)
{
    const struct tally_image *image = &tally->image;
    const bool text = address >= image->text_start && address < image->text_end;
    const enum isa isa = text && image->isas ? isa_at(image->isas, address) : image->isa;

    *site = (struct site){.address = address, .class = decode(word, isa), .text = text};
    site->accesses = site->class == CLASS_LOAD || site->class == CLASS_STORE;
    site->marker = decode_marker(word, isa);
    site->wfi = decode_is_wfi(word, isa);
    site->el1_mpu = decode_is_el1_mpu_write(word, isa);
    site->sysreg = site->class == CLASS_SYSREG || site->class == CLASS_MPU;
    site->moves_level = decode_moves_level(word, isa);
    if (text && image->probes) {
        site->probes = probes_at(image->probes, address, &site->nr_probes);
        site->irq_poll = has_probe(image->probes, site->probes, site->nr_probes, "irq.poll");
        site->irq_out = has_probe(image->probes, site->probes, site->nr_probes, "irq.out");
    }
}

void tally_block(struct tally *tally, unsigned index, unsigned instructions)
{
    struct cpu *cpu = &tally->cpus[index];

    if (tally->counting && cpu->previous && cpu->previous->sysreg) {
        tally->row[ROW_CUT] += cpu->block_left;
    }
    cpu->block_left = instructions;
}

/*
 * From EL2 downwards by ERET alone, upwards by an exception alone, and its vector is in the text. A guest that runs
 * at such addresses is asked about again and again, and never taken for the hypervisor.
 */
bool tally_asks_level(const struct tally *tally, unsigned index, const struct site *first)
{
    const struct cpu *cpu = &tally->cpus[index];

    return cpu->level_may_move || (!cpu->at_el2 && first->text);
}

void tally_level(struct tally *tally, unsigned index, bool at_el2, bool irqs_masked)
{
    struct cpu *cpu = &tally->cpus[index];

    cpu->entering = at_el2 && !cpu->at_el2;
    cpu->at_el2 = at_el2;
    cpu->level_may_move = false;
    stretch_mask(&cpu->stretch, irqs_masked);
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

static void profile_local(struct tally *tally, const struct cpu *cpu, const struct site *site, enum insn_class class)
{
    profile_insn(tally->profile, BIN_HYP, site, class);
    if (cpu->vector == VECTOR_IRQ) {
        profile_insn(tally->profile, BIN_IRQ, site, class);
    }
    for (uint32_t open = cpu->open_windows; open; open &= open - 1) {
        profile_insn(tally->profile, BIN_WINDOW + (unsigned)__builtin_ctz(open), site, class);
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
    if (tally->profiling) {
        profile_local(tally, cpu, site, class);
    }
}

static void profile_remote(struct tally *tally, unsigned index, const struct site *site, enum insn_class class)
{
    profile_pending_insn(tally->profile, index, site, class);
    if (class == CLASS_ERET) {
        profile_commit(tally->profile, index);
    } else if (site->wfi) {
        profile_forget(tally->profile, index);
    }
}

static void count_remote(struct tally *tally, unsigned index, const struct site *site, enum insn_class class)
{
    struct cpu *cpu = &tally->cpus[index];

    if (!tally->round_open || cpu->remote_done) {
        return;
    }
    count_into(cpu->episode, site, class);
    if (tally->profiling) {
        profile_remote(tally, index, site, class);
    }
    if (class == CLASS_ERET) {
        memcpy(&tally->row[ROW_REMOTE], cpu->episode, sizeof(cpu->episode));
        cpu->remote_done = true;
    }
    if (class == CLASS_ERET || site->wfi) {
        memset(cpu->episode, 0, sizeof(cpu->episode));
    }
}

/* Written as it grows, because nobody says when the last one was. */
static void follow_stretch(struct tally *tally, struct cpu *cpu, const struct site *site)
{
    if (stretch_insn(&cpu->stretch, site) && cpu->stretch.longest > tally->longest) {
        tally->longest = cpu->stretch.longest;
        record_masked(tally->out, tally->series_index, tally->longest);
    }
}

/* The vector that was entered, by the numbers that A32 has; an access that made none was aborted. */
static void enter(struct tally *tally, struct cpu *cpu, const struct site *site)
{
    static const unsigned of_a64[4] = {VECTOR_TRAP, VECTOR_IRQ, VECTOR_FIQ, VECTOR_SERROR};

    cpu->vector = tally->image.isa == ISA_A64 ? of_a64[(site->address >> 7) & 3] : (site->address >> 2) & 7;
    cpu->open_windows = 0;
    tally->row[ROW_ABORTS] += tally->counting && cpu->awaits_access && cpu->vector == VECTOR_TRAP;
    stretch_enter(&cpu->stretch, tally->booting);
}

static void take_hyp(struct tally *tally, unsigned index, const struct site *site, enum insn_class class)
{
    struct cpu *cpu = &tally->cpus[index];

    if (cpu->entering) {
        enter(tally, cpu, site);
    }
    follow_stretch(tally, cpu, site);
    pass_probes(tally, cpu, site);
    if (tally->profiling && tally->counting) {
        profile_insn(tally->profile, BIN_CPU + index, site, class);
    }
    if (tally->booting || index == tally->local) {
        if (tally->counting) {
            count_local(tally, cpu, site, class);
        }
    } else {
        count_remote(tally, index, site, class);
    }
}

void tally_insn(struct tally *tally, unsigned index, const struct site *site)
{
    struct cpu *cpu = &tally->cpus[index];
    const enum insn_class class = cpu->entering ? CLASS_ENTRY : site->class;

    tally->instructions++;
    if (cpu->at_el2) {
        take_hyp(tally, index, site, class);
    } else if (tally->booting) {
        round_end_boot(tally);
    }
    if (site->marker != MARKER_NONE && !cpu->at_el2) {
        round_take_marker(tally, index, site->marker);
    } else if (tally->counting) {
        tally->row[ROW_ALL]++;
        tally->row[ROW_SLEEPS] += site->wfi;
        tally->row[ROW_CLASSES + class]++;
    }
    cpu->block_left--;
    cpu->entering = false;
    cpu->level_may_move |= site->moves_level && cpu->at_el2;
    cpu->previous = site;
    cpu->previous_class = class;
    cpu->previous_at_el2 = cpu->at_el2;
    cpu->awaits_access = site->accesses;
}

static void add_words(uint64_t *counts, bool is_store, unsigned words)
{
    counts[is_store ? COUNT_STORE_WORDS : COUNT_LOAD_WORDS] += words;
}

static void access_local(struct tally *tally, struct cpu *cpu, bool is_store, unsigned words)
{
    const bool profiling = tally->profiling;

    add_words(&tally->row[ROW_HYP], is_store, words);
    if (profiling) {
        profile_access(tally->profile, BIN_HYP, cpu->previous, cpu->previous_class, is_store, words);
    }
    if (profiling && cpu->vector == VECTOR_IRQ) {
        profile_access(tally->profile, BIN_IRQ, cpu->previous, cpu->previous_class, is_store, words);
    }
    for (uint32_t open = cpu->open_windows; open; open &= open - 1) {
        unsigned window = (unsigned)__builtin_ctz(open);
        add_words(&tally->row[ROW_WINDOW + window * ROW_WINDOW_STRIDE + 1], is_store, words);
        if (profiling) {
            profile_access(tally->profile, BIN_WINDOW + window, cpu->previous, cpu->previous_class, is_store, words);
        }
    }
}

void tally_access(struct tally *tally, unsigned index, bool is_store, unsigned bytes)
{
    struct cpu *cpu = &tally->cpus[index];
    const unsigned words = (bytes + 3) / 4;

    cpu->awaits_access = false;
    if (!cpu->previous || !cpu->previous_at_el2) {
        return;
    }
    if (tally->profiling && tally->counting) {
        profile_access(tally->profile, BIN_CPU + index, cpu->previous, cpu->previous_class, is_store, words);
    }
    if (tally->booting || index == tally->local) {
        if (tally->counting) {
            access_local(tally, cpu, is_store, words);
        }
    } else if (tally->round_open && !cpu->remote_done) {
        add_words(cpu->episode, is_store, words);
        if (tally->profiling) {
            profile_pending_access(tally->profile, index, is_store, words);
        }
    }
}

void tally_stack(struct tally *tally, unsigned index, uint64_t bottom, uint64_t top)
{
    tally->cpus[index].stack_bottom = bottom;
    tally->cpus[index].stack_top = top;
}

/* Written as it grows, like the longest stretch. */
void tally_store(struct tally *tally, unsigned index, uint64_t address)
{
    const struct cpu *cpu = &tally->cpus[index];

    if (!cpu->previous_at_el2 || address < cpu->stack_bottom || address >= cpu->stack_top) {
        return;
    }
    if (cpu->stack_top - address > tally->deepest) {
        tally->deepest = cpu->stack_top - address;
        record_stack(tally->out, tally->booting ? RECORD_BOOT : (int)tally->series_index, tally->deepest);
    }
}

void tally_finish(struct tally *tally)
{
    if (tally->booting) {
        tally->booting = tally->profiling = false;
        memset(tally->row, 0, sizeof(tally->row));
    }
    round_end_series(tally);
    record_totals(tally->out, tally->instructions);
}
