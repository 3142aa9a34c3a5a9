/* SPDX-License-Identifier: Apache-2.0 */
/* The registers as such: which there are, what they hold, what an access must look like. */
#include "uart.h"

static uint32_t property_word(const struct fdt_node *node, const char *name, uint32_t index)
{
    uint32_t bytes;
    const void *cells = fdt_property(machine.device_tree, node, name, &bytes);

    return cells != NULL && index * 4 < bytes ? fdt_word(cells, index) : ~0u;
}

/* The unit address behind the name's @. */
static uint32_t unit_address(const char *name)
{
    uint32_t address = 0;

    while (*name != '@')
        name++;
    while (*++name != '\0')
        address = address << 4 | (uint32_t)(*name <= '9' ? *name - '0' : *name - 'a' + 10);
    return address;
}

TEST(vuart, the_tree_names_the_boards_own_uart, IDS "S0-08 S0-23", WHY "direct-mapped: the board's address and SPI",
     NEEDS "system=vuart")
{
    enum { SPI = 0, LEVEL_HIGH = 4 };
    struct fdt_node node;

    require_true(uart_find(&node));
    expect_eq(memcmp(node.name, "sbsa-uart@", 10), 0);
    expect_eq(unit_address(node.name), (uint32_t)BOARD_UART);
    expect_eq(property_word(&node, "reg", 0), 0);
    expect_eq(property_word(&node, "reg", 1), (uint32_t)BOARD_UART);
    expect_eq(property_word(&node, "reg", 2), 0);
    expect_eq(property_word(&node, "reg", 3), BOARD_UART_BYTES);
    expect_eq(property_word(&node, "interrupts", 0), SPI);
    expect_eq(property_word(&node, "interrupts", 1), BOARD_UART_INTID - 32);
    expect_eq(property_word(&node, "interrupts", 2), LEVEL_HIGH);
    expect_eq(property_word(&node, "current-speed", 0), 115200);
}

TEST(vuart, nothing_is_received_or_unmasked_at_first, IDS "S0-08", WHY "the state after reset", NEEDS "system=vuart")
{
    expect_eq(*uart(UART_FR), FR_TXFE | FR_RXFE);
    expect_eq(*uart(UART_DR), 0);
    expect_eq(*uart(UART_RSR), 0);
    expect_eq(*uart(UART_IMSC), 0);
    expect_eq(*uart(UART_RIS), 0);
    expect_eq(*uart(UART_MIS), 0);
}

TEST(vuart, the_transmitter_is_always_ready, IDS "S0-08", WHY "a driver that polls never waits", NEEDS "system=vuart")
{
    for (uint32_t i = 0; i < 300; i++) {
        *uart(UART_DR) = '.';
        expect_eq(*uart(UART_FR) & (FR_TXFE | FR_TXFF | FR_BUSY), FR_TXFE);
    }
    transmit();
}

TEST(vuart, the_interrupt_mask_keeps_its_eleven_bits, IDS "S0-08", WHY "IMSC", NEEDS "system=vuart")
{
    *uart(UART_IMSC) = ~0u;
    expect_eq(*uart(UART_IMSC), INT_BITS);
    *uart_byte(UART_IMSC) = 0x50;
    expect_eq(*uart(UART_IMSC), 0x750);
    *uart_half(UART_IMSC) = 0x123;
    expect_eq(*uart(UART_IMSC), 0x123);
    *uart(UART_IMSC) = 0;
    expect_eq(*uart(UART_IMSC), 0);
}

TEST(vuart, status_registers_cannot_be_written, IDS "S0-08", WHY "ignored, no abort", NEEDS "system=vuart")
{
    static const uint32_t offsets[] = {UART_RSR, UART_FR, UART_RIS, UART_MIS};

    for (uint32_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        uint32_t before = *uart(offsets[i]);

        *uart(offsets[i]) = ~0u;
        expect_eq(*uart(offsets[i]), before);
    }
}

