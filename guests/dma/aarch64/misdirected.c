/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes wrong without the direct map, in a system whose configuration insists on it. Domain 1 is translated. Its second
 * bank lies at its physical address by luck, so devices find descriptors there; the third does not: its addresses are
 * physically a bank of domain 2, which is direct-mapped.
 */
#include "disk.h"
#include "fw_cfg.h"
#include "../marks.h"

#define MISDIRECTED NEEDS "system=misdirected"

enum {
    BANK_BYTES = 0x10000,
    LUCKY = 0x41000000,              /* guest and physical address of domain 1's second bank */
    HERE = LUCKY + BANK_BYTES,       /* guest address of its third, physical one of domain 2's second */
    OFFSET = 2 * PAGE + 100,
    SEED_1 = 1,
    SEED_2 = 2,
};

static void expect_layout(void)
{
    require_eq(machine.bank[1].base, LUCKY);
    require_eq(machine.bank[2].base, HERE);
    mark(LUCKY, BANK_BYTES, SEED_1);
    mark(HERE, BANK_BYTES, SEED_1);
    peers_meet();
}

/* Domain 2 found out that it was written, and domain 1 was not. */
static void show_victim(void)
{
    expect_true(is_marked(HERE, BANK_BYTES, SEED_1));
    hand_over();
}

static void be_ready_as_victim(void)
{
    mark(HERE, BANK_BYTES, SEED_2);
    peers_meet();
    peer_wait(0);
}

static void expect_rest_untouched(uint32_t bytes)
{
    expect_true(is_marked(HERE, OFFSET, SEED_2));
    expect_true(is_marked(HERE + OFFSET + bytes, BANK_BYTES - OFFSET - bytes, SEED_2));
}

TEST(dma, a_translated_domains_buffer_is_written_in_another_domain, IDS "S3-09 S2-17 S0-22",
     WHY "fw_cfg says that all went well, and the bytes are somebody else's", MISDIRECTED)
{
    volatile struct fw_cfg_descriptor *const d = (volatile struct fw_cfg_descriptor *)LUCKY;

    expect_layout();
    fw_cfg_describe_signature(d, HERE + OFFSET);
    expect_eq(fw_cfg_run(d), 0);
    show_victim();
    fw_cfg_describe_signature(d, LUCKY + OFFSET); /* where the two addresses are one it works */
    expect_eq(fw_cfg_run(d), 0);
    expect_true(fw_cfg_is_signature(LUCKY + OFFSET));
}

PEER(2, dma, a_translated_domains_buffer_is_written_in_another_domain)
{
    be_ready_as_victim();
    expect_true(fw_cfg_is_signature(HERE + OFFSET));
    expect_rest_untouched(FW_CFG_SIGNATURE_BYTES);
    peer_signal(0);
}

TEST(dma, a_translated_domains_sector_is_written_in_another_domain, IDS "S3-09 S2-17 S0-22",
     WHY "the same with a queue: no error, no data", MISDIRECTED)
{
    struct virtio disk;

    expect_layout();
    virtio_find(&disk, VIRTIO_BLOCK);
    virtio_start(&disk, (volatile struct virtqueue *)LUCKY);
    expect_eq(disk_read(&disk, (volatile struct disk_request *)(LUCKY + PAGE), 3, HERE + OFFSET, SECTOR), DISK_OK);
    show_victim();
}

PEER(2, dma, a_translated_domains_sector_is_written_in_another_domain)
{
    be_ready_as_victim();
    expect_true(disk_is(HERE + OFFSET, 3 * SECTOR, SECTOR));
    expect_rest_untouched(SECTOR);
    peer_signal(0);
}

TEST(dma, a_translated_domains_descriptor_is_read_in_another_domain, IDS "S3-09 S2-17",
     WHY "the device obeys whom it finds there", MISDIRECTED)
{
    volatile struct fw_cfg_descriptor *const d = (volatile struct fw_cfg_descriptor *)HERE;
    uint32_t control;

    expect_layout();
    hand_over(); /* 1: domain 2 has a descriptor of its own there */
    fw_cfg_describe_signature(d, LUCKY + OFFSET);
    control = __builtin_bswap32(d->control);
    expect_eq(fw_cfg_run(d), control); /* nobody obeyed this one */
    expect_true(is_marked(LUCKY, BANK_BYTES, SEED_1));
    hand_over(); /* 2: domain 2's was obeyed */
}

PEER(2, dma, a_translated_domains_descriptor_is_read_in_another_domain)
{
    volatile struct fw_cfg_descriptor *const d = (volatile struct fw_cfg_descriptor *)HERE;

    be_ready_as_victim();
    fw_cfg_describe_signature(d, HERE + OFFSET);
    hand_over();
    expect_eq(d->control, 0);
    expect_true(fw_cfg_is_signature(HERE + OFFSET));
    peer_signal(0);
}
