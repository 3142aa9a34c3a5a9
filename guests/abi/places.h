/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses a direct-mapped guest of our systems may not name in a hypercall, and places in its own RAM. */
#ifndef ABI_PLACES_H
#define ABI_PLACES_H

#include "fencepost.h"

enum {
    HOLE = 0x18000000,           /* nothing there */
    HYPERVISOR_TEXT = HV(0x10000000),
    HYPERVISOR_DATA = HV(0x10010000),
    HYPERVISOR_CONFIG = HV(0x10040000),
    HYPERVISOR_CPU = HV(0x10060000),
    MODULES = (int)0xc0000000,   /* where the loader put the images */
    GIC = (int)0xf0000000,
    HYPERVISOR_UART = (int)0xe0205000,
    PEER_RAM = RAM(0x20400000),       /* domain 2 of `pair` */
    PEER_EVENT_PAGES = RAM(0x28004000),
};

static const uint32_t never_own[] = {
    HOLE, HYPERVISOR_TEXT, HYPERVISOR_DATA, HYPERVISOR_CONFIG, HYPERVISOR_CPU, (uint32_t)MODULES,
    (uint32_t)GIC, (uint32_t)HYPERVISOR_UART, PEER_RAM, PEER_EVENT_PAGES, 0x80000000u, 0xfffffff0u,
};
enum { NR_NEVER_OWN = sizeof(never_own) / sizeof(never_own[0]) };

/* Domain ids that never exist in our systems; SELF is none of them. */
static const uint16_t unknown_domains[] = {0, 9, 0x1234, DOMID_IO, DOMID_XEN, DOMID_COW,
                                           DOMID_INVALID, DOMID_ANY, DOMID_IDLE, 0xffff};
enum { NR_UNKNOWN_DOMAINS = sizeof(unknown_domains) / sizeof(unknown_domains[0]) };

/* First address behind the last bank; behind it is nobody or another domain. */
static inline uint32_t own_ram_end(void)
{
    return (uint32_t)(machine.bank[machine.nr_banks - 1].base + machine.bank[machine.nr_banks - 1].size);
}

#endif
