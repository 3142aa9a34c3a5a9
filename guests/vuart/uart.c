/* SPDX-License-Identifier: Apache-2.0 */
#include "uart.h"

bool uart_find(struct fdt_node *node)
{
    bool more = fdt_first_node(machine.device_tree, node);

    while (more && !fdt_is_compatible(machine.device_tree, node, "arm,sbsa-uart"))
        more = fdt_next_node(machine.device_tree, node);
    return more;
}

struct uart_place uart_place(void)
{
    static struct uart_place found;
    struct fdt_node node;
    uint32_t bytes;

    if (found.base == 0) {
        found = (struct uart_place){(uint32_t)BOARD_UART, BOARD_UART_INTID};
        if (uart_find(&node)) {
            found.base = fdt_word(fdt_property(machine.device_tree, &node, "reg", &bytes), 1);
            found.intid = 32 + fdt_word(fdt_property(machine.device_tree, &node, "interrupts", &bytes), 1);
        }
    }
    return found;
}

void uart_write(const char *text)
{
    while (*text != '\0')
        *uart(UART_DR) = (uint8_t)*text++;
}

uint32_t uart_read(void)
{
    spin_until(!(*uart(UART_FR) & FR_RXFE));
    return *uart(UART_DR);
}
