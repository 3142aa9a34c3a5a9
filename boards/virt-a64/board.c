/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's `virt` with EL2 and GICv3. Source: QEMU hw/arm/virt.c and docs/system/arm/virt.rst.
 */
#include "hv/board.h"

const char board_name[] = "virt-a64";

const uintptr_t board_gicd_base = 0x08000000;
const uintptr_t board_gicr_base = 0x080a0000;
const uintptr_t board_gic_limit = 0x080e0000; /* two CPUs */
const uintptr_t board_uart_base = 0x09040000; /* the second UART: no domain has it */
const uint32_t board_uart_rx_intid = 40;
const uintptr_t board_config_base = 0x40400000;
const uintptr_t board_boot_block = 0x409fff00;
const uintptr_t board_ram_base = 0x40000000;
const uintptr_t board_ram_limit = 0x100000000; /* 3 GiB */
