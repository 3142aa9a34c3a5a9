/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a domain finds in its memory: zeroes, or what was there before if its node says so. The harness fills
 * memory before the hypervisor starts.
 */
#include "static_mem.h"

#define BOTH_FILLED "fill=0x20000000+0x100000,0x20100000+0x4000,0x20400000+0x100000,0x28000000+0x10000"

TEST(static_mem, memory_is_zero_at_the_first_start, IDS "X-31 S1-01", WHY "nobody's old data; loader pattern scrubbed",
     NEEDS "system=pair strategies=all " BOTH_FILLED)
{
    expect_words(first_free_byte(), last_free_limit(), zero_word);
    expect_words(bank_base(1), bank_limit(1), zero_word);
    peers_meet();
    peer_signal(0);
    peer_wait(0);
}

PEER(2, static_mem, memory_is_zero_at_the_first_start)
{
    expect_words(first_free_byte(), last_free_limit(), zero_word);
    expect_words(bank_base(1), bank_limit(1), zero_word);
    peers_meet();
    peer_wait(0);
    peer_signal(0);
}

TEST(static_mem, every_bank_is_scrubbed_to_its_edges, IDS "X-31 X-32", WHY "every byte of every page of ten banks",
     NEEDS "system=many fill=0x20000000+0x100000,0x20200000+0x80000,0x28000000+0x4000")
{
    expect_words(first_free_byte(), last_free_limit(), zero_word);
    for (uint32_t n = 1; n < machine.nr_banks; n++)
        expect_words(bank_base(n), bank_limit(n), zero_word);
}

TEST(static_mem, the_rest_of_the_page_of_the_tree_is_zero, IDS "X-31", WHY "a copied module leaves nothing around it",
     NEEDS "system=solo " BOTH_FILLED)
{
    const uint32_t tree = (uintptr_t)machine.device_tree, bytes = fdt_word(machine.device_tree, 1);

    expect_words((tree + bytes + 3) & ~3u, bank_limit(0), zero_word);
}

/* Domain 2 of `keep` keeps its content, domain 1 does not. */
static void tell_each_other(void)
{
    peers_meet();
    if (machine.domain == 1) {
        peer_signal(0);
        peer_wait(0);
    } else {
        peer_wait(0);
        peer_signal(0);
    }
}

TEST(static_mem, a_domain_may_keep_what_its_memory_held, IDS "S0-18 S1-02 X-31", WHY "live update; the other domain's scrub ends where it ends",
     NEEDS "system=keep strategies=all " BOTH_FILLED)
{
    expect_words(first_free_byte(), last_free_limit(), zero_word);
    expect_words(bank_base(1), bank_limit(1), zero_word);
    tell_each_other();
}

PEER(2, static_mem, a_domain_may_keep_what_its_memory_held)
{
    expect_words(first_free_byte(), last_free_limit(), filled_word);
    for (uint32_t n = 1; n < machine.nr_banks; n++)
        expect_words(bank_base(n), bank_limit(n), filled_word);
    tell_each_other();
}

TEST(static_mem, kept_content_survives_ballooning_of_neighbours, IDS "S0-18 S1-05",
     WHY "page states change, bytes do not", NEEDS "system=heap fill=0x30000000+0x8000")
{
    const uint32_t bank = RAM(0x30000000);

    expect_words(bank, bank + 0x8000, filled_word);
    require_eq(decrease(bank + 3 * PAGE, 0), 1);
    expect_words(bank, bank + 3 * PAGE, filled_word);
    expect_words(bank + 4 * PAGE, bank + 8 * PAGE, filled_word);
    require_eq(populate(bank + 3 * PAGE, 0), 1);
    expect_words(bank, bank + 3 * PAGE, filled_word);
    expect_words(bank + 4 * PAGE, bank + 8 * PAGE, filled_word);
}
