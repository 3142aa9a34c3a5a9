/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physical GICv3 with one security state and affinity routing. Source: Arm IHI 0069.
 *
 * Every interrupt is group 1, which EL2 takes as IRQ. The distributor is written by the boot CPU at start
 * and, for the SPIs of assigned devices, by whoever holds the lock of the virtual GIC.
 */
#include "hv/arch.h"
#include "hv/board.h"
#include "hv/gic.h"
#include "hv/mmio.h"

enum {
    GICD_CTLR = 0x0000,
    GICD_TYPER = 0x0004,
    GICD_IROUTER = 0x6000, /* 8 bytes an INTID */

    /* Distributor and SGI frame of a redistributor: one bit an INTID. */
    GIC_IGROUPR = 0x0080,
    GIC_ISENABLER = 0x0100,
    GIC_ICENABLER = 0x0180,
    GIC_ISPENDR = 0x0200,
    GIC_ICPENDR = 0x0280,
    GIC_ICACTIVER = 0x0380,
    GIC_IPRIORITYR = 0x0400, /* 8 bits an INTID */
    GIC_ICFGR = 0x0c00,      /* 2 bits an INTID, the upper one: edge */

    GICR_CTLR = 0x0000,
    GICR_WAKER = 0x0014,
    GICR_STRIDE = 0x20000,
    GICR_SGI_FRAME = 0x10000,

    CTLR_ENABLE_GRP1 = 1 << 1,
    CTLR_ARE = 1 << 4,
    TYPER_LINES_MASK = 0x1f,
    GICR_CTLR_WRITE_PENDING = 1 << 3,
    WAKER_PROCESSOR_SLEEP = 1 << 1,
    WAKER_CHILDREN_ASLEEP = 1 << 2,

    FIRST_SPI = 32,
    PRIORITY_ALL = (int)0xa0a0a0a0, /* EL2's interrupts do not outrank each other */
};
#define CTLR_WRITE_PENDING 0x80000000u

static uint32_t gicd_read(uint32_t offset)
{
    return mmio_read32(board_gicd_base + offset);
}

static void gicd_write(uint32_t offset, uint32_t value)
{
    mmio_write32(board_gicd_base + offset, value);
}

static void gicd_wait(void)
{
    while (gicd_read(GICD_CTLR) & CTLR_WRITE_PENDING)
        arch_relax();
}

/* Address of the register word that holds `intid` where an INTID has `bits` bits. */
static uint32_t word_of(uint32_t block, uint32_t intid, uint32_t bits)
{
    return block + intid * bits / 32 * 4;
}

static void gicd_write_bit(uint32_t block, uint32_t intid)
{
    gicd_write(word_of(block, intid, 1), BIT(intid % 32));
}

static void disable_word(uintptr_t base, uint32_t intid)
{
    mmio_write32(base + word_of(GIC_ICENABLER, intid, 1), ~0u);
}

/*
 * The 32 interrupts from `intid` on, in the frame at `base`: group 1, level, not pending, not active. They are off, and that
 * has taken effect: what an enabled interrupt does whose configuration changes is UNPREDICTABLE.
 */
static void quieten_word(uintptr_t base, uint32_t intid)
{
    mmio_write32(base + word_of(GIC_IGROUPR, intid, 1), ~0u);
    mmio_write32(base + word_of(GIC_ICPENDR, intid, 1), ~0u);
    mmio_write32(base + word_of(GIC_ICACTIVER, intid, 1), ~0u);
    for (uint32_t i = 0; i < 32; i += 4)
        mmio_write32(base + word_of(GIC_IPRIORITYR, intid + i, 8), (uint32_t)PRIORITY_ALL);
    mmio_write32(base + word_of(GIC_ICFGR, intid, 2), 0); /* SGIs: ignored */
    mmio_write32(base + word_of(GIC_ICFGR, intid + 16, 2), 0);
}

static void route(uint32_t intid, unsigned cpu)
{
    gicd_write(GICD_IROUTER + 8 * intid, cpu);
    gicd_write(GICD_IROUTER + 8 * intid + 4, 0);
}

void gic_init_distributor(void)
{
    const uint32_t limit = 32 * ((gicd_read(GICD_TYPER) & TYPER_LINES_MASK) + 1);

    gicd_write(GICD_CTLR, 0);
    gicd_wait();
    gicd_write(GICD_CTLR, CTLR_ARE);
    gicd_wait();
    for (uint32_t intid = FIRST_SPI; intid < limit; intid += 32)
        disable_word(board_gicd_base, intid);
    gicd_wait();
    for (uint32_t intid = FIRST_SPI; intid < limit; intid += 32)
        quieten_word(board_gicd_base, intid);
    for (uint32_t intid = FIRST_SPI; intid < limit; intid++)
        route(intid, 0);
    gicd_wait();
    gicd_write(GICD_CTLR, CTLR_ARE | CTLR_ENABLE_GRP1);
    gicd_wait();
}

void gic_init_cpu(unsigned cpu)
{
    const uintptr_t base = board_gicr_base + cpu * GICR_STRIDE;
    const uintptr_t sgi = base + GICR_SGI_FRAME;

    mmio_write32(base + GICR_WAKER, mmio_read32(base + GICR_WAKER) & ~(uint32_t)WAKER_PROCESSOR_SLEEP);
    while (mmio_read32(base + GICR_WAKER) & WAKER_CHILDREN_ASLEEP)
        arch_relax();

    disable_word(sgi, 0);
    while (mmio_read32(base + GICR_CTLR) & GICR_CTLR_WRITE_PENDING)
        arch_relax();
    quieten_word(sgi, 0);
    mmio_write32(sgi + GIC_ISENABLER, BIT(INTID_SGI_KICK) | BIT(INTID_MAINTENANCE) | BIT(INTID_EL2_TIMER) |
                                          BIT(INTID_VIRTUAL_TIMER));
    arch_dsb();
    arch_gic_cpu_init();
}

void gic_mask_spi(uint32_t intid)
{
    gicd_write_bit(GIC_ICENABLER, intid);
    gicd_wait();
}

void gic_set_edge(uint32_t intid)
{
    const uint32_t config = word_of(GIC_ICFGR, intid, 2);

    gicd_write(config, gicd_read(config) | 2u << intid % 16 * 2);
}

void gic_enable_spi(uint32_t intid, unsigned cpu)
{
    gic_mask_spi(intid); /* the route changes only while it is off */
    route(intid, cpu);
    arch_dsb();
    gicd_write_bit(GIC_ISENABLER, intid);
}

void gic_reset_spi(uint32_t intid)
{
    gic_mask_spi(intid);
    gicd_write_bit(GIC_ICPENDR, intid);
    gicd_write_bit(GIC_ICACTIVER, intid);
    arch_dsb();
}

void gic_set_spi_pending(uint32_t intid, bool pending)
{
    gicd_write_bit(pending ? GIC_ISPENDR : GIC_ICPENDR, intid);
}

uint32_t gic_spis_pending(uint32_t first)
{
    return gicd_read(word_of(GIC_ISPENDR, first, 1));
}

void gic_kick(uint32_t cpus)
{
    /* Aff1 ... Aff3 are 0 on this cluster: the target list is the mask. */
    arch_gic_send_sgi((uint64_t)INTID_SGI_KICK << 24 | cpus);
}
