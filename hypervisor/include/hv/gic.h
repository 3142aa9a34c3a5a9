/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Driver of the physical GICv3: distributor, redistributors, CPU interface at EL2. EOI mode 1: EL2 drops
 * the priority, deactivation is EL2's for its own interrupts and the guest's (list register HW bit) for SPIs
 * of assigned devices.
 */
#ifndef HV_GIC_H
#define HV_GIC_H

#include "hv/types.h"

enum {
    INTID_SGI_KICK = 0,        /* another CPU has news: mailbox, quiesce request, vCPU start or stop */
    INTID_MAINTENANCE = 25,
    INTID_EL2_TIMER = 26,
    INTID_VIRTUAL_TIMER = 27,
    INTID_SPURIOUS = 1020,     /* 1020 ... 1023 */
};

/* Once, on the boot CPU: distributor on, all SPIs group 1, priority 0xa0, disabled, level, routed to CPU 0. */
void gic_init_distributor(void);
/* On every CPU: redistributor awake, SGI 0 and PPIs 25, 26, 27 enabled, CPU interface on, ICH on. */
void gic_init_cpu(unsigned cpu);
/* Before its device can interrupt: an edge is latched from then on, also while the SPI is disabled. */
void gic_set_edge(uint32_t intid);
/* Routes and enables one SPI of an assigned device. */
void gic_enable_spi(uint32_t intid, unsigned cpu);
/* The guest disabled its interrupt: what is pending stays. */
void gic_mask_spi(uint32_t intid);
/* Start and restart of a domain: off, neither pending nor active. */
void gic_reset_spi(uint32_t intid);
/* What a guest may do to the pending state of its own device's SPI; state of the 32 INTIDs from `first` on. */
void gic_set_spi_pending(uint32_t intid, bool pending);
uint32_t gic_spis_pending(uint32_t first);
/* Sends SGI_KICK to the CPUs of the bit mask. DSB before, so that what was written is seen. */
void gic_kick(uint32_t cpus);

#endif
