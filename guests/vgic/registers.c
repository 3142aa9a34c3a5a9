/* SPDX-License-Identifier: Apache-2.0 */
/* The emulated registers by themselves: what they read, what a write leaves, what does not answer. */
#include "gic.h"

enum { TYPER_LAST = 1 << 4, WAKER_SLEEP = 1 << 1, WAKER_ASLEEP = 1 << 2 };
enum { FIRST_SPI_WORD = 1, NR_WORDS = 4 };

TEST(vgic, the_distributor_says_what_it_is, IDS "S0-08", WHY "drivers size their tables from it", NEEDS "system=solo")
{
    expect_eq(*gicd(GICD_TYPER) & 0x1f, NR_WORDS - 1);
    expect_eq(*gicd(GIC_PIDR2) >> 4 & 0xf, 3);
    expect_eq(*gicd(GICD_CTLR) & 0x53, 0x50);
    *gicd(GICD_CTLR) = 0xffffffff;
    expect_eq(*gicd(GICD_CTLR), 0x53);
    *gicd(GICD_CTLR) = 0;
    expect_eq(*gicd(GICD_CTLR), 0x50);
}

TEST(vgic, a_redistributor_names_its_vcpu, IDS "S0-08", WHY "drivers look for their own by affinity",
     NEEDS "system=solo")
{
    expect_eq(*gicr(0, GICR_TYPER), TYPER_LAST);
    expect_eq(*gicr(0, GICR_TYPER + 4), 0);
    expect_eq(*gicr(0, GIC_PIDR2) >> 4 & 0xf, 3);
    expect_eq(*gicr(0, GICR_CTLR), 0);
}

TEST(vgic, only_the_last_redistributor_says_last, IDS "S0-08", WHY "a driver's walk ends there", NEEDS "system=smp-dom")
{
    expect_eq(*gicr(0, GICR_TYPER) & TYPER_LAST, 0);
    expect_eq(*gicr(0, GICR_TYPER + 4), 0);
    expect_eq(*gicr(1, GICR_TYPER), TYPER_LAST | 1 << 8);
    expect_eq(*gicr(1, GICR_TYPER + 4), 1);
}

TEST(vgic, a_redistributor_wakes_when_asked, IDS "S0-08", WHY "drivers wait for it", NEEDS "system=solo")
{
    expect_eq(*gicr(0, GICR_WAKER), WAKER_SLEEP | WAKER_ASLEEP);
    *gicr(0, GICR_WAKER) = 0;
    expect_eq(*gicr(0, GICR_WAKER), 0);
}

TEST(vgic, enable_bits_are_set_and_cleared_by_ones, IDS "S0-08", WHY "one write must not disturb the others",
     NEEDS "system=solo")
{
    *sgi_frame(0, GIC_ICENABLER) = ~0u;
    expect_eq(*sgi_frame(0, GIC_ISENABLER), 0);
    *sgi_frame(0, GIC_ISENABLER) = 0x08000021;
    *sgi_frame(0, GIC_ISENABLER) = 0x00000100;
    expect_eq(*sgi_frame(0, GIC_ISENABLER), 0x08000121);
    expect_eq(*sgi_frame(0, GIC_ICENABLER), 0x08000121);
    *sgi_frame(0, GIC_ICENABLER) = 0x00000020;
    expect_eq(*sgi_frame(0, GIC_ISENABLER), 0x08000101);
}

TEST(vgic, a_priority_keeps_its_upper_five_bits, IDS "S0-08", WHY "what the list registers can hold",
     NEEDS "system=solo")
{
    *priority_byte(0, 5) = 0xff;
    expect_eq(*priority_byte(0, 5), 0xf8);
    expect_eq(*priority_byte(0, 4), 0);
    expect_eq(*priority_byte(0, 6), 0);
    *sgi_frame(0, GIC_IPRIORITYR + 28) = 0x10203040;
    expect_eq(*priority_byte(0, 28), 0x40);
    expect_eq(*priority_byte(0, 31), 0x10);
    expect_eq(*sgi_frame(0, GIC_IPRIORITYR + 28), 0x10203040);
}

