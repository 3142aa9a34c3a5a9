/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MPS3 with the AN536 image: 2 x Cortex-R52. Sources: QEMU docs/system/arm/mps2.rst, Arm AN536.
 */
#include "hv/board.h"

const char board_name[] = "mps3-an536";

const uintptr_t board_gicd_base = 0xf0000000;
const uintptr_t board_gicr_base = 0xf0100000;
const uintptr_t board_gic_limit = 0xf0140000;
const uintptr_t board_uart_base = 0xe0205000; /* UART2: the first that both CPUs share */
const uint32_t board_uart_rx_intid = 37;
const uintptr_t board_config_base = 0x10040000;
const uintptr_t board_boot_block = 0x1005ff00;
