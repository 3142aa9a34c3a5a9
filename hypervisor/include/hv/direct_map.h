/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Direct map: in a direct-mapped domain guest physical equals physical. The only place that turns one into
 * the other.
 */
#ifndef HV_DIRECT_MAP_H
#define HV_DIRECT_MAP_H

#include "hv/types.h"

/* The physical address of a guest frame number; false when the frame is beyond the address width. */
static inline bool direct_map_frame(uint64_t gfn, paddr_t *out)
{
    if (gfn > UINTPTR_MAX >> PAGE_SHIFT)
        return false;
    out->addr = (uintptr_t)gfn << PAGE_SHIFT;
    return true;
}

#endif
