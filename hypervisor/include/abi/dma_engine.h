/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers and descriptors of the DMA engine (boards/mps3-an536/dma/README.md): what it and its drivers share.
 * A channel is one page of registers. The engine is a program on another CPU and its registers are RAM that a
 * driver sees as Device memory, so what is marked [engine] can be written by the driver, without effect on
 * the transfer.
 */
#ifndef ABI_DMA_ENGINE_H
#define ABI_DMA_ENGINE_H

#include <stdint.h>

enum {
    DMA_NR_CHANNELS = 3,
    DMA_BURST_BYTES = 64,
    DMA_ID = 0x31414d44, /* "DMA1" */
};

struct dma_registers {
    uint32_t volatile id;            /* 0x00 [engine] DMA_ID once the engine runs */
    uint32_t volatile doorbell;      /* 0x04 not 0: start at `descriptor`; the engine clears it when it has begun */
    uint32_t volatile control;       /* 0x08 enum dma_control */
    uint32_t volatile status;        /* 0x0c [engine] enum dma_status */
    uint32_t volatile descriptor;    /* 0x10 address of the first one */
    uint32_t volatile irq_enable;    /* 0x14 not 0: the interrupt is raised */
    uint32_t volatile completed;     /* 0x18 [engine] chains that came to their end */
    uint32_t volatile error;         /* 0x1c [engine] enum dma_error of the last chain */
    uint32_t volatile error_address; /* 0x20 [engine] */
    uint32_t volatile moved;         /* 0x24 [engine] bytes written since reset, modulo 2^32 */
};

enum dma_control {
    DMA_STOP = 1 << 0, /* ends the chain after its burst and returns the registers to 0; reads 1 until that is so */
};

enum dma_status {
    DMA_BUSY = 1 << 0,
    DMA_DONE = 1 << 1,
    DMA_FAILED = 1 << 2, /* `error` and `error_address` say why */
};

enum dma_error {
    DMA_ERROR_NONE = 0,
    DMA_ERROR_BUS = 1,        /* no memory answers there */
    DMA_ERROR_REACH = 2,      /* beyond the channel's address lines */
    DMA_ERROR_FIREWALL = 3,   /* the bus firewall refused it */
    DMA_ERROR_DESCRIPTOR = 4, /* not on a word, or with a flag that does not exist */
};

/* Five words on a word boundary. */
struct dma_descriptor {
    uint32_t source;      /* address, or with DMA_FILL the word to write */
    uint32_t destination;
    uint32_t bytes;       /* any number, any alignment of both addresses */
    uint32_t flags;       /* enum dma_flags */
    uint32_t next;        /* address of the next one; 0: the chain ends here */
};

enum dma_flags {
    DMA_FILL = 1 << 0, /* a byte gets the byte of the word that lies at the same address modulo 4 */
    DMA_LOOP = 1 << 1, /* for ever, without reading the descriptor again */
    DMA_IRQ = 1 << 2,  /* interrupt when its last byte is written, in each round of a loop */
    DMA_HANG = 1 << 3, /* a broken device: DMA_STOP is not heard before its last byte */
    DMA_LATE = 1 << 4, /* a slow bus: a burst arrives long after the firewall let it through */
};

_Static_assert(sizeof(struct dma_descriptor) == 20, "device interface");
_Static_assert(sizeof(struct dma_registers) == 0x28, "device interface");

#endif
