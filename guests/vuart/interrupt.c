/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupt, a level: the transmitter raises it as soon as a character is written and the mask allows. */
#include "uart.h"

#define INTID uart_place().intid
#define bit (1u << INTID % 32)

enum { GICD_ISENABLER = 0x100, GICD_ISPENDR = 0x200, GICD_ICPENDR = 0x280,
       GICD_ISACTIVER = 0x300, GICD_ICFGR = 0xc00, GICD_IROUTER = 0x6000 };

static volatile uint32_t taken, clear_at;

static volatile uint32_t *gicd(uint32_t offset)
{
    return (volatile uint32_t *)(machine.gicd + offset);
}

static volatile uint32_t *gicd_bits(uint32_t block)
{
    return gicd(block + INTID / 32 * 4);
}

static void handle(uint32_t intid)
{
    (void)intid;
    if (++taken >= clear_at)
        *uart(UART_ICR) = INT_TX;
}

static void prepare(void)
{
    clear_at = 1;
    irq_init();
    irq_set_handler(INTID, handle);
    irq_enable_source(INTID);
    *uart(UART_IMSC) = INT_TX;
}

static void take_interrupts(void)
{
    irq_unmask();
    delay_ns(5000);
    irq_mask();
}

TEST(vuart, the_interrupt_has_the_boards_number, IDS "S0-08 S0-23", WHY "the SPI of the UART it stands in for",
     NEEDS "system=vuart")
{
    prepare();
    transmit();
    expect_eq(*uart(UART_RIS), INT_TX);
    expect_eq(*uart(UART_MIS), INT_TX);
    expect_true(irq_is_pending(INTID));
    take_interrupts();
    expect_eq(taken, 1);
    expect_eq(irq_count(0, INTID), 1);
    expect_eq(*uart(UART_RIS), 0);
    expect_true(!irq_is_pending(INTID));
}

TEST(vuart, the_interrupt_comes_again_until_it_is_cleared, IDS "S0-08", WHY "a true level, looked at again at EOI",
     NEEDS "system=vuart")
{
    prepare();
    clear_at = 5;
    transmit();
    take_interrupts();
    expect_eq(taken, 5);
}

TEST(vuart, a_masked_interrupt_waits, IDS "S0-08", WHY "IMSC stands between RIS and the line", NEEDS "system=vuart")
{
    prepare();
    *uart(UART_IMSC) = INT_RX | INT_RT;
    transmit();
    expect_eq(*uart(UART_RIS), INT_TX);
    expect_eq(*uart(UART_MIS), 0);
    take_interrupts();
    expect_eq(taken, 0);
    *uart(UART_IMSC) = INT_TX;
    take_interrupts();
    expect_eq(taken, 1);
}

TEST(vuart, an_interrupt_cleared_in_time_is_not_taken, IDS "S0-08", WHY "pending follows the line down",
     NEEDS "system=vuart")
{
    prepare();
    transmit();
    expect_true(irq_is_pending(INTID));
    *uart(UART_ICR) = INT_TX;
    expect_true(!irq_is_pending(INTID));
    take_interrupts();
    transmit();
    *uart(UART_IMSC) = 0;
    take_interrupts();
    expect_eq(taken, 0);
}

TEST(vuart, a_disabled_interrupt_waits_in_the_distributor, IDS "S0-08", WHY "GICD_ISENABLER", NEEDS "system=vuart")
{
    prepare();
    irq_disable_source(INTID);
    transmit();
    take_interrupts();
    expect_eq(taken, 0);
    expect_true(irq_is_pending(INTID));
    irq_enable_source(INTID);
    take_interrupts();
    expect_eq(taken, 1);
}

TEST(vuart, software_can_make_the_interrupt_pending_once, IDS "S0-08", WHY "drivers test their handlers so",
     NEEDS "system=vuart")
{
    prepare();
    *gicd_bits(GICD_ISPENDR) = bit;
    expect_true(irq_is_pending(INTID));
    take_interrupts();
    expect_eq(taken, 1);
    *gicd_bits(GICD_ISPENDR) = bit;
    *gicd_bits(GICD_ICPENDR) = bit;
    take_interrupts();
    expect_eq(taken, 1);
}

TEST(vuart, software_cannot_take_the_level_down, IDS "S0-08", WHY "GICD_ICPENDR clears no line", NEEDS "system=vuart")
{
    prepare();
    transmit();
    *gicd_bits(GICD_ICPENDR) = bit;
    expect_true(irq_is_pending(INTID));
    take_interrupts();
    expect_eq(taken, 1);
}

