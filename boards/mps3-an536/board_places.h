/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Systems (boards/systems) and the tests of guests name RAM and the hypervisor's image as this board has them; each board
 * says here where it has the same. ROOT: a number in the cells of the tree's root.
 */
#ifndef BOARD_PLACES_H
#define BOARD_PLACES_H

#define RAM(address) address
#define HV(address) address
#define ROOT(number) number
#define BOARD_GICD 0xf0000000
#define BOARD_GICR 0xf0100000
#define BOARD_VUART 0xe0206000
#define BOARD_VUART_INTID (32 + 14)

/* For struct place of guests: devices that are not assigned; memory of nobody, and nothing at all. */
#define BOARD_DEVICE_PLACES \
    {"GPIO", 0xe0000000, 0xe0004000}, \
    {"watchdog", 0xe0100000, 0xe0101000}, \
    {"dual timer", 0xe0101000, 0xe0102000}, \
    {"I2C and SPI", 0xe0102000, 0xe010a000}, \
    {"SCC", 0xe0200000, 0xe0201000}, \
    {"I2S", 0xe0201000, 0xe0202000}, \
    {"FPGAIO", 0xe0202000, 0xe0203000}, \
    {"UART2, the console", 0xe0205000, 0xe0206000}, \
    {"UART3 to UART5", 0xe0206000, 0xe0209000}, \
    {"CLCD", 0xe0209000, 0xe020a000}, \
    {"RTC", 0xe020a000, 0xe020b000}, \
    {"ethernet", 0xe0300000, 0xe0301000}, \
    {"USB", 0xe0301000, 0xe0302000}, \
    {"per-CPU UART", 0xe7c00000, 0xe7c01000}, \
    {"per-CPU RAM", 0xe7c01000, 0xe7c02000}
#define BOARD_UNOWNED_PLACES \
    {"boot TCM", 0x00000000, 0x00008000}, \
    {"flash", 0x08000000, 0x08001000}, \
    {"a hole", 0x18000000, 0x18001000}, \
    {"a hole below DDR", 0x1ffff000, 0x20000000}, \
    {"DDR of nobody", 0x30000000, 0x30001000}, \
    {"the last executable DDR", 0x7ffff000, 0x80000000}, \
    {"the first DDR that is not", 0x80000000, 0x80001000}, \
    {"the end of DDR", 0xdffff000, 0xe0000000}, \
    {"ATCM of CPU 0", 0xee000000, 0xee008000}, \
    {"BTCM of CPU 0", 0xee100000, 0xee108000}, \
    {"CTCM of CPU 0", 0xee200000, 0xee208000}, \
    {"ATCM of CPU 1", 0xee400000, 0xee408000}, \
    {"BTCM of CPU 1", 0xee500000, 0xee508000}, \
    {"CTCM of CPU 1", 0xee600000, 0xee608000}, \
    {"a hole above the redistributors", 0xf0140000, 0xf0141000}, \
    {"the end of the address space", 0xfffff000, 0xffffffc0}

#endif
