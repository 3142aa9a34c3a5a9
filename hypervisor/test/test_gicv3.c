/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The physical GIC in the order that the architecture asks for, which emulators do not care about (S0-08, Arm IHI 0069): what
 * disables an interrupt takes effect when RWP reads as zero, and until then neither its configuration nor its route may change. The
 * interrupts are all on, as somebody may leave them who ran before.
 */
#include "hv/board.h"
#include "hv/gic.h"
#include "hv/mmio.h"

#include "check.h"

#include <string.h>

enum {
    NR_CPUS = 2, NR_SPI_WORDS = 2, /* behind the word of SGIs and PPIs, of which each CPU has its own */
    NR_WORDS = NR_SPI_WORDS + NR_CPUS,
    BUSY_READS = 3,                /* how often RWP is 1 after a change */
    GICD = 0x10000000, GICR = 0x20000000, STRIDE = 0x20000, SGI_FRAME = 0x10000,
};

const uintptr_t board_gicd_base = GICD, board_gicr_base = GICR;

static uint32_t enabled[NR_WORDS], going[NR_WORDS]; /* `going`: disabled, and not seen by everybody yet */
static uint32_t group[NR_WORDS], config[NR_WORDS][2];
static uint32_t gicd_ctlr, waker[NR_CPUS] = {6, 6};
static unsigned busy[1 + NR_CPUS];              /* of the distributor, then of each redistributor */
static unsigned breaches, unknown;

/* The word of 32 interrupts at `offset` of a block with so many bits for each; `word` counts from the block's first one. */
static void change(unsigned word, bool harmless)
{
    if (word >= NR_WORDS || (!harmless && (enabled[word] | going[word])))
        breaches++;
}

static void disable(unsigned word, unsigned who, uint32_t value)
{
    going[word] |= enabled[word] & value;
    enabled[word] &= ~value;
    busy[who] = BUSY_READS;
}

/* A register of a frame that distributor and redistributors have alike. */
static void write_frame(uint32_t offset, uint32_t value, unsigned first_word, unsigned who)
{
    const unsigned word = first_word + (offset & 0x7f) / 4;

    switch (offset >> 7) {
    case 0x0080 >> 7:
        change(word, false);
        group[word] = value;
        break;
    case 0x0100 >> 7:
        enabled[word] |= value;
        break;
    case 0x0180 >> 7:
        disable(word, who, value);
        break;
    case 0x0280 >> 7:
    case 0x0380 >> 7:
        change(word, true);
        break;
    default:
        if (offset >= 0x0400 && offset < 0x0800) {
            change(first_word + (offset - 0x0400) / 32, true);
        } else if (offset >= 0x0c00 && offset < 0x0d00) {
            change(first_word + (offset - 0x0c00) / 8, false);
            config[first_word + (offset - 0x0c00) / 8][offset / 4 % 2] = value;
        } else {
            unknown++;
        }
    }
}

void mmio_write32(uintptr_t address, uint32_t value)
{
    if (address >= GICR) {
        const unsigned cpu = (unsigned)(address - GICR) / STRIDE;
        const uint32_t offset = (uint32_t)(address - GICR) % STRIDE;

        if (offset == 0x14)
            waker[cpu] = value & 2 ? 6 : 0;
        else if (offset >= SGI_FRAME)
            write_frame(offset - SGI_FRAME, value, NR_SPI_WORDS + cpu, 1 + cpu);
        else
            unknown++;
    } else if (address == GICD) {
        gicd_ctlr = value;
        busy[0] = BUSY_READS;
    } else if (address >= GICD + 0x6000) {
        change((unsigned)(address - GICD - 0x6000) / 8 / 32 - 1, false);
    } else {
        write_frame((uint32_t)(address - GICD) - 4 * ((address - GICD) >= 0xc00 ? 2 : (address - GICD) >= 0x400 ? 8 : 1), value, 0, 0);
    }
}

static bool still_busy(unsigned who, unsigned first_word, unsigned nr_words)
{
    if (busy[who] && --busy[who])
        return true;
    memset(&going[first_word], 0, nr_words * sizeof(going[0]));
    return false;
}

uint32_t mmio_read32(uintptr_t address)
{
    const unsigned cpu = (unsigned)(address - GICR) / STRIDE;

    if (address == GICD)
        return gicd_ctlr | (still_busy(0, 0, NR_SPI_WORDS) ? 0x80000000u : 0);
    if (address == GICD + 4)
        return NR_SPI_WORDS;
    if (address >= GICR && (address - GICR) % STRIDE == 0)
        return still_busy(1 + cpu, NR_SPI_WORDS + cpu, 1) ? 8 : 0;
    if (address >= GICR && (address - GICR) % STRIDE == 0x14)
        return waker[cpu];
    if (address >= GICD + 0xc00 && address < GICD + 0xd00)
        return config[(address - GICD - 0xc08) / 8][address / 4 % 2];
    unknown++;
    return 0;
}

int main(void)
{
    memset(enabled, 0xff, sizeof(enabled));
    memset(config, 0xaa, sizeof(config));
    gic_init_distributor();
    for (unsigned cpu = 0; cpu < NR_CPUS; cpu++)
        gic_init_cpu(cpu);
    CHECK_EQUAL(breaches, 0);
    CHECK_EQUAL(enabled[0] | enabled[1] | going[0] | going[1], 0);
    CHECK_EQUAL(group[0] & group[1] & group[2] & group[3], ~0u);
    CHECK_EQUAL(config[0][0] | config[0][1] | config[1][0] | config[1][1] | config[3][1], 0);
    CHECK_EQUAL(enabled[2], 1u << INTID_SGI_KICK | 7u << INTID_MAINTENANCE);
    CHECK_EQUAL(enabled[3], enabled[2]);

    gic_set_edge(40);
    CHECK_EQUAL(config[0][0], 2u << 16);
    gic_enable_spi(40, 1);
    CHECK_EQUAL(enabled[0], 1u << 8);
    gic_enable_spi(40, 0); /* another route while it is on */
    gic_reset_spi(40);
    CHECK_EQUAL(enabled[0] | going[0], 0);
    CHECK_EQUAL(breaches, 0);
    CHECK_EQUAL(unknown, 0);
    return check_result();
}
