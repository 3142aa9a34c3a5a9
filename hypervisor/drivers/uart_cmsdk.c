/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CMSDK APB UART. Transmission is polled: the console must work with interrupts masked and in a panic.
 * Source: Arm DDI 0479 (CMSDK), chapter APB UART.
 */
#include "hv/arch.h"
#include "hv/board.h"
#include "hv/mmio.h"

enum {
    UART_DATA = 0x0,
    UART_STATE = 0x4,
    UART_CTRL = 0x8,
    UART_INTCLEAR = 0xc,
    UART_BAUDDIV = 0x10,

    STATE_TX_FULL = 1 << 0,
    STATE_RX_FULL = 1 << 1,
    CTRL_TX_ENABLE = 1 << 0,
    CTRL_RX_ENABLE = 1 << 1,
    CTRL_RX_INTERRUPT = 1 << 3,
    INT_RX = 1 << 1,
    BAUDDIV_MIN = 16, /* smaller values do not transmit on hardware */
};

void uart_init(uintptr_t base)
{
    mmio_write32(base + UART_BAUDDIV, BAUDDIV_MIN);
    mmio_write32(base + UART_CTRL, CTRL_TX_ENABLE);
}

/* A tight loop: a line of text is the longest thing that EL2 does in one go. */
void uart_write(uintptr_t base, const char *text, uint32_t length)
{
    for (const char *const end = text + length; text != end; text++) {
        while (mmio_read32(base + UART_STATE) & STATE_TX_FULL)
            arch_relax();
        mmio_write32(base + UART_DATA, (unsigned char)*text);
    }
}

void uart_receive(uintptr_t base)
{
    mmio_write32(base + UART_CTRL, CTRL_TX_ENABLE | CTRL_RX_ENABLE | CTRL_RX_INTERRUPT);
}

bool uart_get(uintptr_t base, char *c)
{
    mmio_write32(base + UART_INTCLEAR, INT_RX); /* before the read: the next character interrupts again */
    if (!(mmio_read32(base + UART_STATE) & STATE_RX_FULL))
        return false;
    *c = (char)mmio_read32(base + UART_DATA);
    return true;
}
