/* SPDX-License-Identifier: Apache-2.0 */
/* The bus firewall: a channel reaches what its domain owns or has mapped; without the firewall it reaches everything. */
#include "dma.h"

#define DMA NEEDS "system=dma"

static struct dma dma;
static uint32_t buffer[64] __attribute__((aligned(64)));

/* Nothing of it is domain 1's; [0] is marked by domain 2. */
static const uint32_t foreign_places[] = {D2_PLACE,   D2_PLACE + PLACE_BYTES - 64, D2_IMAGE,        NOBODYS,
                                          HYPERVISOR, HYPERVISOR_DATA,             MODULES,         EVENTS_2,
                                          0x20100000, D1_PLACE - 64,               SHARED - 64,     D1_NEXT_TO_SHARED + PAGE};

enum { PLACES = sizeof(foreign_places) / sizeof(foreign_places[0]) };

/* Domain 2 marks its place, waits for domain 1, and looks. */
static void be_victim(void)
{
    mark(D2_PLACE, PLACE_BYTES, 2);
    meet();
    peer_wait(0);
    expect_true(is_marked(D2_PLACE, PLACE_BYTES, 2));
    peer_signal(0);
}

static void ask_victim(void)
{
    peer_signal(0);
    peer_wait(0);
}

TEST(dma, a_stray_write_is_stopped_by_the_firewall, IDS "S0-14 S2-10 S3-05",
     WHY "no CPU's MPU sees it, and the victim is whole", NEEDS "system=dma strategies=all")
{
    dma_open(&dma, 0);
    meet();
    for (uint32_t i = 0; i < PLACES; i++) {
        const struct dma_descriptor d = dma_fill(foreign_places[i], 64, 0xbad);

        if (foreign_places[i] != EVENTS_2) /* with `shared` they are everybody's */
            dma_expect_error(&dma, &d, DMA_ERROR_FIREWALL, foreign_places[i]);
    }
    expect_eq(dma.registers->moved, 0);
    ask_victim();
}

PEER(2, dma, a_stray_write_is_stopped_by_the_firewall)
{
    be_victim();
}

TEST(dma, a_stray_write_to_an_event_page_is_stopped, IDS "S0-14 S2-10", WHY "pending bits of another domain", DMA)
{
    const struct dma_descriptor d = dma_fill(EVENTS_2, PAGE, 0xbad);

    dma_open(&dma, 0);
    dma_expect_error(&dma, &d, DMA_ERROR_FIREWALL, EVENTS_2);
}

TEST(dma, a_stray_read_is_stopped_by_the_firewall, IDS "S0-14 S2-10 S3-05", WHY "a secret leaves by it as well", DMA)
{
    dma_open(&dma, 0);
    meet();
    mark((uintptr_t)buffer, sizeof(buffer), 1);
    for (uint32_t i = 0; i < PLACES; i++) {
        const struct dma_descriptor d = dma_copy((uintptr_t)buffer, foreign_places[i], 64);

        expect_eq(dma_run(&dma, &d), DMA_ERROR_FIREWALL);
        expect_eq(dma.registers->error_address, foreign_places[i]);
    }
    expect_true(is_marked((uintptr_t)buffer, sizeof(buffer), 1));
    ask_victim();
}

PEER(2, dma, a_stray_read_is_stopped_by_the_firewall)
{
    be_victim();
}

TEST(dma, a_descriptor_in_foreign_memory_is_not_read, IDS "S2-10 S3-05", WHY "the engine's own reads are reads", DMA)
{
    dma_open(&dma, 0);
    for (uint32_t i = 0; i < PLACES; i++) {
        expect_eq(dma_run(&dma, (const struct dma_descriptor *)(uintptr_t)foreign_places[i]), DMA_ERROR_FIREWALL);
        expect_eq(dma.registers->error_address, foreign_places[i]);
    }
    /* its last word is the victim's */
    expect_eq(dma_run(&dma, (const struct dma_descriptor *)(D2_PLACE - 16)), DMA_ERROR_FIREWALL);
}

