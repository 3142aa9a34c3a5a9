/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page that EL2 may have to reach although the loaded view does not hold it, with everything an access
 * strategy needs precomputed when the page is registered.
 */
#ifndef HV_PEER_H
#define HV_PEER_H

#include "hv/types.h"

struct cpu;
struct domain;

/*
 * protect/<unit>/peer_unit.h:
 *
 *   struct peer_page     uint32_t held_by: bit (domid - 1) says that the domain's view holds the page; all ones: EL2
 *                        always reaches it; struct domain *owner: NULL when held_by never changes
 *   struct peer_access   struct cpu *cpu, uint32_t viewer: the bit of the domain whose view is loaded
 *
 * and what the unit needs besides.
 */
#include <peer_unit.h>

#endif
