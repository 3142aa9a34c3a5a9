/* SPDX-License-Identifier: Apache-2.0 */
/* What a channel does for the domain that owns it, in memory that is the domain's own. */
#include "dma.h"

#define DMA NEEDS "system=dma"

static struct dma dma;
static uint8_t from[1024] __attribute__((aligned(64))), to[1024] __attribute__((aligned(64)));

static uint32_t address(const void *pointer)
{
    return (uintptr_t)pointer;
}

static void begin(void)
{
    dma_open(&dma, 0);
    for (uint32_t i = 0; i < sizeof(from); i++)
        from[i] = (uint8_t)(7 * i + i / 256);
    memset(to, 0xee, sizeof(to));
}

static void enable_interrupt(void)
{
    irq_init();
    irq_enable_source(dma.intid);
    dma.registers->irq_enable = 1;
    irq_unmask();
}

/* to[] is 0xee but for `bytes` from `at` on, which are those of from[offset ...]. */
static void expect_copied(uintptr_t at, uint32_t offset, uint32_t bytes)
{
    for (uint32_t i = 0; i < sizeof(to); i++) {
        const uint8_t expected = i >= at && i < at + bytes ? from[offset + i - at] : 0xee;

        if (to[i] != expected) {
            fail_("%u bytes from %u to %u: byte %u is 0x%02x, expected 0x%02x", (unsigned)bytes, (unsigned)offset,
                  (unsigned)at, (unsigned)i, to[i], expected);
            return;
        }
    }
}

TEST(dma, data_lands_where_a_direct_mapped_domain_asked, IDS "S3-03 S0-11",
     WHY "the address that the domain knows is the one the bus sees", DMA)
{
    begin();
    const struct dma_descriptor d = dma_copy(address(to), address(from), sizeof(from));

    expect_eq(dma_run(&dma, &d), DMA_ERROR_NONE);
    expect_eq(dma.registers->status, DMA_DONE);
    expect_eq(dma.registers->completed, 1);
    expect_eq(dma.registers->moved, sizeof(from));
    expect_copied(0, 0, sizeof(from));
}

TEST(dma, every_alignment_and_length_is_exact, IDS "S3-03", WHY "not a byte beside the buffer", DMA)
{
    static const uint16_t offsets[] = {0, 1, 2, 3, 61, 64, 127}, lengths[] = {0, 1, 3, 4, 63, 64, 65, 130, 512};

    begin();
    for (uint32_t a = 0; a < 7; a++) {
        for (uint32_t b = 0; b < 7; b++) {
            const uint32_t bytes = lengths[(a + b) % 9];
            const struct dma_descriptor d = dma_copy(address(to) + offsets[a], address(from) + offsets[b], bytes);

            memset(to, 0xee, sizeof(to));
            expect_eq(dma_run(&dma, &d), DMA_ERROR_NONE);
            expect_copied(offsets[a], offsets[b], bytes);
        }
    }
}

TEST(dma, a_fill_repeats_its_word_at_any_alignment, IDS "S3-03", WHY "the other kind of transfer", DMA)
{
    begin();
    const struct dma_descriptor d = dma_fill(address(to) + 3, 130, 0x44332211);

    expect_eq(dma_run(&dma, &d), DMA_ERROR_NONE);
    expect_eq(to[2], 0xee);
    expect_eq(to[3], 0x44);
    expect_true(is_filled(address(to) + 4, 128, 0x44332211));
    expect_eq(to[132], 0x11);
    expect_eq(to[133], 0xee);
}

TEST(dma, a_finished_transfer_interrupts_once, IDS "S3-03 S3-10", WHY "its SPI is the domain's, 1:1", DMA)
{
    begin();
    struct dma_descriptor d = dma_copy(address(to), address(from), 100);

    d.flags |= DMA_IRQ;
    enable_interrupt();
    dma_start(&dma, &d);
    spin_until(irq_count(0, dma.intid) > 0);
    expect_eq(dma_wait(&dma), DMA_ERROR_NONE);
    expect_copied(0, 0, 100);
    dma_let_engine_run();
    expect_eq(irq_count(0, dma.intid), 1);
}

