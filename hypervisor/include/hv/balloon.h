/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three counting memory operations.
 */
#ifndef HV_BALLOON_H
#define HV_BALLOON_H

#include "hv/vcpu.h"

enum { BALLOON_MAX_ORDER = 9 }; /* of a domain without privilege */

/*
 * `cmd` as the guest gave it: operation and start extent. Returns the number of extents done, start extent
 * included, never a negative number; or restarts the call.
 */
int32_t balloon_op(struct vcpu *v, uint32_t cmd, uintptr_t arg, uint32_t unused);

#endif
