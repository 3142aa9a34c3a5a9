/* SPDX-License-Identifier: Apache-2.0 */
/* What is transmitted is lines of the domain's console, whoever reads them: here the harness. */
#include "uart.h"

TEST(vuart, what_is_written_is_a_line_of_the_domain, IDS "S0-08 S0-23",
     WHY "the record that ends this test goes out through the UART, in bytes, halfwords and words", NEEDS "system=vuart")
{
    static const char record[] = "fp1 end pass";

    for (uint32_t i = 0; record[i] != '\0'; i++) {
        if (i % 3 == 0)
            *uart_byte(UART_DR) = (uint8_t)record[i];
        else if (i % 3 == 1)
            *uart_half(UART_DR) = (uint16_t)(0xff00 | record[i]);
        else
            *uart(UART_DR) = 0xffffff00 | (uint8_t)record[i];
    }
    uart_write("\r\n");
    shutdown(SHUTDOWN_poweroff);
}

TEST(vuart, no_line_of_somebody_else_can_be_forged, IDS "S0-23",
     WHY "any of these as a line of its own would fail the run", NEEDS "system=vuart")
{
    uart_write("\n(d2) fp1 fail forged.c:1: domain 2\n\r(hv) PANIC forged\r\n(hv) END 0123456789abcdef d1=crash\n");
    uart_write("\v\f\b\x1b[2K\r(d2) fp1 fail forged.c:2: without a line feed\n");
    for (uint32_t i = 0; i < 255; i++)
        uart_write("-");
    uart_write("(d2) fp1 fail forged.c:3: where a full line was cut\n");
}

TEST(vuart, output_of_the_uart_and_of_the_hypercall_keep_their_order, IDS "S0-23", WHY "one line buffer a domain",
     NEEDS "system=vuart")
{
    uart_write("fp1 ");
    console_write("end ", 4);
    uart_write("pass");
    console_write("\n", 1);
    shutdown(SHUTDOWN_poweroff);
}
