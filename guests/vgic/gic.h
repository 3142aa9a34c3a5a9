/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of the guest's GICv3 by their architectural offsets, and what the tests of this suite share:
 * SGIs as the interrupts that need no device, and a log of what was taken in which order.
 */
#ifndef GUESTS_VGIC_GIC_H
#define GUESTS_VGIC_GIC_H

#include "fencepost.h"
#include "sysreg.h"

enum {
    GICD_CTLR = 0x0000,
    GICD_TYPER = 0x0004,
    GICD_IROUTER = 0x6000,
    GIC_IGROUPR = 0x0080,
    GIC_ISENABLER = 0x0100,
    GIC_ICENABLER = 0x0180,
    GIC_ISPENDR = 0x0200,
    GIC_ICPENDR = 0x0280,
    GIC_ISACTIVER = 0x0300,
    GIC_ICACTIVER = 0x0380,
    GIC_IPRIORITYR = 0x0400,
    GIC_ICFGR = 0x0c00,
    GIC_PIDR2 = 0xffe8,
    GICR_CTLR = 0x0000,
    GICR_TYPER = 0x0008,
    GICR_WAKER = 0x0014,
    GICR_FRAMES = 0x20000,
    GICR_SGI_FRAME = 0x10000,
};

static inline volatile uint32_t *gicd(uint32_t offset)
{
    return (volatile uint32_t *)(machine.gicd + offset);
}

static inline volatile uint32_t *gicr(uint32_t vcpu, uint32_t offset)
{
    return (volatile uint32_t *)(machine.gicr + vcpu * GICR_FRAMES + offset);
}

/* SGIs and PPIs of a vCPU. */
static inline volatile uint32_t *sgi_frame(uint32_t vcpu, uint32_t offset)
{
    return gicr(vcpu, GICR_SGI_FRAME + offset);
}

static inline volatile uint8_t *priority_byte(uint32_t vcpu, uint32_t intid)
{
    return (volatile uint8_t *)sgi_frame(vcpu, GIC_IPRIORITYR) + intid;
}

static inline void set_priority_mask(uint32_t mask)
{
    icc_write_pmr(mask);
    __asm__ volatile("isb" ::: "memory");
}

/* An interrupt that is due is taken here, with IRQs masked before and after. */
static inline void take_interrupts(void)
{
    irq_unmask();
    __asm__ volatile("isb" ::: "memory");
    irq_mask();
}

/* What handlers noted, in order. */
enum { LOG_SIZE = 64 };
struct taken {
    volatile uint32_t count;
    volatile uint32_t intid[LOG_SIZE];
};
extern struct taken taken;

void note_taken(uint32_t intid);              /* an interrupt handler */
void enable_noted(uint32_t intid, uint8_t priority); /* note_taken handles it, for the calling vCPU */

#endif
