/* SPDX-License-Identifier: Apache-2.0 */
/* What a channel does for the domain that owns it, in memory that is the domain's own. */
#include "dma.h"

static struct dma dma;
static uint8_t from[1024] __attribute__((aligned(64))), to[1024] __attribute__((aligned(64)));


/* to[0 ... 1023] is `background` but for `bytes` from `at` on, which are those of from[offset ...]. */
static void expect_copied(uint32_t at, uint32_t offset, uint32_t bytes, uint8_t background)
{
    for (uint32_t i = 0; i < sizeof(to); i++) {
        const uint8_t expected = i >= at && i < at + bytes ? from[offset + i - at] : background;

        if (to[i] != expected) {
            fail_("byte %u of %u at %u: 0x%02x, expected 0x%02x", i, bytes, at, to[i], expected);
            return;
        }
    }
}

static void prepare_buffers(void)
{
    for (uint32_t i = 0; i < sizeof(from); i++)
        from[i] = (uint8_t)(7 * i + i / 256);
    memset(to, 0xee, sizeof(to));
}

TEST(dma, data_lands_where_a_direct_mapped_domain_asked, IDS "S3-03 S0-11",
     WHY "the address that the domain knows is the one the bus sees", NEEDS "system=dma")
{
    struct dma_descriptor d = {(uint32_t)from, (uint32_t)to, sizeof(from), 0, 0};

    dma_open(&dma, 0);
    prepare_buffers();
    expect_eq(dma_run(&dma, &d), DMA_ERROR_NONE);
    expect_eq(dma.registers->status, DMA_DONE);
    expect_eq(dma.registers->completed, 1);
    expect_eq(dma.registers->moved, sizeof(from));
    expect_copied(0, 0, sizeof(from), 0xee);
}