TEST(dma, a_transfer_over_the_edge_of_a_bank_stops_there, IDS "S0-14 S3-05 S2-10",
     WHY "the victim's bank begins where this one ends", DMA)
{
    const struct dma_descriptor over = dma_fill(D2_PLACE - 128, 256, PATTERN), odd = dma_fill(D2_PLACE - 3, 4, ~PATTERN),
                                inside = dma_fill(D1_PLACE, PLACE_BYTES, PATTERN),
                                source = dma_copy((uintptr_t)buffer, D2_PLACE - 64, 128);

    dma_open(&dma, 0);
    meet();
    dma_expect_error(&dma, &over, DMA_ERROR_FIREWALL, D2_PLACE);
    expect_true(is_filled(D2_PLACE - 128, 128, PATTERN));
    dma_expect_error(&dma, &odd, DMA_ERROR_FIREWALL, D2_PLACE);
    expect_eq(dma_run(&dma, &source), DMA_ERROR_FIREWALL);
    expect_eq(dma.registers->error_address, D2_PLACE);
    expect_eq(dma_run(&dma, &inside), DMA_ERROR_NONE);
    ask_victim();
}

PEER(2, dma, a_transfer_over_the_edge_of_a_bank_stops_there)
{
    be_victim();
    /* and in the other direction */
    dma_open(&dma, 0);
    const struct dma_descriptor under = dma_fill(D2_PLACE - 64, 128, 0xbad), inside = dma_fill(D2_PLACE, PLACE_BYTES, 0);

    dma_expect_error(&dma, &under, DMA_ERROR_FIREWALL, D2_PLACE - 64);
    expect_true(is_marked(D2_PLACE, PLACE_BYTES, 2));
    expect_eq(dma_run(&dma, &inside), DMA_ERROR_NONE);
}

TEST(dma, a_refusal_ends_the_chain_and_nothing_else, IDS "S3-05 S2-10", WHY "the next chain is a new one", DMA)
{
    struct dma_descriptor d[3] = {dma_fill((uintptr_t)buffer, 64, PATTERN), dma_fill(D2_PLACE, 64, 0xbad),
                                  dma_fill((uintptr_t)&buffer[16], 64, 0xbad)};

    dma_open(&dma, 0);
    mark((uintptr_t)buffer, sizeof(buffer), 1);
    d[0].next = (uintptr_t)&d[1];
    d[1].next = (uintptr_t)&d[2];
    dma_expect_error(&dma, d, DMA_ERROR_FIREWALL, D2_PLACE);
    dma_let_engine_run();
    expect_true(is_filled((uintptr_t)buffer, 64, PATTERN));
    expect_true(is_marked((uintptr_t)&buffer[16], sizeof(buffer) - 64, 1));
    expect_eq(dma.registers->completed, 0);
    expect_eq(dma_run(&dma, &d[2]), DMA_ERROR_NONE);
    expect_eq(buffer[16], 0xbad);
}

TEST(dma, refusals_of_one_domain_do_not_hold_up_another, IDS "S3-05", WHY "each master has its own table", DMA)
{
    const struct dma_descriptor d = dma_fill(D2_PLACE, 64, 0xbad);

    dma_open(&dma, 0);
    meet();
    for (uint32_t i = 0; i < 100; i++) /* told seven times: refusals 1, 2, 4 ... 64 */
        dma_expect_error(&dma, &d, DMA_ERROR_FIREWALL, D2_PLACE);
    ask_victim();
}

PEER(2, dma, refusals_of_one_domain_do_not_hold_up_another)
{
    const struct dma_descriptor flood = dma_flood(D2_PLACE, PAGE, PATTERN);

    dma_open(&dma, 0);
    dma_start(&dma, &flood);
    meet();
    dma_await_bytes(&dma, 4 * PAGE);
    peer_wait(0);
    dma_await_bytes(&dma, 4 * PAGE);
    expect_true(is_filled(D2_PLACE, PAGE, PATTERN));
    peer_signal(0);
}

/* ---- without the firewall ---- */

