/* SPDX-License-Identifier: Apache-2.0 */
/* What assembly and C of the guest library share beyond layout.h. AArch64. */
#ifndef GUEST_CONTEXT_H
#define GUEST_CONTEXT_H

#include <stdint.h>

#include "layout.h"

struct fp_frame;

/* A point to come back to from an exception; vectors.S knows the offsets. */
struct fp_context {
    uint64_t x19_x30[12];
    uint64_t sp, daif;
};

struct fp_context *fp_exception(const struct fp_frame *frame, uint32_t vector);

#endif
