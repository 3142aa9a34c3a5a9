/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vPL011: an SBSA UART that a domain with `vpl011` sees where a UART of the board is, with that UART's SPI. What it
 * transmits are lines of the domain's console. What is typed at the hypervisor's console is received by one of these
 * domains at a time, at first the lowest; Ctrl-A three times makes it the next one.
 *
 * Rules: any CPU. The registers of all of them have one lock, which nests with nothing.
 */
#ifndef HV_VUART_H
#define HV_VUART_H

#include "hv/types.h"

struct domain;
struct vcpu;

enum { VUART_FIFO_BYTES = 32 };

struct vuart {
    uint8_t fifo[VUART_FIFO_BYTES];
    uint8_t first, used;
    uint16_t ris, imsc; /* registers */
};

/* Which domains have one; starts listening if any has. Once, after vgic_init_domain and the physical GIC. */
void vuart_init(void);

/* Nothing received, everything masked: start and restart, with vgic_init_domain. */
void vuart_reset(struct domain *d);

/*
 * One access of a guest. False when nothing answers: the domain has no vPL011, the address is another, or the access
 * is an abort. Sizes 1, 2 and 4 bytes; the upper bytes of a register read as 0 and stay with a smaller one.
 */
must_check bool vuart_access(struct vcpu *v, uintptr_t address, uint32_t bytes, bool write, reg_t *value);

/* The console's UART has received something. */
void vuart_take_input(void);

#endif
