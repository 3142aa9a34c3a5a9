/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what a guest says to what the bus sees, and back. On a board without translation, and in a direct-mapped
 * domain, both are equal. The protection unit of the linked board fulfils it (protect/<unit>/direct_map_unit.h), all
 * static inline:
 *
 *   bool direct_map_frame(uint64_t gfn, gpaddr_t *out);          false: the frame is beyond the address width
 *   uintptr_t direct_map_device(d, address);                     board address of what is emulated for the domain there
 *   paddr_t page_address(range, base);                           of the domain's own page `base`, which the range holds
 *   uintptr_t page_base(range, address);                         the inverse
 *   uint64_t page_limit(range, base, address);                   where it ends in a view that has its `address` at `base`
 *   const struct config_range *page_range_of(d, address, bytes); page_range() by physical address
 *   void *page_pointer(d, base);                                 where EL2 reaches the domain's own page at `base`
 *   bool direct_map_may_appear(d, idx, gpfn);                    a foreign frame idx may be mapped at gpfn of `d`
 *   gpaddr_t direct_map_place(idx, gpfn);                        and its place there
 *   uint32_t direct_map_reservation(d);                          pages that count as its own now
 *   bool direct_map_takes_order(d, order);                       populate may have extents of that order
 *   uint32_t direct_map_equals(d);                               bits of the domains whose frames have the same number for `d`
 */
#ifndef HV_DIRECT_MAP_H
#define HV_DIRECT_MAP_H

#include "hv/page.h"
#include "hv/types.h"

#include <direct_map_unit.h>

#endif
