/* SPDX-License-Identifier: Apache-2.0 */
/* vPL011 by the offsets of SBSA's generic UART, where the guest's tree says that it is. */
#ifndef GUESTS_VUART_UART_H
#define GUESTS_VUART_UART_H

#include "fencepost.h"

enum {
    UART_DR = 0x00,
    UART_RSR = 0x04,
    UART_FR = 0x18,
    UART_IMSC = 0x38,
    UART_RIS = 0x3c,
    UART_MIS = 0x40,
    UART_ICR = 0x44,

    FR_BUSY = 1 << 3,
    FR_RXFE = 1 << 4,
    FR_TXFF = 1 << 5,
    FR_RXFF = 1 << 6,
    FR_TXFE = 1 << 7,

    INT_RX = 1 << 4,
    INT_TX = 1 << 5,
    INT_RT = 1 << 6,
    INT_BITS = 0x7ff,

    FIFO_BYTES = 32,
};

/* What board.dts says of the UART that vPL011 stands in for; a domain that is not direct-mapped has it elsewhere. */
enum { BOARD_UART = (int)BOARD_VUART, BOARD_UART_BYTES = 0x1000, BOARD_UART_INTID = BOARD_VUART_INTID };

/* The node of the calling guest's tree; false: there is none. */
bool uart_find(struct fdt_node *node);

struct uart_place { uintptr_t base; uint32_t intid; };
struct uart_place uart_place(void); /* as the tree has it; without a node, the board's */

static inline volatile uint32_t *uart(uint32_t offset)
{
    return (volatile uint32_t *)(uart_place().base + offset);
}

static inline volatile uint8_t *uart_byte(uint32_t offset)
{
    return (volatile uint8_t *)uart(0) + offset;
}

static inline volatile uint16_t *uart_half(uint32_t offset)
{
    return (volatile uint16_t *)(uart_place().base + offset);
}

/* One character, and the line is over: whatever is reported next has one of its own. */
static inline void transmit(void)
{
    *uart(UART_DR) = '\n';
}

void uart_write(const char *text);
uint32_t uart_read(void); /* waits for a character */

#endif
