/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page that EL2 may have to reach although the loaded view does not hold it, with everything an access
 * strategy needs precomputed when the page is registered.
 */
#ifndef HV_PEER_H
#define HV_PEER_H

#include "hv/types.h"

struct domain;

struct peer_page {
    uint32_t rbar;       /* MPU boards: HPRBAR of an EL2-only region over the page, with the bank's attributes */
    uint32_t rlar;       /* HPRLAR, EN = 1 */
    uint32_t held_by;    /* bit (domid - 1): that domain's view holds the page; all ones: EL2 always reaches it */
    struct domain *owner;
};

#endif
