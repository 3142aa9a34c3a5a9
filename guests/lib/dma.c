/* SPDX-License-Identifier: Apache-2.0 */
/* Driver of the DMA engine's channels (boards/mps3-an536/dma). */
#include "internal.h"

enum { FIRST_SPI = 32 };

static bool find_node(uint32_t nth, struct fdt_node *node)
{
    bool more = fdt_first_node(machine.device_tree, node);

    for (; more; more = fdt_next_node(machine.device_tree, node)) {
        if (fdt_is_compatible(machine.device_tree, node, "fencepost,dma-channel") && nth-- == 0)
            return true;
    }
    return false;
}

void dma_open(struct dma *dma, uint32_t nth)
{
    struct fdt_node node;
    uint32_t bytes;

    require_true(find_node(nth, &node));
    const void *const reg = fdt_property(machine.device_tree, &node, "reg", &bytes);
    /* one or two cells an address: the last cell of either form holds it */
    dma->registers = (struct dma_registers *)(uintptr_t)fdt_word(reg, bytes == 8 ? 0 : 1);
    dma->intid = FIRST_SPI + fdt_word(fdt_property(machine.device_tree, &node, "interrupts", &bytes), 1);
    spin_until(dma->registers->id == DMA_ID);
}

static void barrier(void)
{
    __asm__ volatile("dsb sy" ::: "memory");
}

void dma_start(const struct dma *dma, const struct dma_descriptor *first)
{
    barrier();
    dma->registers->descriptor = (uint32_t)(uintptr_t)first;
    barrier();
    dma->registers->doorbell = 1;
}

bool dma_is_busy(const struct dma *dma)
{
    const bool rung = dma->registers->doorbell != 0; /* cleared when the status says busy */

    return rung || dma->registers->status & DMA_BUSY;
}

enum dma_error dma_wait(const struct dma *dma)
{
    spin_until(!dma_is_busy(dma));
    barrier();
    return dma->registers->error;
}

enum dma_error dma_run(const struct dma *dma, const struct dma_descriptor *first)
{
    dma_start(dma, first);
    return dma_wait(dma);
}

void dma_stop(const struct dma *dma)
{
    dma->registers->control = DMA_STOP;
    spin_until(!(dma->registers->control & DMA_STOP));
    barrier();
}

void dma_await_bytes(const struct dma *dma, uint32_t bytes)
{
    const uint32_t from = dma->registers->moved;

    spin_until(dma->registers->moved - from >= bytes);
    barrier();
}
