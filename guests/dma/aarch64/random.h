/* SPDX-License-Identifier: Apache-2.0 */
/* The virtio random source of the systems `virtio...`, and its ration (boards/virt-a64/board.toml). Source: VIRTIO 1.2, 5.4. */
#ifndef GUESTS_RANDOM_H
#define GUESTS_RANDOM_H

#include "virtio.h"

enum { RATION = 64, PERIOD_NS = 10 * 1000 * 1000 };

static inline uint32_t random_offer(struct virtio *v, uintptr_t to, uint32_t bytes)
{
    const struct virtio_piece piece = {to, bytes, DEVICE_WRITES};
    const uint32_t head = virtio_offer(v, &piece, 1);

    virtio_notify(v);
    return head;
}

/* A ration to `at`: what is offered next gets nothing before the period is over. */
static inline void random_use_up(struct virtio *v, uintptr_t at)
{
    random_offer(v, at, RATION);
    expect_eq(virtio_wait(v).bytes, RATION);
}

#endif
