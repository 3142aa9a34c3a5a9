/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static shared memory of the system `shm`: 16 KiB, owned by domain 1, borrowed by domain 2, at one address.
 */
#ifndef SHM_SHM_H
#define SHM_SHM_H

#include "pages.h"

enum { SHARED = RAM(0x30000000), SHARED_LIMIT = RAM(0x30004000), SHARED_PAGES = 4 };

/* Event pages are the domain's own: the tree lists the shared memory behind the banks. */
static inline void meet(void)
{
    if (shared_info() == NULL)
        require_eq(events_register_shared_info((void *)(uintptr_t)(uint32_t)machine.bank[1].base), 0);
    peers_meet();
}

static inline uint32_t shared(uint32_t n)
{
    return (uint32_t)SHARED + n * PAGE;
}

#endif