TEST(vuart, an_offset_without_a_register_reads_0, IDS "S0-08", WHY "what SBSA leaves out of a PL011",
     NEEDS "system=vuart")
{
    static const uint32_t offsets[] = {0x08, 0x1c, 0x20, 0x24, 0x28, 0x2c, 0x30, 0x34, 0x48, 0x80, 0xfe0, 0xffc};

    for (uint32_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        *uart(offsets[i]) = ~0u;
        expect_eq(*uart(offsets[i]), 0);
    }
    expect_eq(*uart_byte(UART_FR + 1), 0);
}

TEST(vuart, a_byte_written_to_the_clear_register_clears_its_own_bits, IDS "S0-08", WHY "a write of the flags does nothing",
     NEEDS "system=vuart")
{
    transmit();
    require_eq(*uart(UART_RIS) & INT_TX, INT_TX);
    *uart_byte(UART_FR) = INT_TX;
    *uart_byte(UART_ICR) = (uint8_t)~INT_TX;
    expect_eq(*uart(UART_RIS) & INT_TX, INT_TX);
    *uart_byte(UART_ICR) = INT_TX;
    expect_eq(*uart(UART_RIS) & INT_TX, 0);
    expect_eq(*uart(UART_FR) & FR_RXFE, FR_RXFE);
}

TEST(vuart, bytes_and_halfwords_are_the_lower_part_of_a_register, IDS "S0-08", WHY "drivers use all three",
     NEEDS "system=vuart")
{
    expect_eq(*uart_byte(UART_FR), FR_TXFE | FR_RXFE);
    expect_eq(*uart_half(UART_FR), FR_TXFE | FR_RXFE);
    *uart(UART_IMSC) = 0x7a5;
    expect_eq(*uart_byte(UART_IMSC), 0xa5);
    expect_eq(*uart_half(UART_IMSC), 0x7a5);
}

static void expect_abort(struct fault fault, uintptr_t address, uint32_t fsr)
{
    expect_eq(fault.kind, FAULT_DATA);
    expect_eq(fault.far, address);
    expect_eq(fault.fsr, fsr);
}

TEST(vuart, the_clear_register_is_write_only, IDS "S0-08", WHY "a read of ICR is an abort", NEEDS "system=vuart")
{
    uint32_t value;

    expect_abort(try_read32((uintptr_t)uart(UART_ICR), &value), (uintptr_t)uart(UART_ICR), FSR_DENIED);
    expect_eq(try_write32((uintptr_t)uart(UART_ICR), ~0u).kind, FAULT_NONE);
}

TEST(vuart, its_window_has_one_page, IDS "S0-08 S0-24", WHY "the neighbours are other devices", NEEDS "system=vuart")
{
    const uintptr_t below = uart_place().base - 4, above = uart_place().base + BOARD_UART_BYTES;
    uint32_t value;

    expect_abort(try_read32(below, &value), below, FSR_DENIED);
    expect_abort(try_write32(above, 0), above, FSR_DENIED | FSR_WRITE);
}

TEST(vuart, a_domain_that_did_not_ask_has_none, IDS "S0-08 S0-23", WHY "the window is emulated for its domain only",
     NEEDS "system=vuart")
{
    peers_meet();
    peer_wait(0);
    expect_eq(*uart(UART_FR), FR_TXFE | FR_RXFE);
}

PEER(2, vuart, a_domain_that_did_not_ask_has_none)
{
    struct fdt_node node;
    uint32_t value;

    peers_meet();
    expect_true(!uart_find(&node));
    expect_abort(try_read32((uintptr_t)uart(UART_FR), &value), (uintptr_t)uart(UART_FR), FSR_DENIED);
    expect_abort(try_write32((uintptr_t)uart(UART_DR), 'x'), (uintptr_t)uart(UART_DR), FSR_DENIED | FSR_WRITE);
    peer_signal(0);
}
