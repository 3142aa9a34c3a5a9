/* SPDX-License-Identifier: Apache-2.0 */
/* What an MPU board keeps for each CPU: images are operands of view_load, masks are HPRENR values. */
#ifndef PROTECT_MPU_CPU_UNIT_H
#define PROTECT_MPU_CPU_UNIT_H

#include <stdint.h>

struct protect_cpu {
    uint32_t *guest_image;
    uint32_t guest_mask;
    uint32_t switches_on_entry; /* bool: the guest's view is loaded on the way out, not when it changes */
    uint32_t *hyp_image;
    uint32_t hyp_mask;
    uint32_t nr_windows;
};

#endif
