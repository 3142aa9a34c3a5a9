/* SPDX-License-Identifier: Apache-2.0 */
/* Where things are on the board (board_places.h) and in the system `pair`: what a guest is not told and must not reach. */
#ifndef ISOLATION_PLACES_H
#define ISOLATION_PLACES_H

#include "probe.h"

/* Block RAM: all of it is the hypervisor's. */
static const struct place hypervisor_places[] = {
    {"hypervisor text", HV(0x10000000), HV(0x10010000)},
    {"hypervisor data", HV(0x10010000), HV(0x10040000)},
    {"configuration", HV(0x10040000), HV(0x1005ff00)},
    {"boot block", HV(0x1005ff00), HV(0x10060000)},
    {"per-CPU data and stacks", HV(0x10060000), HV(0x10080000)},
};

/* Domain 2 of `pair`. */
static const struct place peer_ram = {"the peer's RAM", RAM(0x20400000), RAM(0x20500000)};
static const struct place peer_events = {"the peer's event pages", RAM(0x28004000), RAM(0x28008000)};

/* Guest images and trees as the loader left them. */
static const struct place module_places[] = {
    {"kernel module of domain 1", 0xc0000000, 0xc0100000},
    {"kernel module of domain 2", 0xc0400000, 0xc0500000},
    {"guest trees", 0xcf000000, 0xcf020000},
};

static const struct place device_places[] = {BOARD_DEVICE_PLACES};

/* RAM that belongs to nobody, memory beside it, and nothing at all. */
static const struct place unowned_places[] = {BOARD_UNOWNED_PLACES};

#endif
