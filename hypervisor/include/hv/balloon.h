/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The three counting memory operations.
 */
#ifndef HV_BALLOON_H
#define HV_BALLOON_H

#include "hv/hypercall.h"
#include "hv/vcpu.h"

enum { BALLOON_MAX_ORDER = 9 }; /* of a domain without privilege */

/*
 * `cmd` as the guest gave it: operation and start extent. Returns the number of extents done, start extent
 * included, never a negative number; or restarts the call.
 */
hypercall_fn balloon_op;

#endif
