/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of vPL011, the subset that SBSA defines. Sources: Arm DEN 0029 (SBSA), Generic UART; Arm DDI 0183
 * (PL011); results as Xen arch/arm/vpl011.c. The transmitter is always ready; there are no errors, and what finds
 * the receive FIFO full is lost.
 */
#include "hv/vuart.h"

#include "hv/board.h"
#include "hv/console.h"
#include "hv/domain.h"
#include "hv/gic.h"
#include "hv/lock.h"
#include "hv/main.h"
#include "hv/vgic.h"

enum {
    VUART_BYTES = 0x1000,
    DR = 0x00,
    FR = 0x18,
    IMSC = 0x38,
    RIS = 0x3c,
    MIS = 0x40,
    ICR = 0x44,

    FR_RXFE = 1 << 4,
    FR_RXFF = 1 << 6,
    FR_TXFE = 1 << 7,

    INT_RX = 1 << 4, /* the FIFO is at least half full */
    INT_TX = 1 << 5, /* what was written has left */
    INT_RT = 1 << 6, /* there is something, however long */
    INT_ALL = 0x7ff,

    CTRL_A = 1,
    SWITCH_COUNT = 3,
};

static struct lock vuart_lock;

/* Console input; the boot CPU's. */
static struct domain *listener;
static uint32_t switch_count;

static uint32_t receive(struct vuart *u)
{
    uint32_t c = 0;

    if (u->used != 0) {
        c = u->fifo[u->first++ % VUART_FIFO_BYTES];
        u->used--;
    }
    if (u->used == 0)
        u->ris &= ~INT_RT;
    if (u->used < VUART_FIFO_BYTES / 2)
        u->ris &= ~INT_RX;
    return c;
}

/* All within a byte. */
always_inline uint32_t flags(const struct vuart *u)
{
    const uint32_t used = u->used;

    return FR_TXFE | (used == 0 ? FR_RXFE : 0) | (used == VUART_FIFO_BYTES ? FR_RXFF : 0);
}

static uint32_t read_register(const struct vuart *u, uint32_t offset)
{
    switch (offset) {
    case IMSC:
        return u->imsc;
    case RIS:
        return u->ris;
    case MIS:
        return u->ris & u->imsc;
    default:
        return 0;
    }
}

static void write_register(struct vuart *u, uint32_t offset, uint32_t value, uint32_t mask)
{
    switch (offset) {
    case DR:
        u->ris |= INT_TX;
        break;
    case IMSC:
        u->imsc = (uint16_t)((u->imsc & ~mask) | (value & mask & INT_ALL));
        break;
    case ICR:
        u->ris &= (uint16_t)~(value & mask);
        break;
    default:
        break;
    }
}

/* With the lock held, after every change. */
static void update(struct domain *d, const struct vuart *u)
{
    vgic_set_line(d, (u->ris & u->imsc) != 0);
}

static __attribute__((noinline)) void change_register(struct domain *d, uint32_t offset, uint32_t mask, bool write, reg_t *value)
{
    struct vuart *const u = &d->vuart;

    if (write && offset == DR)
        console_domain_put(d, (char)*value);
    lock_acquire(&vuart_lock);
    if (write)
        write_register(u, offset, (uint32_t)*value, mask);
    else
        *value = receive(u) & mask;
    update(d, u);
    lock_release(&vuart_lock);
}

/* A read of anything but data is one field, and nothing changes. The flags are what a driver polls. */
bool vuart_access(struct vcpu *v, uintptr_t address, uint32_t bytes, bool write, reg_t *value)
{
    struct domain *const d = v->domain;
    const uint32_t offset = (uint32_t)(address - (uintptr_t)config_verified->vuart_base);

    if (unlikely(!(d->config->flags & DOMAIN_VPL011) || bytes > sizeof(uint32_t)))
        return false;
    if (likely(offset == FR && !write)) {
        *value = flags(&d->vuart);
        return true;
    }
    if (offset >= VUART_BYTES || (offset == ICR && !write))
        return false;
    const uint32_t mask = bytes < sizeof(mask) ? BIT(8 * bytes) - 1 : ~0u;
    if (write || offset == DR)
        change_register(d, offset, mask, write, value);
    else
        *value = read_register(&d->vuart, offset) & mask;
    return true;
}

static void deliver(struct domain *d, char c)
{
    struct vuart *const u = &d->vuart;

    lock_acquire(&vuart_lock);
    if (u->used < VUART_FIFO_BYTES) {
        u->fifo[(u->first + u->used++) % VUART_FIFO_BYTES] = (uint8_t)c;
        u->ris |= INT_RT;
        if (u->used >= VUART_FIFO_BYTES / 2)
            u->ris |= INT_RX;
        update(d, u);
    }
    lock_release(&vuart_lock);
}

static void listen_to_next(void)
{
    do {
        if (++listener == domains + nr_domains)
            listener = domains;
    } while (!(listener->config->flags & DOMAIN_VPL011));
    console_log("input to d%u", (unsigned)listener->domid);
}

void vuart_take_input(void)
{
    char c;

    if (!uart_get(board_uart_base, &c))
        return;
    switch_count = c == CTRL_A ? switch_count + 1 : 0;
    if (switch_count < SWITCH_COUNT) {
        deliver(listener, c);
        return;
    }
    switch_count = 0;
    listen_to_next();
}

void vuart_reset(struct domain *d)
{
    lock_acquire(&vuart_lock);
    d->vuart = (struct vuart){.used = 0};
    update(d, &d->vuart);
    lock_release(&vuart_lock);
}

void vuart_init(void)
{
    for (uint32_t i = nr_domains; i-- > 0;) {
        if (!(domains[i].config->flags & DOMAIN_VPL011))
            continue;
        vgic_assign_emulated(&domains[i], domains[i].config->vuart_intid);
        listener = &domains[i];
    }
    if (listener == NULL)
        return;
    gic_enable_spi(board_uart_rx_intid, 0);
    uart_receive(board_uart_base);
    vuart_take_input(); /* a UART may hold a character of before, and interrupts for none while it is full */
}
