/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bus firewall: what each bus master may reach. Fulfilled by one file of drivers/:
 *
 *   bus_firewall.c     ranges, as a system MPU or xRDC would enforce them. The masters are channels of a DMA engine that runs
 *                      as software on another CPU; the table below is the firewall's register file and both sides
 *                      include this header
 *   smmu_v3.c          everything or nothing, where the machine has an SMMU; syscfg lets no master be checked
 *   no_bus_firewall.c  there is none; no master is checked, closed or refused
 *
 * Protocol of the table. `control` and `ranges` are written by the hypervisor, `obeyed` and `refused_*` by the firewall.
 * The firewall looks at `control` before each burst (at most 64 bytes) and writes it to `obeyed`, so when the
 * two are equal no transfer begun under an older value is left. Ranges change only while OPEN is clear and
 * obeyed; a master that is not open waits, it is not refused. After a refusal the firewall raises firewall_intid.
 */
#ifndef HV_BUS_FIREWALL_H
#define HV_BUS_FIREWALL_H

#include "hv/config.h"
#include "hv/types.h"

enum {
    FIREWALL_MAX_MASTERS = 4,
    FIREWALL_MAX_RANGES = 24, /* every bank and every region a view can have */
    FIREWALL_BURST_BYTES = 64,
    FIREWALL_MAX_STREAMS = 256, /* of an SMMU: those of one PCI bus */

    FIREWALL_OPEN = 1 << 0,    /* transfers go on */
    FIREWALL_CHECKED = 1 << 1, /* only inside the ranges */
    FIREWALL_STEP = 1 << 2,    /* counts changes */
};

struct firewall_range {
    uint32_t base, limit; /* [base, limit); limit 0: the end of the address space */
};

struct firewall_master {
    uint32_t volatile control;
    uint32_t volatile obeyed;
    uint32_t volatile refused;         /* accesses refused since start */
    uint32_t volatile refused_address; /* of the last one; bit 0: it was a write */
    uint32_t volatile nr_ranges;
    struct firewall_range volatile ranges[FIREWALL_MAX_RANGES];
};

struct firewall {
    struct firewall_master masters[FIREWALL_MAX_MASTERS];
};

/* The table's address, for the firewall itself; the interrupt of a refusal. 0: there is no firewall. */
extern const uintptr_t firewall_table;
extern uint32_t firewall_intid;

/* Boot, before anything else: no master passes. */
void firewall_init(const struct config_header *config);

/* Stops the master's transfers at the next burst; firewall_is_obeyed says when that is so. */
void firewall_close(uint32_t master);
bool firewall_is_obeyed(uint32_t master);

/* While closed and obeyed. */
void firewall_set_ranges(uint32_t master, const struct firewall_range *ranges, uint32_t nr);

/* Lets it go on. */
void firewall_open(uint32_t master, bool checked);

/* Accesses refused since start, and the last one's address; bit 0: it was a write. */
uint32_t firewall_refused(uint32_t master, uintptr_t *address);

#endif
