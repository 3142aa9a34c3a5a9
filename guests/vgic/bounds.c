/* SPDX-License-Identifier: Apache-2.0 */
/* The emulated registers at their bounds: words of interrupts that do not exist, halves, sizes, other vCPUs. */
#include "gic.h"

enum { SGI = 5, FAR_SGI = 6, DEVICE_SPI = 35, NR_INTIDS = 128 };

TEST(vgic, interrupts_that_do_not_exist_read_zero, IDS "S0-08", WHY "a driver writes whole blocks", NEEDS "system=device")
{
    const uint32_t past_words = 4 * (NR_INTIDS / 32);

    for (uint32_t block = GIC_IGROUPR; block < GIC_IPRIORITYR; block += 0x80) {
        *gicd(block + past_words) = ~0u;
        expect_eq(*gicd(block + past_words), 0);
        *sgi_frame(0, block + 4) = ~0u;
        expect_eq(*sgi_frame(0, block + 4), 0);
    }
    for (uint32_t intid = 0; intid < 2 * NR_INTIDS; intid += NR_INTIDS) { /* the first are the redistributor's */
        *gicd(GIC_IPRIORITYR + intid) = ~0u;
        expect_eq(*gicd(GIC_IPRIORITYR + intid), 0);
        expect_eq(*gicd(GIC_ICFGR + intid / 4), 0);
    }
    *gicd(GICD_IROUTER + 8 * (NR_INTIDS + 1)) = 0;
    expect_eq(*gicd(GICD_IROUTER + 8 * (NR_INTIDS + 1)), 0);
}

TEST(vgic, a_route_is_its_low_half, IDS "S0-08", WHY "Aff3 is not there, Aff0 names a vCPU", NEEDS "system=device")
{
    volatile uint32_t *const route = gicd(GICD_IROUTER + 8 * DEVICE_SPI);

    route[1] = ~0u;
    expect_eq(route[1], 0);
    route[0] = 99; /* no vCPU: nothing changes */
    expect_eq(route[0], 0);
    route[0] = 0;
    expect_eq(route[0], 0);
}

static void store_halfword(void *address)
{
    *(volatile uint16_t *)address = 0;
}

TEST(vgic, a_size_that_a_register_does_not_have_aborts, IDS "S0-08", WHY "a driver's mistake is seen at once",
     NEEDS "system=solo")
{
    uint8_t byte;

    expect_eq(try_read8(machine.gicd + GIC_ISENABLER + 4, &byte).fsr, FSR_DENIED);
    expect_eq(try_write8(machine.gicr + GICR_SGI_FRAME + GIC_ISENABLER, 0).fsr, FSR_DENIED | FSR_WRITE);
    expect_eq(fault_catch(store_halfword, (void *)(machine.gicd + GIC_IPRIORITYR + 40)).fsr, FSR_DENIED | FSR_WRITE);
    expect_eq(try_read8(machine.gicr + GICR_SGI_FRAME + GIC_IPRIORITYR, &byte).kind, FAULT_NONE);
}

TEST(vgic, a_pending_bit_of_a_device_can_be_taken_back, IDS "S0-08 S3-10", WHY "what was written is not lost or stuck",
     NEEDS "system=device")
{
    const uint32_t word = 4 * (DEVICE_SPI / 32), bit = 1u << DEVICE_SPI % 32;

    irq_init();
    irq_set_handler(DEVICE_SPI, note_taken);
    *gicd(GIC_ISPENDR + word) = bit;
    expect_eq(*gicd(GIC_ISPENDR + word), bit);
    *gicd(GIC_ICPENDR + word) = bit;
    expect_eq(*gicd(GIC_ISPENDR + word), 0);
    irq_enable_source(DEVICE_SPI);
    irq_unmask();
    delay_ns(5000);
    expect_eq(taken.count, 0);
    *gicd(GIC_ISPENDR + word) = bit;
    spin_until(taken.count == 1);
    irq_mask();
    expect_eq(*gicd(GIC_ISPENDR + word), 0);
}

/* ---- what cannot be signalled is no reason to stay awake ---- */

enum { NAP_NS = 200000 };

static bool sleeps_through(void)
{
    const uint64_t start = now_ns();

    irq_unmask();
    sched_poll(NULL, 0, start + NAP_NS);
    irq_mask();
    return now_ns() - start >= NAP_NS;
}

static void forbid(bool by_group)
{
    if (by_group)
        icc_write_igrpen1(0);
    else
        set_priority_mask(0);
}

static void allow(void)
{
    icc_write_igrpen1(1);
    set_priority_mask(0xff);
}

TEST(vgic, what_the_masks_hold_back_does_not_end_a_sleep, IDS "S0-08 S4-24", WHY "else an idle guest never idles",
     NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    const int32_t port = evtchn_bind_ipi(0);

    require_true(port > 0);
    irq_init();
    upcall_enable();
    enable_noted(SGI, 0xa0);
    for (uint32_t by_group = 0; by_group < 2; by_group++) {
        forbid(by_group);
        irq_send_sgi(SGI, 0);
        expect_true(sleeps_through());
        expect_eq(taken.count, by_group);
        require_eq(evtchn_send((uint32_t)port), 0);
        expect_true(!sleeps_through()); /* a poll is for events, and one is there */
        expect_eq(event_count((uint32_t)port), by_group);
        allow();
        take_interrupts();
        expect_eq(taken.count, by_group + 1);
        expect_eq(event_count((uint32_t)port), by_group + 1);
    }
}

/* ---- the redistributor of a vCPU on the other CPU ---- */

static volatile uint32_t ready, done;

static void wait_there(void *argument)
{
    (void)argument;
    irq_init();
    enable_noted(FAR_SGI, 0xa0);
    ready = 1;
    irq_unmask();
    spin_until(done);
    irq_mask();
}

TEST(vgic, a_vcpu_on_another_cpu_can_be_sent_its_own_sgi_but_no_upcall, IDS "S0-08",
     WHY "its upcall follows the flag alone", NEEDS "system=smp-dom")
{
    irq_init();
    require_eq(cpu_start(1, wait_there, NULL), 0);
    spin_until(ready);
    *sgi_frame(1, GIC_ISPENDR) = 1u << (machine.upcall_intid & 31);
    *sgi_frame(1, GIC_ISPENDR) = 1u << FAR_SGI;
    spin_until(taken.count == 1);
    expect_eq(taken.intid[0], FAR_SGI);
    *sgi_frame(1, GIC_ICPENDR) = ~0u;
    *sgi_frame(1, GIC_ICACTIVER) = ~0u;
    expect_eq(*sgi_frame(1, GIC_ISPENDR), 0);
    done = 1;
    spin_until(cpu_is_off(1));
    expect_eq(irq_count(1, machine.upcall_intid), 0);
}
