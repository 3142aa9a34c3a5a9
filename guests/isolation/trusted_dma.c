/* SPDX-License-Identifier: Apache-2.0 */
/* Domain 1 has a device that no firewall checks: its DMA is trusted, its code is not. */
#include "places.h"

enum { PAGE = XEN_PAGE_SIZE };

static const struct place trusted_places[] = {
    {"the peer's first page", RAM(0x20400000), RAM(0x20400000) + PAGE},
    {"the peer's last page", RAM(0x20500000) - PAGE, RAM(0x20500000)},
    {"the peer's buffers", RAM(0x21040000), RAM(0x21080000)},
    {"the peer's event pages", RAM(0x28004000), RAM(0x28008000)},
    {"the DMA engine", RAM(0x2f000000), RAM(0x2f010000)},
    {"the peer's channel", RAM(0x2f011000), RAM(0x2f012000)},
    {"a channel of nobody", RAM(0x2f012000), RAM(0x2f013000)},
};

static void try_all(enum attempt attempt)
{
    for (uint32_t i = 0; i < COUNT_OF(trusted_places); i++)
        expect_place_denied(attempt, &trusted_places[i], 1024);
    for (uint32_t i = 0; i < COUNT_OF(hypervisor_places); i++)
        expect_place_denied(attempt, &hypervisor_places[i], PAGE);
}

TEST(isolation, code_beside_trusted_dma_cannot_read, IDS "S3-13 S4-23", WHY "only the device is trusted",
     NEEDS "system=dma-open strategies=window,switch,mask")
{
    try_all(READ);
    try_all(READ_EL0);
}

TEST(isolation, code_beside_trusted_dma_cannot_write, IDS "S3-13 S4-23", WHY "only the device is trusted",
     NEEDS "system=dma-open strategies=window,switch,mask")
{
    try_all(WRITE);
    try_all(WRITE_EL0);
}

TEST(isolation, code_beside_trusted_dma_cannot_execute, IDS "S3-13 S4-23", WHY "only the device is trusted",
     NEEDS "system=dma-open strategies=window,switch,mask")
{
    try_all(EXECUTE);
    try_all(EXECUTE_EL0);
}
