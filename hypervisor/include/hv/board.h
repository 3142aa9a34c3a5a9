/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a board answers for: names, addresses, the console, how many CPUs. One board.c per board folder.
 */
#ifndef HV_BOARD_H
#define HV_BOARD_H

#include "hv/types.h"

extern const char board_name[];

/* Physical windows. The GIC windows are one MPU region from GICD to the last redistributor. */
extern const uintptr_t board_gicd_base;
extern const uintptr_t board_gicr_base; /* + cpu * 0x20000, SGI frame at + 0x10000 */
extern const uintptr_t board_gic_limit;
extern const uintptr_t board_uart_base;
extern const uint32_t board_uart_rx_intid;
extern const uintptr_t board_config_base; /* binary configuration */
extern const uintptr_t board_boot_block;  /* 8 bytes: nonce of this boot, 0 without */

enum { GIC_DISTRIBUTOR_SIZE = 0x10000 };

/* MMU boards: RAM as far as EL2 maps it, whole gigabytes. */
extern const uintptr_t board_ram_base, board_ram_limit;

/* Console UART: initialise once; write is polled and works with interrupts masked, also in panic. */
void uart_init(uintptr_t base);
void uart_write(uintptr_t base, const char *text, uint32_t length);

/* Receiving: on request, with an interrupt for each character; get takes it, or says that there is none. */
void uart_receive(uintptr_t base);
must_check bool uart_get(uintptr_t base, char *c);

#endif
