/* SPDX-License-Identifier: Apache-2.0 */
#include "uart.h"

bool uart_find(struct fdt_node *node)
{
    bool more = fdt_first_node(machine.device_tree, node);

    while (more && !fdt_is_compatible(machine.device_tree, node, "arm,sbsa-uart"))
        more = fdt_next_node(machine.device_tree, node);
    return more;
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
