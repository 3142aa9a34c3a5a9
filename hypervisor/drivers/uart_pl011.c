/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PL011. Transmission is polled: the console must work with interrupts masked and in a panic. Source: Arm DDI 0183.
 */
#include "hv/board.h"
#include "hv/arch.h"
#include "hv/mmio.h"

enum {
    UART_DR = 0x00,
    UART_FR = 0x18,
    UART_LCR_H = 0x2c,
    UART_CR = 0x30,
    UART_IMSC = 0x38,
    UART_ICR = 0x44,

    FR_RXFE = 1 << 4,
    FR_TXFF = 1 << 5,
    LCR_H_8_BITS = 3 << 5,
    CR_ENABLE = 1 << 0,
    CR_TX = 1 << 8,
    CR_RX = 1 << 9,
    INT_RX = 1 << 4,
    INT_ALL = 0x7ff,
};

/* The baud rate is the firmware's. No FIFO: each character interrupts, and none is lost when receiving starts. */
void uart_init(uintptr_t base)
{
    mmio_write32(base + UART_IMSC, 0);
    mmio_write32(base + UART_ICR, INT_ALL);
    mmio_write32(base + UART_LCR_H, LCR_H_8_BITS);
    mmio_write32(base + UART_CR, CR_ENABLE | CR_TX);
}

/* A tight loop: a line of text is the longest thing that EL2 does in one go. */
void uart_write(uintptr_t base, const char *text, uint32_t length)
{
    for (const char *const end = text + length; text != end; text++) {
        while (mmio_read32(base + UART_FR) & FR_TXFF)
            arch_relax();
        mmio_write32(base + UART_DR, (unsigned char)*text);
    }
}

void uart_receive(uintptr_t base)
{
    mmio_write32(base + UART_CR, CR_ENABLE | CR_TX | CR_RX);
    mmio_write32(base + UART_IMSC, INT_RX);
}

bool uart_get(uintptr_t base, char *c)
{
    mmio_write32(base + UART_ICR, INT_RX); /* before the read: the next character interrupts again */
    if (mmio_read32(base + UART_FR) & FR_RXFE)
        return false;
    *c = (char)mmio_read32(base + UART_DR);
    return true;
}
