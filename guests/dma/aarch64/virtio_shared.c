/* SPDX-License-Identifier: Apache-2.0 */
/* Static shared memory under a virtio disk: domain 2 owns both, domain 1 borrows the memory. Domain 2's steps are numbered. */
#include "disk.h"
#include "virtio_places.h"

#define VIRTIO NEEDS "system=virtio-restart"

enum { BUFFER = RAM(0x22000000) + PAGE };

static struct virtio disk;
static struct virtqueue queue;
static struct disk_request request;

TEST(dma, shared_memory_under_a_disk_is_seen_by_both_and_pinned_by_the_borrower, IDS "S0-11 S2-01",
     WHY "a device and both domains name it alike", VIRTIO)
{
    meet();
    peer_wait(0);
    expect_true(disk_is(BUFFER, 3 * SECTOR, PAGE));
    hand_over(); /* 1: given back by its owner, not to be had again, and written */
    expect_true(disk_is(BUFFER, 5 * SECTOR, PAGE));
    require_eq(unmap(BUFFER), 0);
    hand_over(); /* 2: has it again, and it is written */
    expect_eq(try_read32(BUFFER, &(uint32_t){0}).fsr, FSR_DENIED);
}

PEER(2, dma, shared_memory_under_a_disk_is_seen_by_both_and_pinned_by_the_borrower)
{
    virtio_find(&disk, VIRTIO_BLOCK);
    virtio_start(&disk, &queue);
    meet();
    expect_eq(disk_read(&disk, &request, 3, BUFFER, PAGE), DISK_OK);
    hand_over();
    expect_eq(balloon_out(BUFFER), 1);
    expect_eq(balloon_in(BUFFER), 0);
    expect_eq(disk_read(&disk, &request, 5, BUFFER, PAGE), DISK_OK);
    expect_eq(balloon_in(BUFFER), 0);
    hand_over();
    require_eq(balloon_in(BUFFER), 1);
    expect_true(disk_is(BUFFER, 5 * SECTOR, PAGE));
    expect_eq(disk_read(&disk, &request, 7, BUFFER, PAGE), DISK_OK);
    expect_true(disk_is(BUFFER, 7 * SECTOR, PAGE));
    peer_signal(0);
}
