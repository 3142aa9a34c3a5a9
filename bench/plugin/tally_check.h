/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the counting share: made-up instruction streams, with the hypervisor's text and vectors at 0x1000 and a
 * guest at 0x8000, and one count of failures a program.
 */
#ifndef BENCH_PLUGIN_TALLY_CHECK_H
#define BENCH_PLUGIN_TALLY_CHECK_H

#include <stdlib.h>
#include <string.h>

#include "tally.h"

enum {
    NOP = 0xe320f000u,
    LDR = 0xe5910000u,
    ISB = 0xf57ff06fu,
    WFI = 0xe320f003u,
    ERET = 0xe160006eu,
    START = 0xe1a08008u,
    STOP = 0xe1a09009u,
    NEXT = 0xe1a0a00au,
    TRAP_VECTOR = 0x1114,
    IRQ_VECTOR = 0x1118,
    GUEST = 0x8000,
};

static char *output;
static size_t output_size;
static FILE *out;
static struct probe_table table;
static struct tally *tally;
static struct site sites[65536];
static unsigned nr_sites;
static int failures;

static struct tally_image image;

static void begin_with(const char *probe_lines, struct tally_image options)
{
    const char *why = "";
    FILE *in = fmemopen((void *)(uintptr_t)probe_lines, strlen(probe_lines), "r");

    if (!in || !probes_read(&table, in, &why)) {
        abort();
    }
    fclose(in);
    image = options;
    image.text_start = 0x1000;
    image.text_end = 0x2000;
    image.probes = &table;
    out = open_memstream(&output, &output_size);
    nr_sites = 0;
    tally = tally_new(&image, out);
}

static inline void begin(const char *probe_lines)
{
    begin_with(probe_lines, (struct tally_image){.isa = ISA_A32});
}

static unsigned block = 1; /* instructions of the blocks that follow, of which the first is executed */

/* Each instruction is a block of its own, executed at the level that the emulator tells when it is asked. */
static void run_at(unsigned cpu, bool at_el2, bool irqs_masked, uint64_t address, uint32_t word)
{
    struct site *site = &sites[nr_sites++ % (sizeof(sites) / sizeof(sites[0]))];

    tally_prepare(tally, site, address, word);
    tally_block(tally, cpu, block);
    if (tally_asks_level(tally, cpu, site)) {
        tally_level(tally, cpu, at_el2, irqs_masked);
    }
    tally_insn(tally, cpu, site);
}

static void run(unsigned cpu, uint64_t address, uint32_t word)
{
    run_at(cpu, address < GUEST, true, address, word);
}

static void boot(void)
{
    run(0, 0x1000, NOP);
    run(0, 0x1004, ERET);
    run(0, GUEST, NOP);
}

static void end(const char *test, const char *expected)
{
    tally_finish(tally);
    fclose(out);
    if (!strstr(output, expected)) {
        printf("FAIL %s: no %s in\n%s", test, expected, output);
        failures++;
    }
    free(output);
    free(tally);
}

#endif
