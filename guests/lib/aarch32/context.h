/* SPDX-License-Identifier: Apache-2.0 */
/* What assembly and C of the guest library share beyond layout.h. AArch32. */
#ifndef GUEST_CONTEXT_H
#define GUEST_CONTEXT_H

#include <stdint.h>

#include "layout.h"

struct fp_frame;

/* A point to come back to from an exception; vectors.S knows the offsets. */
struct fp_context {
    uint32_t r4_r11[8];
    uint32_t sp, lr, cpsr;
};

struct fp_context *fp_exception(const struct fp_frame *frame, uint32_t kind, uint32_t spsr);
_Noreturn void fp_unexpected_fiq(void);

#endif