TEST(vgic, every_interrupt_is_group_1, IDS "S0-08", WHY "guests are built for IRQ", NEEDS "system=solo")
{
    *sgi_frame(0, GIC_IGROUPR) = 0;
    expect_eq(*sgi_frame(0, GIC_IGROUPR), 0xffffffff);
}

TEST(vgic, triggers_are_fixed, IDS "S0-08", WHY "SGIs are edges, PPIs are levels", NEEDS "system=solo")
{
    for (uint32_t n = 0; n < 2; n++)
        *sgi_frame(0, GIC_ICFGR + 4 * n) = n == 0 ? 0 : ~0u;
    expect_eq(*sgi_frame(0, GIC_ICFGR), 0xaaaaaaaa);
    expect_eq(*sgi_frame(0, GIC_ICFGR + 4), 0);
}

TEST(vgic, spis_of_others_read_zero_and_ignore_writes, IDS "S0-08", WHY "a domain reaches its own devices only",
     NEEDS "system=solo")
{
    static const uint32_t blocks[] = {GIC_ISENABLER, GIC_ICENABLER, GIC_ISPENDR,  GIC_ICPENDR,
                                      GIC_ISACTIVER, GIC_ICACTIVER, GIC_IGROUPR};

    for (uint32_t n = 0; n < sizeof(blocks) / sizeof(blocks[0]); n++)
        for (uint32_t word = FIRST_SPI_WORD; word < NR_WORDS; word++) {
            *gicd(blocks[n] + 4 * word) = ~0u;
            expect_eq(*gicd(blocks[n] + 4 * word), 0);
        }
    *gicd(GIC_IPRIORITYR + 40) = ~0u;
    expect_eq(*gicd(GIC_IPRIORITYR + 40), 0);
    *gicd(GICD_IROUTER + 8 * 40) = 0;
    expect_eq(*gicd(GICD_IROUTER + 8 * 40), 0);
    expect_eq(*gicd(GIC_ICFGR + 8), 0);
}

TEST(vgic, sgis_and_ppis_are_not_in_the_distributor, IDS "S0-08", WHY "affinity routing moves them",
     NEEDS "system=solo")
{
    *sgi_frame(0, GIC_ISENABLER) = 0x08000001;
    expect_eq(*gicd(GIC_ISENABLER), 0);
    *gicd(GIC_ICENABLER) = ~0u;
    expect_eq(*sgi_frame(0, GIC_ISENABLER), 0x08000001);
}

static void expect_abort(uintptr_t address)
{
    uint32_t value;
    struct fault fault = try_read32(address, &value);

    expect_eq(fault.kind, FAULT_DATA);
    expect_eq(fault.fsr, FSR_DENIED);
    expect_eq(fault.far, address);
    fault = try_write32(address, 0);
    expect_eq(fault.kind, FAULT_DATA);
    expect_eq(fault.fsr, FSR_DENIED | FSR_WRITE);
    expect_eq(fault.far, address);
}

TEST(vgic, an_offset_without_a_register_aborts, IDS "S0-08", WHY "a driver for another GIC must notice",
     NEEDS "system=solo")
{
    static const uint32_t offsets[] = {0x0040, 0x0f00, 0x1000, 0x60f8, 0x8000, 0xff00, 0xfffc};

    for (uint32_t n = 0; n < sizeof(offsets) / sizeof(offsets[0]); n++)
        expect_abort(machine.gicd + offsets[n]);
    expect_abort(machine.gicr + 0x18);
    expect_abort(machine.gicr + 0x70);
    expect_abort(machine.gicr + GICR_SGI_FRAME);
    expect_abort(machine.gicr + GICR_SGI_FRAME + 0x420);
}

TEST(vgic, there_is_no_redistributor_beyond_the_last_vcpu, IDS "S0-08", WHY "the physical one is another domain's",
     NEEDS "system=solo")
{
    expect_abort(machine.gicr + GICR_FRAMES + GICR_TYPER);
    expect_abort(machine.gicr + GICR_FRAMES + GICR_SGI_FRAME + GIC_ISENABLER);
}
