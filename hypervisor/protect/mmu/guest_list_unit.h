/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest's list for more than one look: where EL2 may read it, NULL when EL1 may not. Its pages may lie anywhere, so it
 * is copied.
 */
#ifndef PROTECT_MMU_GUEST_LIST_UNIT_H
#define PROTECT_MMU_GUEST_LIST_UNIT_H

#include "hv/guest_access.h"

always_inline const char *guest_list(struct vcpu *v, uintptr_t from, uint32_t bytes, void *copy)
{
    return guest_read_any(v, copy, from, bytes) ? NULL : copy;
}

#endif
