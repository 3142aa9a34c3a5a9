/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver for modern virtio devices on MMIO, one split queue each. The device reads the queue and writes buffers by
 * itself, with the addresses it is given. Source: VIRTIO 1.2, sections 2.7, 3.1 and 4.2.
 *
 * Rules: descriptors are handed out in turn, so at most QUEUE_SIZE may be on their way, and a chain comes back whole.
 * Buffers stay where they are until their chain is taken.
 */
#ifndef GUESTS_VIRTIO_H
#define GUESTS_VIRTIO_H

#include "fencepost.h"

enum virtio_kind { VIRTIO_BLOCK = 2, VIRTIO_RANDOM = 4 };

enum { QUEUE_SIZE = 32, VIRTIO_VERSION_1 = 1 /* in the second word of features */ };

enum virtio_status {
    VIRTIO_ACKNOWLEDGE = 1,
    VIRTIO_DRIVER = 2,
    VIRTIO_DRIVER_OK = 4,
    VIRTIO_FEATURES_OK = 8,
    VIRTIO_NEEDS_RESET = 64,
};

enum { VIRTIO_USED_BUFFER = 1 }; /* bit of the interrupt registers */

struct virtio_registers {
    uint32_t magic, version, device, vendor;
    uint32_t device_features, device_features_select, reserved_018[2];
    uint32_t driver_features, driver_features_select, reserved_028[2];
    uint32_t queue_select, queue_size_max, queue_size, reserved_03c[2];
    uint32_t queue_ready, reserved_048[2];
    uint32_t queue_notify, reserved_054[3];
    uint32_t interrupt_status, interrupt_acknowledge, reserved_068[2];
    uint32_t status, reserved_074[3];
    uint32_t descriptors[2], reserved_088[2]; /* 64 bits, the lower half first */
    uint32_t driver_area[2], reserved_098[2];
    uint32_t device_area[2], reserved_0a8[22];
    uint32_t configuration[32];
};
_Static_assert(offsetof(struct virtio_registers, status) == 0x70, "VIRTIO 1.2, 4.2.2");
_Static_assert(offsetof(struct virtio_registers, configuration) == 0x100, "VIRTIO 1.2, 4.2.2");

struct virtqueue {
    struct {
        uint64_t address;
        uint32_t bytes;
        uint16_t flags, next;
    } descriptor[QUEUE_SIZE];
    struct {
        uint16_t flags, index, head[QUEUE_SIZE], used_event;
    } offered;
    struct {
        uint16_t flags, index;
        struct {
            uint32_t head, bytes;
        } chain[QUEUE_SIZE];
        uint16_t offered_event;
    } used __attribute__((aligned(4)));
} __attribute__((aligned(16)));

struct virtio {
    volatile struct virtio_registers *registers;
    volatile struct virtqueue *queue;
    uint32_t intid;
    uint32_t next;   /* descriptor */
    uint16_t taken;  /* chains */
};

/* A piece of memory that the device reads or writes. */
struct virtio_piece {
    uintptr_t address;
    uint32_t bytes;
    enum { DEVICE_READS, DEVICE_WRITES } use;
};

struct virtio_used {
    uint32_t head;  /* what virtio_offer() returned */
    uint32_t bytes; /* that the device wrote, at least */
};

/* The device of the domain's tree; the test ends where there is none. Touches nothing but its registers. */
void virtio_find(struct virtio *v, enum virtio_kind kind);

/* From reset to a running device; `queue` is cleared. */
void virtio_start(struct virtio *v, volatile struct virtqueue *queue);

/* One chain. The device need not see it before virtio_notify(). */
uint32_t virtio_offer(struct virtio *v, const struct virtio_piece *pieces, uint32_t nr);
void virtio_notify(const struct virtio *v);

bool virtio_take(struct virtio *v, struct virtio_used *used); /* false: nothing has come back */
struct virtio_used virtio_wait(struct virtio *v);

/* The line goes down. Before the queue is looked at, so that what comes back afterwards raises it again. [irq] */
uint32_t virtio_acknowledge(const struct virtio *v);

#endif