static void look_and_clear(uint32_t intid)
{
    expect_eq(*gicd_bits(GICD_ISACTIVER), bit);
    handle(intid);
}

TEST(vuart, its_spi_is_there_and_level_triggered, IDS "S0-08 S0-23", WHY "the distributor agrees with the tree",
     NEEDS "system=vuart")
{
    *gicd_bits(GICD_ISENABLER) = ~0u;
    expect_eq(*gicd_bits(GICD_ISENABLER), bit);
    expect_eq(*gicd(GICD_ICFGR + INTID / 16 * 4), 0);
    prepare();
    irq_set_handler(INTID, look_and_clear);
    transmit();
    take_interrupts();
    expect_eq(taken, 1);
    expect_eq(*gicd_bits(GICD_ISACTIVER), 0);
}

TEST(vuart, the_level_is_not_lost_in_a_storm_of_others, IDS "S0-08", WHY "more pending than list registers",
     NEEDS "system=vuart")
{
    enum { SGIS = 12 };

    prepare();
    clear_at = 3;
    irq_set_priority(INTID, 0xf0);
    for (uint32_t sgi = 0; sgi < SGIS; sgi++) {
        irq_enable_source(sgi);
        irq_send_sgi(sgi, 0);
    }
    transmit();
    for (uint32_t sgi = 0; sgi < SGIS; sgi++)
        irq_send_sgi(sgi, 0);
    take_interrupts();
    take_interrupts();
    expect_eq(taken, 3);
    for (uint32_t sgi = 0; sgi < SGIS; sgi++)
        expect_true(irq_count(0, sgi) > 0);
}

TEST(vuart, a_pending_level_survives_a_switch_to_another_domain, IDS "S0-08", WHY "list registers are switched",
     NEEDS "system=vuart")
{
    peers_meet();
    prepare();
    clear_at = 4;
    transmit();
    for (uint32_t round = 0; round < 10; round++) {
        sched_yield();
        expect_true(irq_is_pending(INTID));
    }
    take_interrupts();
    expect_eq(taken, 4);
    peer_signal(0);
}

PEER(2, vuart, a_pending_level_survives_a_switch_to_another_domain)
{
    uint32_t turns = 0;

    peers_meet();
    for (; !event_is_pending(peer_port(0)); turns++)
        sched_yield();
    expect_true(turns >= 10);
}

static volatile uint32_t ready;

static void serve_the_uart(void *argument)
{
    (void)argument;
    irq_init();
    ready = 1;
    irq_unmask();
    while (irq_count(1, INTID) < 3)
        relax();
    irq_mask();
    ready = 2;
}

TEST(vuart, the_interrupt_can_be_routed_to_a_vcpu_on_another_cpu, IDS "S0-08", WHY "GICD_IROUTER",
     NEEDS "system=vuart-smp")
{
    prepare();
    clear_at = 3;
    require_eq(cpu_start(1, serve_the_uart, NULL), 0);
    spin_until(ready);
    transmit();
    *gicd(GICD_IROUTER + 8 * INTID) = 1;
    expect_eq(*gicd(GICD_IROUTER + 8 * INTID), 1);
    irq_unmask();
    spin_until(ready == 2);
    irq_mask();
    expect_eq(irq_count(0, INTID), 0);
    *gicd(GICD_IROUTER + 8 * INTID) = 0;
    transmit();
    take_interrupts();
    expect_eq(irq_count(0, INTID), 1);
}

/* vCPU 0 writes the registers, the interrupt is vCPU 1's. */
TEST(vuart, the_line_is_raised_for_a_vcpu_on_another_cpu, IDS "S0-08", WHY "whoever writes, the target is told",
     NEEDS "system=vuart-smp")
{
    prepare();
    clear_at = 2; /* the handler lets it come once more, then clears it where it runs */
    require_eq(cpu_start(1, serve_the_uart, NULL), 0);
    spin_until(ready);
    *gicd(GICD_IROUTER + 8 * INTID) = 1;
    transmit();
    spin_until(irq_count(1, INTID) >= 2);
    *uart(UART_IMSC) = 0;
    transmit(); /* raised, not reported */
    *uart(UART_IMSC) = INT_TX;
    spin_until(ready == 2);
    expect_eq(irq_count(0, INTID), 0);
    expect_true(irq_count(1, INTID) >= 3);
    *uart(UART_ICR) = INT_TX; /* down from here, where the target is not */
    expect_eq(*uart(UART_MIS), 0);
}
