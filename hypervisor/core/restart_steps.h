/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two halves of a domain's way from one life to the next share: core/teardown.c ends one, core/restart.c
 * begins another. A step leaves where it is in domain.restart.
 *
 *   settle    no other CPU runs anything of it
 *   ports     closed at both ends, peers told
 *   masters   its bus masters closed, its devices reset and quiet; if one is not, the domain stays down
 *   foreign   pages of others unmapped, their pins dropped
 *   reserve   its own pages reserved: no view holds them          -- here it ends without a restart
 *   pins      nobody else maps a page of its RAM, or those pages are left out (DOMAIN_RESERVE_PINNED)
 *   scrub     its RAM zeroed
 *   copy      kernel, device tree, ramdisk
 *   map       its pages mapped, its view as configured
 *   channels  static event channels made again
 *   devices   virtual ones reset, its masters' way to memory opened
 *   start     vCPU 0
 */
#ifndef CORE_RESTART_STEPS_H
#define CORE_RESTART_STEPS_H

#include "hv/domain.h"
#include "hv/restart.h"

enum phase { SETTLE, PORTS, MASTERS, FOREIGN, RESERVE, PINS, SCRUB, COPY, MAP, CHANNELS, DEVICES, START };

enum {
    STEP_BYTES = 2048, /* scrubbed or copied at once */
    STEP_PAGES = 1024, /* looked at or marked at once */
};

/* One of the steps up to RESERVE. */
void teardown_step(struct vcpu *v);

static inline void go_to(struct domain *d, enum phase phase)
{
    d->restart = (struct restart){.phase = (uint8_t)phase, .count = d->restart.count};
}

/* The next step after that time; the CPU is free meanwhile. */
void restart_sleep(struct vcpu *v, uint64_t ns);

/* There is no next step. */
void restart_stay_down(struct vcpu *v);

/* The next pages of the domain's RAM, at most `most` bytes: [*base, *base + return value) in *range; 0: there are no more. */
uint32_t restart_next_pages(struct domain *d, uint32_t most, const struct config_range **range, uintptr_t *base);

#endif
