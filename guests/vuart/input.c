/* SPDX-License-Identifier: Apache-2.0 */
/* What is typed at the hypervisor's console. It may be there before the guest has started, or come a moment later. */
#include "uart.h"

TEST(vuart, a_character_typed_at_the_console_arrives, IDS "S0-08", WHY "the hypervisor's UART receives for the domain",
     NEEDS "system=vuart input=Q")
{
    expect_eq(uart_read(), 'Q');
    expect_eq(*uart(UART_FR), FR_TXFE | FR_RXFE);
    expect_eq(*uart(UART_RIS), 0);
}

static volatile uint32_t received[4], count;

static void receive(uint32_t intid)
{
    (void)intid;
    while (!(*uart(UART_FR) & FR_RXFE)) {
        if (count < sizeof(received) / sizeof(received[0]))
            received[count] = *uart(UART_DR);
        count++;
    }
}

TEST(vuart, typing_wakes_a_guest_that_sleeps, IDS "S0-08", WHY "receive timeout interrupt, native INTID",
     NEEDS "system=vuart input=wake")
{
    irq_init();
    irq_set_handler(uart_place().intid, receive);
    irq_enable_source(uart_place().intid);
    *uart(UART_IMSC) = INT_RX | INT_RT;
    while (count < 4) {
        wait_for_interrupt();
        irq_unmask();
        irq_mask();
    }
    expect_eq(received[0], 'w');
    expect_eq(received[1], 'a');
    expect_eq(received[2], 'k');
    expect_eq(received[3], 'e');
    expect_true(irq_count(0, uart_place().intid) >= 1);
    expect_eq(*uart(UART_MIS), 0);
}

TEST(vuart, a_full_fifo_keeps_the_first_32_characters, IDS "S0-08", WHY "what comes then is lost, nothing before it",
     NEEDS "system=vuart input=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ")
{
    static const char typed[] = "0123456789abcdefghijklmnopqrstuv";
    uint32_t i;

    spin_until(*uart(UART_FR) & FR_RXFF);
    expect_eq(*uart(UART_FR), FR_TXFE | FR_RXFF);
    expect_eq(*uart(UART_RIS), INT_RX | INT_RT);
    for (i = 0; i < FIFO_BYTES; i++)
        expect_eq(*uart(UART_DR), typed[i]);
}

TEST(vuart, the_receive_interrupt_means_half_full, IDS "S0-08", WHY "16 of 32, the default level",
     NEEDS "system=vuart input=0123456789abcdef")
{
    uint32_t left;

    spin_until(*uart(UART_RIS) & INT_RX);
    for (left = FIFO_BYTES / 2; left > 0; left--) {
        expect_eq(*uart(UART_RIS), left == FIFO_BYTES / 2 ? INT_RX | INT_RT : INT_RT);
        (void)*uart(UART_DR);
    }
    expect_eq(*uart(UART_RIS), 0);
    expect_eq(*uart(UART_FR), FR_TXFE | FR_RXFE);
}

enum { SECOND_LIFE_NS = 20 * 1000 * 1000, END_NS = 1000 * 1000 * 1000 };

TEST(vuart, a_restart_resets_the_uart, IDS "S0-08", WHY "input, mask and interrupt of the life before are gone",
     NEEDS "system=vuart-two input=\\x01\\x01\\x01l crash=2")
{
    while (now_ns() < END_NS)
        sched_poll(NULL, 0, END_NS);
}

PEER(2, vuart, a_restart_resets_the_uart)
{
    irq_init();
    if (now_ns() < SECOND_LIFE_NS) {
        irq_enable_source(uart_place().intid);
        *uart(UART_IMSC) = INT_TX | INT_RT;
        spin_until(!(*uart(UART_FR) & FR_RXFE));
        expect_true(irq_is_pending(uart_place().intid));
        spin_until(now_ns() >= SECOND_LIFE_NS);
        shutdown(SHUTDOWN_reboot);
    }
    expect_eq(*uart(UART_FR), FR_TXFE | FR_RXFE);
    expect_eq(*uart(UART_IMSC), 0);
    expect_eq(*uart(UART_RIS), 0);
    irq_enable_source(uart_place().intid);
    expect_true(!irq_is_pending(uart_place().intid));
    shutdown(SHUTDOWN_crash); /* tells the harness that the second life came this far */
}

TEST(vuart, ctrl_a_three_times_gives_the_console_to_the_next_domain, IDS "S0-08",
     WHY "each has its own UART at the same address; one console for all", NEEDS "system=vuart-two input=a\\x01\\x01\\x01b")
{
    peers_meet();
    expect_eq(uart_read(), 'a');
    expect_eq(uart_read(), 1);
    expect_eq(uart_read(), 1);
    peer_wait(0);
    expect_eq(*uart(UART_FR), FR_TXFE | FR_RXFE);
}

PEER(2, vuart, ctrl_a_three_times_gives_the_console_to_the_next_domain)
{
    peers_meet();
    expect_eq(uart_read(), 'b');
    expect_eq(*uart(UART_FR), FR_TXFE | FR_RXFE);
    peer_signal(0);
}

TEST(vuart, a_domain_without_a_uart_never_has_the_console, IDS "S0-08", WHY "what is typed would be lost",
     NEEDS "system=vuart input=a\\x01\\x01\\x01b")
{
    expect_eq(uart_read(), 'a');
    expect_eq(uart_read(), 1);
    expect_eq(uart_read(), 1);
    expect_eq(uart_read(), 'b');
}
