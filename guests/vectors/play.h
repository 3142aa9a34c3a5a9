/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replay of recorded calls (testsuite/data/xen-vectors.json): each group is one boot, its steps in the order of seq.
 * A step makes the call that the recording describes and tells what came back, as `fp1 note vector GROUP SEQ
 * KEY=VALUE ...`; nothing is judged here. Steps between the recorded ones only put things in place.
 */
#ifndef GUESTS_VECTORS_PLAY_H
#define GUESTS_VECTORS_PLAY_H

#include "fencepost.h"

#define SYSTEM NEEDS "system=vectors timeout_ms=4000"

/* Places of the recording: T lies 16 MiB into the RAM, nothing is at HOLE and at NOWHERE. */
#define T ((uintptr_t)machine.bank[0].base + 0x1000000u)
#define HOLE ((uintptr_t)0x3a000000u)
#define NOWHERE ((void *)(HOLE + 0x800000u))
enum { PAGE = XEN_PAGE_SIZE, NO_DOMAIN = 0x1234 };

static inline uint64_t frame(uintptr_t address)
{
    return address >> XEN_PAGE_SHIFT;
}

/* ---- what a step tells ---- */

void group_begin(const char *name); /* and step 0, the own domain id */
uint32_t next_step(void);
const char *group_name(void);
#define tell(format, ...) note("vector %s %u " format, group_name(), next_step(), __VA_ARGS__)

static inline void result(int64_t value)
{
    tell("return=%lld", (long long)value);
}

/* ---- memory ---- */

void store(uintptr_t address, uint64_t value);
void load(uintptr_t address);
void pages_changed(void); /* reservation against the start of the group */
int64_t extents(uint32_t command, const uint64_t *frames, uint64_t count, uint32_t order);
int64_t extent(uint32_t command, uint64_t frame, uint32_t order);
int64_t extents_of(uint32_t domid, uint32_t command, const void *list, uint64_t count, uint32_t order, uint32_t flags);
int64_t map_space(uint32_t domid, uint32_t space, uint64_t index, uint64_t gpfn);
int64_t unmap_frame(uint64_t gpfn);

static inline void decrease(uintptr_t address) { result(extent(XENMEM_decrease_reservation, frame(address), 0)); }
static inline void populate(uintptr_t address) { result(extent(XENMEM_populate_physmap, frame(address), 0)); }

/* ---- event channels ---- */

void told_status(uint32_t domid, uint32_t port);
void told_bind_virq(uint32_t virq, uint32_t vcpu);
void events_clear(uint64_t mask); /* pending, selector, upcall flag; every mask word to `mask` */
void shared_info_to_hole(void);   /* a step; where that is refused the page goes into own RAM, untold */

extern uint8_t buffer[PAGE];      /* a valid one; zeros where a step says so */
void *zeros(void);

#endif
