/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the virtual GIC remembers. Physical GICv3 with list registers; the guest sees a GICv3 distributor
 * and redistributors at the native addresses, one security state, every interrupt in group 1.
 *
 * Rules:
 * - List register 0 belongs to the event upcall (PPI 31) for ever, its virtual INTID never changes and is
 *   not switched; 1 ... 3 are for everything else.
 * - `pending` has what is in no list register yet: disabled, or more than there is room for (then the
 *   maintenance interrupt asks for the rest). The list registers have the live state. Both belong to the
 *   vCPU's own CPU.
 * - Everything the guest configures changes under the lock of vgic_mmio.c, from either CPU; afterwards each
 *   affected vCPU is refreshed on its own CPU.
 */
#ifndef HV_VGIC_STATE_H
#define HV_VGIC_STATE_H

#include "hv/types.h"

enum {
    VGIC_NR_INTIDS = 128, /* 96 SPIs */
    VGIC_FIRST_SPI = 32,
    VGIC_NR_SPIS = VGIC_NR_INTIDS - VGIC_FIRST_SPI,
    VGIC_NR_WORDS = VGIC_NR_INTIDS / 32,
    VGIC_NR_SPI_WORDS = VGIC_NR_SPIS / 32,
    VGIC_LIST_REGISTERS = 4,

    /* vcpu_context.lr_used besides bits 1 ... 3; any bit makes the vCPU switch look at the list registers. */
    LR_USED_TIMER = 1 << 4,    /* PPI 27 may be active in the physical redistributor on this vCPU's behalf */
    LR_USED_OVERFLOW = 1 << 5, /* `pending` has enabled interrupts that found no list register */
};

/* One bit an interrupt, 32 of them. */
struct vgic_bits {
    uint32_t enabled;
    uint32_t active; /* as the guest wrote it; what it acknowledged is in the list registers */
};

struct vgic_vcpu {
    uint32_t pending[VGIC_NR_WORDS]; /* SPIs: those this vCPU is the target of */
    struct vgic_bits local;          /* SGIs 0 ... 15, PPIs 16 ... 31 */
    uint32_t waker;                  /* GICR_WAKER.ProcessorSleep */
    uint8_t priority[VGIC_FIRST_SPI];
};

struct vgic_domain {
    uint32_t lrc[VGIC_NR_SPIS]; /* list register control word that makes the SPI pending; 0: it may not be now */
    uint8_t target[VGIC_NR_SPIS]; /* vCPU id, from GICD_IROUTER */
    uint8_t priority[VGIC_NR_SPIS];
    struct vgic_bits spi[VGIC_NR_SPI_WORDS];
    uint32_t own[VGIC_NR_SPI_WORDS];  /* SPIs of its devices, physical = virtual; the others read as 0 */
    uint32_t edge[VGIC_NR_SPI_WORDS]; /* of those: edge triggered */
    uint32_t ctlr;                    /* GICD_CTLR: the enable bits */
    uint32_t emulated;                /* INTID of the one of `own` that no hardware stands behind; 0: none */
    bool line;                        /* its level; written under the lock of the emulated device */
};

#endif
