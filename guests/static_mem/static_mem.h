/* SPDX-License-Identifier: Apache-2.0 */
/* What memory held before the start, if the test asked for it (NEEDS "fill=..."), and what it holds now. */
#ifndef STATIC_MEM_STATIC_MEM_H
#define STATIC_MEM_STATIC_MEM_H

#include "../balloon/balloon.h"

extern const char __image_end[];

static inline uint32_t filled_word(uintptr_t address)
{
    return address ^ 0x5ec2e755u;
}

static inline uint32_t zero_word(uintptr_t address)
{
    (void)address;
    return 0;
}

static inline uint32_t bank_base(uint32_t n)
{
    return (uint32_t)machine.bank[n].base;
}

static inline uint32_t bank_limit(uint32_t n)
{
    return (uint32_t)(machine.bank[n].base + machine.bank[n].size);
}

/* The image's last page is behind its bss and stacks. */
static inline uint32_t first_free_byte(void)
{
    return (uintptr_t)__image_end;
}

/* The tree is the last thing in the bank of the image. */
static inline uint32_t last_free_limit(void)
{
    return (uintptr_t)machine.device_tree;
}

#define expect_words(base, limit, word) expect_words_(__FILE__, __LINE__, base, limit, word)

/* One failure names the first word that differs; the rest would only fill the console. */
static inline bool expect_words_(const char *file, int line, uintptr_t base, uintptr_t limit, uint32_t (*word)(uintptr_t))
{
    for (uintptr_t at = base; at < limit; at += 4) {
        const uint32_t value = *(volatile uint32_t *)at;

        if (value != word(at)) {
            fp_fail(file, line, "0x%x holds 0x%x, expected 0x%x", at, value, word(at));
            return false;
        }
    }
    return true;
}

#endif
