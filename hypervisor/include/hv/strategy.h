/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access strategies: how EL2 reaches a page that the loaded view does not hold (peer access).
 *
 * A strategy is one .c file under protect/ and one line in the table of its protection unit. It defines
 * three inline operations and then includes core/evtchn_send.h, which compiles the hot calls around them, so
 * that no function pointer is followed inside a call:
 *
 *   peer_begin(cpu, viewer)   start of a call's peer accesses; viewer: the current domain's bit
 *   peer_reach(access, page)  afterwards the page can be read and written; an earlier page may be gone
 *   peer_end(access)          the view is what it was
 *
 * Rules: begin and end pair up within one function; between them nothing schedules. Cold calls use the same
 * operations through the table of the strategy bound at boot.
 */
#ifndef HV_STRATEGY_H
#define HV_STRATEGY_H

#include "hv/config.h"
#include "hv/hypercall.h"
#include "hv/peer.h"
#include "hv/types.h"

struct cpu;
struct domain;
struct config_header;

struct strategy {
    const char *name;
    hypercall_fn *event_channel_op;
    void (*begin)(struct peer_access *access);
    void (*reach)(struct peer_access *access, const struct peer_page *page);
    void (*end)(struct peer_access *access);
};

extern const struct strategy *strategy;

/* Binds the strategy the configuration names. */
void strategy_bind(const struct config_header *config);

#endif
