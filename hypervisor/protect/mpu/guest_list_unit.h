/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest's list for more than one look: where EL2 may read it, NULL when EL1 may not. On an MPU board that is where
 * it lies; `copy` has room for it elsewhere.
 */
#ifndef PROTECT_MPU_GUEST_LIST_UNIT_H
#define PROTECT_MPU_GUEST_LIST_UNIT_H

#include "hv/guest_access.h"

always_inline const char *guest_list(struct vcpu *v, uintptr_t from, uint32_t bytes, void *copy)
{
    (void)copy;
    return guest_readable(v, from, bytes) ? NULL : (const char *)from;
}

#endif
