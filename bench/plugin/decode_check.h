/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the decoders share: samples with their class, and one count of failures a program. */
#ifndef BENCH_PLUGIN_DECODE_CHECK_H
#define BENCH_PLUGIN_DECODE_CHECK_H

#include <stdio.h>

#include "decode.h"

struct sample {
    uint32_t word;
    enum insn_class class;
    const char *text;
};

static int failures;

static void expect(bool good, uint32_t word, const char *text, const char *what)
{
    if (!good) {
        printf("FAIL 0x%08x %s: %s\n", (unsigned)word, text, what);
        failures++;
    }
}

static void classes_are_as_assembled(const struct sample *samples, unsigned nr, enum isa isa)
{
    for (unsigned i = 0; i < nr; i++) {
        enum insn_class class = decode(samples[i].word, isa);
        expect(class == samples[i].class, samples[i].word, samples[i].text, decode_class_name(class));
    }
}

static void every_word_has_a_class(enum isa isa)
{
    uint32_t word = 1;

    for (unsigned i = 0; i < 1000000; i++) {
        enum insn_class class = decode(word, isa);
        if (class >= NR_CLASSES || class == CLASS_ENTRY) {
            expect(false, word, "(random)", "no class");
            return;
        }
        word = word * 1664525u + 1013904223u;
    }
}

#endif
