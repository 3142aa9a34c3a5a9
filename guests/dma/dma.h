/* SPDX-License-Identifier: Apache-2.0 */
/* Places of the systems `dma...`, and the few calls that tests of the DMA engine share. */
#ifndef GUESTS_DMA_H
#define GUESTS_DMA_H

#include "marks.h"

enum {
    PLACE_BYTES = 0x40000,
    D1_PLACE = 0x21000000,            /* the second bank of domain 1; that of domain 2 begins where it ends */
    D2_PLACE = D1_PLACE + PLACE_BYTES,
    D2_IMAGE = 0x20400000,
    SHARED = 0x22000000,              /* static shared memory: domain 2 owns it, domain 1 borrows it */
    SHARED_BYTES = 4 * PAGE,
    D1_NEXT_TO_SHARED = SHARED + SHARED_BYTES, /* a page of domain 1 */
    NOBODYS = 0x30000000,             /* memory that no domain has */
    NO_MEMORY = 0x18000000,
    HYPERVISOR = 0x10000000,
    HYPERVISOR_DATA = 0x10010000,
    MODULES = 0xc0000000,             /* the images as they were loaded */
    ENGINE = 0x2f000000,              /* its program; the channels' registers behind it */
    CHANNEL_0 = ENGINE + 0x10000,
    CHANNEL_1 = CHANNEL_0 + PAGE,
    PATTERN = 0x5eaf00d5,
};

/* ---- transfers ---- */

static inline struct dma_descriptor dma_fill(uintptr_t to, uint32_t bytes, uint32_t word)
{
    return (struct dma_descriptor){.source = word, .destination = to, .bytes = bytes, .flags = DMA_FILL};
}

static inline struct dma_descriptor dma_copy(uintptr_t to, uintptr_t from, uint32_t bytes)
{
    return (struct dma_descriptor){.source = from, .destination = to, .bytes = bytes};
}

/* The same word into [to, to + bytes) for ever. */
static inline struct dma_descriptor dma_flood(uintptr_t to, uint32_t bytes, uint32_t word)
{
    struct dma_descriptor d = dma_fill(to, bytes, word);

    d.flags |= DMA_LOOP;
    return d;
}

/* Runs it and expects it to end by that error at that address. */
static inline void dma_expect_error(const struct dma *dma, const struct dma_descriptor *d, enum dma_error error,
                                    uintptr_t address)
{
    if (dma_run(dma, d) != error || dma->registers->error_address != address || dma->registers->status != DMA_FAILED)
        fail_("0x%x bytes to 0x%x end with error %u at 0x%x, status %u; expected error %u at 0x%x", (unsigned)d->bytes,
              (unsigned)d->destination, (unsigned)dma->registers->error, (unsigned)dma->registers->error_address,
              (unsigned)dma->registers->status, (unsigned)error, (unsigned)address);
}

/* The engine gets the time for many bursts: it takes a turn at each hint. */
static inline void dma_let_engine_run(void)
{
    for (uint32_t i = 0; i < 200; i++)
        relax();
}

#endif
