/* SPDX-License-Identifier: Apache-2.0 */
/* Places of the system `virtio`: a bank for buffers of each domain, one behind the other. */
#ifndef GUESTS_VIRTIO_PLACES_H
#define GUESTS_VIRTIO_PLACES_H

#include "../marks.h"

enum {
    BUFFERS_BYTES = 0x10000,
    D1_BUFFERS = RAM(0x21000000),
    D2_BUFFERS = D1_BUFFERS + BUFFERS_BYTES,
};

#endif
