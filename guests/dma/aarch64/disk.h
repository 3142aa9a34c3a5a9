/* SPDX-License-Identifier: Apache-2.0 */
/* The disk of the systems `virtio...`, boards/virt-a64/disk.txt: requests to it, and what it holds. Source: VIRTIO 1.2, 5.2. */
#ifndef GUESTS_DISK_H
#define GUESTS_DISK_H

#include "virtio.h"

enum { SECTOR = 512, DISK_SECTORS = 32 };

enum disk_request_type { DISK_READ = 0, DISK_WRITE = 1, DISK_NONSENSE = 0x1234 };
enum disk_status { DISK_OK = 0, DISK_ERROR = 1, DISK_UNSUPPORTED = 2, DISK_NO_STATUS = 0xa5 };

enum { DISK_READ_ONLY = 1 << 5 }; /* in the first word of features */

/* What the device reads and writes beside the data: it stays until the chain came back. */
struct disk_request {
    struct {
        uint32_t type, reserved;
        uint64_t sector;
    } header;
    uint8_t status;
} __attribute__((aligned(16)));

enum { DISK_MAX_PIECES = 8 };

/* The pieces are the data; returns the chain's head. */
uint32_t disk_offer(struct virtio *v, volatile struct disk_request *request, enum disk_request_type type, uint64_t sector,
                    const struct virtio_piece *data, uint32_t nr);

/* One request from `bytes` of the disk to `to`, and its status. */
enum disk_status disk_read(struct virtio *v, volatile struct disk_request *request, uint64_t sector, uintptr_t to, uint32_t bytes);

/* [at, at + bytes) is what the disk holds from that byte on. */
bool disk_is(uintptr_t at, uint32_t offset, uint32_t bytes);

#endif
