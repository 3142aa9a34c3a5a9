/* SPDX-License-Identifier: Apache-2.0 */
/* Domain 1 has a PCI device that reaches everything: its DMA is trusted, its code is not. */
#include "../places.h"

#define EDU NEEDS "system=edu"

enum { PAGE = XEN_PAGE_SIZE };

static const struct place trusted_places[] = {
    {"the peer's first page", RAM(0x20400000), RAM(0x20400000) + PAGE},
    {"the peer's last page", RAM(0x20500000) - PAGE, RAM(0x20500000)},
    {"the peer's buffers", RAM(0x21040000), RAM(0x21080000)},
    {"the peer's event pages", RAM(0x28004000), RAM(0x28008000)},
    {"the host bridge and functions below", 0x3f000000, 0x3f008000},
    {"functions above", 0x3f009000, 0x3f010000},
    {"the peer's function", 0x3f010000, 0x3f011000},
    {"the peer's registers", 0x10100000, 0x10200000},
    {"the rest of the window", 0x10200000, 0x10201000},
};

static void try_all(enum attempt attempt)
{
    for (uint32_t i = 0; i < COUNT_OF(trusted_places); i++)
        expect_place_denied(attempt, &trusted_places[i], PAGE);
    for (uint32_t i = 0; i < COUNT_OF(hypervisor_places); i++)
        expect_place_denied(attempt, &hypervisor_places[i], PAGE);
}

TEST(isolation, code_beside_a_trusted_pci_device_cannot_read, IDS "S3-13 S4-23", WHY "only the device is trusted", EDU)
{
    try_all(READ);
    try_all(READ_EL0);
}

TEST(isolation, code_beside_a_trusted_pci_device_cannot_write, IDS "S3-13 S4-23", WHY "only the device is trusted", EDU)
{
    try_all(WRITE);
    try_all(WRITE_EL0);
}

TEST(isolation, code_beside_a_trusted_pci_device_cannot_execute, IDS "S3-13 S4-23", WHY "only the device is trusted", EDU)
{
    try_all(EXECUTE);
    try_all(EXECUTE_EL0);
}
