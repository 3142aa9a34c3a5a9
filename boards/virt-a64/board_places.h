/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where this board has what systems and guests name as mps3-an536 has it: RAM a gigabyte higher, the hypervisor's image
 * above the place of QEMU's device tree. ROOT: a number in the cells of the tree's root.
 */
#ifndef BOARD_PLACES_H
#define BOARD_PLACES_H

#define RAM(address) ((address) + 0x40000000U)
#define HV(address) ((address) + 0x30200000U)
#define ROOT(number) 0 (number)
#define BOARD_GICD 0x08000000
#define BOARD_GICR 0x080a0000
#define BOARD_VUART 0x09000000
#define BOARD_VUART_INTID (32 + 1)

/* For struct place of guests: devices that are not assigned; memory of nobody, and nothing at all. */
#define BOARD_DEVICE_PLACES \
    {"PL011, the first", 0x09000000, 0x09001000}, \
    {"PL031", 0x09010000, 0x09011000}, \
    {"fw_cfg", 0x09020000, 0x09020018}, \
    {"PL061", 0x09030000, 0x09031000}, \
    {"PL011, the console", 0x09040000, 0x09041000}, \
    {"SMMU", 0x09050000, 0x09070000}, \
    {"virtio slots", 0x0a000000, 0x0a004000}, \
    {"PCI I/O", 0x3eff0000, 0x3eff1000}, \
    {"PCI configuration", 0x3f000000, 0x3f001000}
#define BOARD_UNOWNED_PLACES \
    {"flash", 0x00000000, 0x00008000}, \
    {"the second flash", 0x04000000, 0x04001000}, \
    {"ITS", 0x08080000, 0x08080040}, \
    {"a hole above the redistributors", 0x080e0000, 0x080e1000}, \
    {"PCI windows", 0x10000000, 0x10001000}, \
    {"QEMU's device tree", 0x40000000, 0x40001000}, \
    {"RAM below the first domain", 0x5ffff000, RAM(0x20000000)}, \
    {"RAM of nobody", RAM(0x30000000), RAM(0x30001000)}, \
    {"the end of RAM", 0xfffff000, 0xffffffc0}

#endif