TEST(dma, without_the_firewall_a_stray_write_lands, IDS "S0-14 S0-22 S3-03",
     WHY "what xen,force-assign-without-iommu means: the other domain is corrupted", NEEDS "system=dma-open")
{
    const struct dma_descriptor d = dma_fill(D2_PLACE + PAGE, 64, 0xbad), read = dma_copy((uintptr_t)buffer, D2_PLACE, 64);

    dma_open(&dma, 0);
    meet();
    expect_eq(dma_run(&dma, &d), DMA_ERROR_NONE);
    expect_eq(dma_run(&dma, &read), DMA_ERROR_NONE);
    expect_eq(buffer[0], D2_PLACE ^ 2);
    ask_victim();
}

PEER(2, dma, without_the_firewall_a_stray_write_lands)
{
    mark(D2_PLACE, PLACE_BYTES, 2);
    meet();
    peer_wait(0);
    expect_true(is_marked(D2_PLACE, PAGE, 2));
    expect_true(is_filled(D2_PLACE + PAGE, 64, 0xbad));
    expect_true(is_marked(D2_PLACE + PAGE + 64, PAGE, 2));
    peer_signal(0);
}

TEST(dma, one_master_bypasses_the_firewall_while_another_is_behind_it, IDS "S0-13",
     WHY "a policy for each device, not for the machine", NEEDS "system=dma-open")
{
    const struct dma_descriptor flood = dma_flood(D1_PLACE, PLACE_BYTES, PATTERN);

    dma_open(&dma, 0);
    meet();
    dma_start(&dma, &flood);
    dma_await_bytes(&dma, PLACE_BYTES + 64);
    mark((uintptr_t)buffer, sizeof(buffer), 1);
    peer_signal(0);
    dma_await_bytes(&dma, PAGE);
    peer_wait(0);
    dma_await_bytes(&dma, PAGE);
    expect_true(is_filled(D1_PLACE, PLACE_BYTES, PATTERN));
    expect_true(is_marked((uintptr_t)buffer, sizeof(buffer), 1));
}

PEER(2, dma, one_master_bypasses_the_firewall_while_another_is_behind_it)
{
    static const uint32_t places[] = {D1_PLACE, D1_PLACE + PLACE_BYTES - 64, 0x20000000, EVENTS_1, HYPERVISOR};
    const struct dma_descriptor own = dma_fill(D2_PLACE, PAGE, PATTERN);

    dma_open(&dma, 0);
    meet();
    peer_wait(0);
    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const struct dma_descriptor d = dma_fill(places[i], 64, 0xbad);

        dma_expect_error(&dma, &d, DMA_ERROR_FIREWALL, places[i]);
    }
    expect_eq(dma_run(&dma, &own), DMA_ERROR_NONE);
    peer_signal(0);
}

/* ---- a channel that reaches only part of the memory ---- */

enum { IN_REACH = 0x20090000, BEYOND_REACH = 0x24000000 };

TEST(dma, a_bank_beyond_the_reach_of_the_device_is_refused, IDS "S1-13",
     WHY "the domain has another one for its buffers", NEEDS "system=dma-reach")
{
    const struct dma_descriptor in = dma_fill(IN_REACH, PAGE, PATTERN), beyond = dma_fill(BEYOND_REACH, 64, 0xbad),
                                from = dma_copy(IN_REACH, BEYOND_REACH, 64);

    dma_open(&dma, 0);
    mark(BEYOND_REACH, PAGE, 1);
    expect_eq(dma_run(&dma, &in), DMA_ERROR_NONE);
    expect_true(is_filled(IN_REACH, PAGE, PATTERN));
    dma_expect_error(&dma, &beyond, DMA_ERROR_REACH, BEYOND_REACH);
    expect_eq(dma_run(&dma, &from), DMA_ERROR_REACH);
    expect_eq(dma_run(&dma, (const struct dma_descriptor *)BEYOND_REACH), DMA_ERROR_REACH);
    expect_true(is_marked(BEYOND_REACH, PAGE, 1));
    expect_true(is_filled(IN_REACH, PAGE, PATTERN));
}