TEST(dma, no_interrupt_that_was_not_asked_for, IDS "S3-03", WHY "the enable register and the flag both count", DMA)
{
    begin();
    struct dma_descriptor d = dma_copy(address(to), address(from), 100);

    enable_interrupt();
    expect_eq(dma_run(&dma, &d), DMA_ERROR_NONE);
    dma.registers->irq_enable = 0;
    d.flags |= DMA_IRQ;
    expect_eq(dma_run(&dma, &d), DMA_ERROR_NONE);
    dma_let_engine_run();
    expect_eq(irq_count(0, dma.intid), 0);
    expect_eq(dma.registers->completed, 2);
}

TEST(dma, an_interrupt_wakes_a_sleeping_domain, IDS "S3-03", WHY "what a driver does while it waits", DMA)
{
    begin();
    struct dma_descriptor d = dma_copy(address(to), address(from), sizeof(from));

    d.flags |= DMA_IRQ;
    enable_interrupt();
    irq_mask();
    dma_start(&dma, &d);
    wait_for_interrupt();
    expect_eq(dma.registers->status, DMA_DONE);
    expect_copied(0, 0, sizeof(from));
    irq_unmask();
    expect_eq(irq_count(0, dma.intid), 1);
}

TEST(dma, a_chain_does_each_of_its_descriptors, IDS "S3-03", WHY "scatter and gather", DMA)
{
    begin();
    struct dma_descriptor d[4] = {
        dma_fill(address(to), 64, 0),
        dma_copy(address(to) + 200, address(from), 77),
        dma_copy(address(to) + 300, address(from), 0),
        dma_copy(address(to), address(to) + 200, 64), /* sees what the second one wrote */
    };

    for (uint32_t i = 0; i < 3; i++)
        d[i].next = address(&d[i + 1]);
    d[1].flags |= DMA_IRQ;
    d[3].flags |= DMA_IRQ;
    enable_interrupt();
    expect_eq(dma_run(&dma, d), DMA_ERROR_NONE);
    expect_eq(dma.registers->completed, 1);
    expect_eq(dma.registers->moved, 64 + 77 + 64);
    expect_eq(memcmp(to, from, 64), 0);
    expect_eq(memcmp(to + 200, from, 77), 0);
    expect_eq(to[300], 0xee);
    spin_until(irq_count(0, dma.intid) > 0);
    expect_true(irq_count(0, dma.intid) <= 2); /* two edges may become one */
}

TEST(dma, a_doorbell_during_a_transfer_starts_the_next_one, IDS "S3-03", WHY "nothing that was asked for is lost", DMA)
{
    begin();
    const struct dma_descriptor first = dma_fill(D1_PLACE, 0x4000, PATTERN), second = dma_copy(address(to), address(from), 64);

    dma_start(&dma, &first);
    spin_until(dma.registers->doorbell == 0);
    expect_eq(dma_run(&dma, &second), DMA_ERROR_NONE);
    expect_eq(dma.registers->completed, 2);
    expect_true(is_filled(D1_PLACE, 0x4000, PATTERN));
    expect_copied(0, 0, 64);
}

TEST(dma, a_stopped_channel_writes_no_more, IDS "S3-03", WHY "what a restart relies on", DMA)
{
    begin();
    const struct dma_descriptor flood = dma_flood(D1_PLACE, 2 * PAGE, PATTERN);

    dma_start(&dma, &flood);
    dma_await_bytes(&dma, 3 * PAGE);
    expect_true(dma_is_busy(&dma));
    expect_true(is_filled(D1_PLACE, 2 * PAGE, PATTERN));
    dma_stop(&dma);
    mark(D1_PLACE, 2 * PAGE, 1);
    dma_let_engine_run();
    expect_true(is_marked(D1_PLACE, 2 * PAGE, 1));
    for (uint32_t i = 1; i < sizeof(struct dma_registers) / 4; i++)
        expect_eq(((volatile uint32_t *)dma.registers)[i], 0);

    const struct dma_descriptor d = dma_copy(address(to), address(from), 64);
    expect_eq(dma_run(&dma, &d), DMA_ERROR_NONE);
    expect_copied(0, 0, 64);
}

