/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts of a guest: the GICv3 that its tree describes (emulated distributor and redistributors, ICC_*
 * registers), one handler for each INTID, and counters that tests read.
 */
#include "internal.h"
#include "sysreg.h"

enum { NR_INTIDS = 128, FIRST_SPI = 32, INTID_SPURIOUS = 1020 };
enum { GICD_CTLR_ENABLE_GROUP1 = 1 << 1, GICD_CTLR_ARE = 1 << 4 };
enum {
    GICR_STRIDE = 0x20000,
    GICR_WAKER = 0x14,
    GICR_WAKER_SLEEP = 1 << 1,
    GICR_WAKER_ASLEEP = 1 << 2,
    SGI_FRAME = 0x10000,
};
/* The same in the distributor and in the SGI frame of a redistributor. */
enum { IGROUPR = 0x80, ISENABLER = 0x100, ICENABLER = 0x180, ISPENDR = 0x200, IPRIORITYR = 0x400 };
enum { DEFAULT_PRIORITY = 0xa0 };

static irq_handler_t handlers[NR_INTIDS];
static volatile uint32_t counts[FP_MAX_CPUS][NR_INTIDS];
static volatile uint32_t spurious;

static volatile uint32_t *reg32(uintptr_t address)
{
    return (volatile uint32_t *)address;
}

static uintptr_t redistributor(void)
{
    return machine.gicr + this_cpu() * GICR_STRIDE;
}

/* The frame that holds this INTID's registers for the calling vCPU. */
static uintptr_t frame_of(uint32_t intid)
{
    return intid < FIRST_SPI ? redistributor() + SGI_FRAME : machine.gicd;
}

static volatile uint32_t *word_of(uint32_t intid, uint32_t registers)
{
    return reg32(frame_of(intid) + registers + intid / 32 * 4);
}

static uint32_t bit_of(uint32_t intid)
{
    return 1u << intid % 32;
}

static void barrier(void)
{
    __asm__ volatile("dsb sy\n\tisb" ::: "memory");
}

static void init_cpu_interface(void)
{
    icc_enable_system_registers();
    icc_write_pmr(0xff);
    icc_write_igrpen1(1);
}

void irq_init(void)
{
    volatile uint32_t *waker = reg32(redistributor() + GICR_WAKER);

    require_true(machine.gicd != 0);
    *reg32(machine.gicd) = GICD_CTLR_ENABLE_GROUP1 | GICD_CTLR_ARE;
    *waker &= ~(uint32_t)GICR_WAKER_SLEEP;
    spin_until((*waker & GICR_WAKER_ASLEEP) == 0);
    *word_of(0, IGROUPR) = ~0u;
    init_cpu_interface();
}

void irq_set_priority(uint32_t intid, uint8_t priority)
{
    *(volatile uint8_t *)(frame_of(intid) + IPRIORITYR + intid) = priority;
    barrier();
}

void irq_set_handler(uint32_t intid, irq_handler_t handler)
{
    handlers[intid] = handler;
}

void irq_enable_source(uint32_t intid)
{
    irq_set_priority(intid, DEFAULT_PRIORITY);
    if (intid >= FIRST_SPI)
        *word_of(intid, IGROUPR) |= bit_of(intid);
    *word_of(intid, ISENABLER) = bit_of(intid);
    barrier();
}

void irq_disable_source(uint32_t intid)
{
    *word_of(intid, ICENABLER) = bit_of(intid);
    barrier();
}

/* Some hypervisors hold an interrupt that was due once, though its line is down again. */
void irq_drop(uint32_t intid)
{
    if (icc_read_hppir1() == intid && icc_read_iar1() == intid)
        icc_write_eoir1(intid);
}

bool irq_is_pending(uint32_t intid)
{
    return (*word_of(intid, ISPENDR) & bit_of(intid)) != 0;
}

void irq_send_sgi(uint32_t intid, uint32_t cpu)
{
    icc_write_sgi1r(intid << 24 | 1u << cpu);
}

uint32_t irq_count(uint32_t cpu, uint32_t intid)
{
    return counts[cpu][intid];
}

uint32_t irq_spurious_count(void)
{
    return spurious;
}

void fp_irq(void)
{
    const uint32_t intid = icc_read_iar1();

    if (intid >= INTID_SPURIOUS) {
        spurious++;
        return;
    }
    __asm__ volatile("dsb sy" ::: "memory");
    if (intid < NR_INTIDS) {
        counts[this_cpu() & (FP_MAX_CPUS - 1)][intid]++;
        if (handlers[intid] != NULL)
            handlers[intid](intid);
    }
    icc_write_eoir1(intid);
}
