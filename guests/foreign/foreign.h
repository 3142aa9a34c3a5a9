/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of other domains: the calls in their short forms, and turns with the clients of the system `foreign`.
 *
 * Turns: a client and domain 1 never run at the same time. A client begins with meet(), domain 1 with
 * meet_client(); what a client does before may come before or after what domain 1 does before. Then
 * give_turn(client) lets the client go on from meet() or pass_turn() to its next pass_turn(), and comes back.
 */
#ifndef FOREIGN_FOREIGN_H
#define FOREIGN_FOREIGN_H

#include "pages.h"

enum {
    LENT_2 = RAM(0x21000000), /* the bank domain 2 lends from; domain 3's begins where it ends */
    LENT_3 = RAM(0x21040000),
    LENT_LIMIT = RAM(0x21080000),
    LENT_PAGES = 64,
    EVENTS_1 = RAM(0x28000000), /* where domains 1 and 2 have their event pages */
    EVENTS_2 = RAM(0x28004000),
    OWN_1 = RAM(0x20090000),    /* a page behind the image of domain 1 */
    NO_PLACE = 0x18000000, /* no memory is there */
    MAX_BATCH = 64,
    FREE_SLOTS = 8, /* pieces that domain 1 can borrow with strategy `window`: 16 - 5 fixed - 1 window - 2 banks */
};

/* Page n that client 2 or 3 lends. */
static inline uint32_t lent(uint32_t client, uint32_t n)
{
    return (client == 2 ? (uint32_t)LENT_2 : (uint32_t)LENT_3) + n * PAGE;
}

/* ---- the calls ---- */

struct batch {
    struct xen_add_to_physmap_batch arg;
    uint64_t idxs[MAX_BATCH], gpfns[MAX_BATCH];
    int32_t errs[MAX_BATCH];
};

/* A foreign map of `size` pages from `address`, `step` bytes apart; errs[] marked. */
static inline void batch_fill(struct batch *batch, uint32_t owner, uintptr_t address, uint32_t step, uint32_t size)
{
    batch->arg = (struct xen_add_to_physmap_batch){.domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign,
        .size = (uint16_t)size, .foreign_domid = (uint16_t)owner, .idxs = (uintptr_t)batch->idxs,
        .gpfns = (uintptr_t)batch->gpfns, .errs = (uintptr_t)batch->errs};
    for (uint32_t i = 0; i < MAX_BATCH; i++) {
        batch->idxs[i] = batch->gpfns[i] = frame_of(address + i * step);
        batch->errs[i] = NOT_WRITTEN;
    }
}

static inline int32_t batch_call(const struct batch *batch)
{
    return hypercall_memory_op(XENMEM_add_to_physmap_batch, &batch->arg);
}

/* Maps `size` pages in one batch; how many of them are mapped then. */
static inline uint32_t map_run(uint32_t owner, uintptr_t address, uint32_t step, uint32_t size)
{
    static struct batch batch;
    uint32_t done = 0;

    batch_fill(&batch, owner, address, step, size);
    expect_eq(batch_call(&batch), 0);
    for (uint32_t i = 0; i < size; i++)
        done += batch.errs[i] == 0;
    return done;
}

/* ---- what a guest sees of a page ---- */

/* EL1 may read and write the first and the last word. */
static inline bool is_in(uintptr_t page)
{
    const uintptr_t last = page + PAGE - 4;
    uint32_t value;

    return try_read32(page, &value).kind == FAULT_NONE && try_write32(page, value).kind == FAULT_NONE &&
           try_read32(last, &value).kind == FAULT_NONE && try_write32(last, value).kind == FAULT_NONE;
}

/* No access of any kind, at both ends. */
static inline bool is_out(uintptr_t page)
{
    const uintptr_t last = page + PAGE - 4;
    uint32_t value;

    return try_read32(page, &value).fsr == FSR_DENIED && try_read32(last, &value).fsr == FSR_DENIED &&
           try_write32(page, 0).fsr == (FSR_DENIED | FSR_WRITE) && try_write32(last, 0).fsr == (FSR_DENIED | FSR_WRITE) &&
           try_exec(page).kind == FAULT_PREFETCH;
}

#define expect_in(page) expect_true(is_in(page))
#define expect_out(page) expect_true(is_out(page))

/* ---- turns ---- */

enum { CLIENT_PORT = 11 };

static inline uint32_t client_port(uint32_t client)
{
    return client == 2 ? 10 : 20;
}

static inline void pass_turn(void)
{
    require_eq(evtchn_send(CLIENT_PORT), 0);
    event_wait(CLIENT_PORT);
}

static inline void meet(void)
{
    if (shared_info() == NULL)
        require_eq(events_init(), 0);
    event_clear(CLIENT_PORT); /* nobody sent this one: see xen,evtchn */
    pass_turn();
}

static inline void meet_client(uint32_t client)
{
    if (shared_info() == NULL)
        require_eq(events_init(), 0);
    event_wait(client_port(client));
}

static inline void give_turn(uint32_t client)
{
    require_eq(evtchn_send(client_port(client)), 0);
    event_wait(client_port(client));
}

#endif