TEST(dma, a_wrong_descriptor_is_an_error_with_its_address, IDS "S3-03", WHY "the engine trusts nobody", DMA)
{
    begin();
    const struct dma_descriptor wrong[] = {
        dma_fill(NO_MEMORY, 4, 0), dma_fill(0xfffffff0, 64, 0), dma_copy(address(to), NO_MEMORY, 4),
        dma_fill(ENGINE, 4, 0), dma_fill(ENGINE + 0xfff0, 4, 0), dma_fill(CHANNEL_0, 4, 0), dma_fill(CHANNEL_1, 4, 0)};
    struct dma_descriptor d = dma_copy(address(to), address(from), 64);

    for (uint32_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const uintptr_t at = wrong[i].flags & DMA_FILL ? wrong[i].destination : wrong[i].source;

        dma_expect_error(&dma, &wrong[i], DMA_ERROR_BUS, at);
    }
    d.flags = 1 << 5;
    dma_expect_error(&dma, &d, DMA_ERROR_DESCRIPTOR, address(&d));
    dma_expect_error(&dma, (const struct dma_descriptor *)(uintptr_t)(address(&d) + 2), DMA_ERROR_DESCRIPTOR, address(&d) + 2);
    expect_eq(dma_run(&dma, (const struct dma_descriptor *)(uint32_t)NO_MEMORY), DMA_ERROR_BUS);
    expect_eq(dma.registers->error_address, NO_MEMORY);
    expect_copied(0, 0, 0);
    d.flags = 0;
    expect_eq(dma_run(&dma, &d), DMA_ERROR_NONE);
    expect_eq(dma.registers->error_address, 0);
    expect_eq(dma.registers->completed, 1);
}

TEST(dma, an_error_ends_the_chain_and_interrupts, IDS "S3-03", WHY "a driver that sleeps must hear of it", DMA)
{
    begin();
    struct dma_descriptor d[3] = {dma_copy(address(to), address(from), 64), dma_fill(NO_MEMORY, 4, 0),
                                  dma_fill(address(to) + 64, 64, 0)};

    d[0].next = address(&d[1]);
    d[1].next = address(&d[2]);
    enable_interrupt();
    dma_expect_error(&dma, d, DMA_ERROR_BUS, NO_MEMORY);
    spin_until(irq_count(0, dma.intid) > 0);
    dma_let_engine_run();
    expect_copied(0, 0, 64);
    expect_eq(dma.registers->completed, 0);
}

TEST(dma, channels_of_two_domains_move_at_the_same_time, IDS "S3-03 S0-11", WHY "bursts take turns", DMA)
{
    begin();
    const struct dma_descriptor flood = dma_flood(D1_PLACE, PLACE_BYTES, PATTERN);

    meet();
    dma_start(&dma, &flood);
    dma_await_bytes(&dma, 4 * PAGE);
    peer_signal(0);
    peer_wait(0); /* the peer's moves, and so does this one */
    dma_await_bytes(&dma, 4 * PAGE);
    expect_true(dma_is_busy(&dma));
    expect_true(is_filled(D1_PLACE, 4 * PAGE, PATTERN));
}

PEER(2, dma, channels_of_two_domains_move_at_the_same_time)
{
    dma_open(&dma, 0);
    const struct dma_descriptor flood = dma_flood(D2_PLACE, PLACE_BYTES, ~PATTERN);

    meet();
    peer_wait(0);
    dma_start(&dma, &flood);
    dma_await_bytes(&dma, 4 * PAGE);
    peer_signal(0);
    dma_await_bytes(&dma, 4 * PAGE);
    expect_true(is_filled(D2_PLACE, 4 * PAGE, ~PATTERN));
    expect_true(dma_is_busy(&dma));
}

TEST(dma, registers_of_another_domains_channel_are_denied, IDS "S3-08", WHY "a channel is a device of one domain", DMA)
{
    uint32_t value;

    begin();
    expect_eq(try_read32(CHANNEL_1, &value).fsr, FSR_DENIED);
    expect_eq(try_write32(CHANNEL_1 + 4, 1).fsr, FSR_DENIED | FSR_WRITE);
    expect_eq(try_read32(ENGINE, &value).fsr, FSR_DENIED);
    expect_eq(try_write32(ENGINE, 0).fsr, FSR_DENIED | FSR_WRITE);
}
