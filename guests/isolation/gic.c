/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupt controller a guest sees is not the machine's. */
#include "places.h"
#include "sysreg.h"

enum { GICD_CTLR = 0, ISENABLER = 0x100, ICENABLER = 0x180, ISPENDR = 0x200, IPRIORITYR = 0x400, IROUTER = 0x6000 };
enum { SPI_WORDS = 3, GICR_STRIDE = 0x20000, SGI_FRAME = 0x10000 };

static volatile uint32_t *distributor(uint32_t offset)
{
    return (volatile uint32_t *)(machine.gicd + offset);
}

TEST(isolation, spis_of_other_devices_cannot_be_enabled, IDS "S4-23", WHY "they are the hypervisor's or another domain's",
     NEEDS "strategies=all")
{
    for (uint32_t word = 1; word <= SPI_WORDS; word++) {
        *distributor(ISENABLER + 4 * word) = ~0u;
        expect_eq(*distributor(ISENABLER + 4 * word), 0);
        *distributor(ISPENDR + 4 * word) = ~0u;
        expect_eq(*distributor(ISPENDR + 4 * word), 0);
        *distributor(ICENABLER + 4 * word) = ~0u;
    }
}

TEST(isolation, spis_of_other_devices_cannot_be_routed, IDS "S4-23", WHY "an interrupt would move to another CPU", NEEDS "")
{
    for (uint32_t intid = 32; intid < 128; intid += 5) {
        *distributor(IROUTER + 8 * intid) = 1;
        expect_eq(*distributor(IROUTER + 8 * intid), 0);
        *distributor(IPRIORITYR + (intid & ~3u)) = 0xf8f8f8f8u;
        expect_eq(*distributor(IPRIORITYR + (intid & ~3u)), 0);
    }
}

TEST(isolation, a_distributor_switched_off_stops_only_its_own_domain, IDS "S4-23", WHY "each domain has its own", NEEDS "")
{
    irq_init();
    peers_meet();
    *distributor(GICD_CTLR) = 0;
    *(volatile uint32_t *)(machine.gicr + SGI_FRAME + ICENABLER) = ~0u;
    *(volatile uint32_t *)(machine.gicr + SGI_FRAME + IPRIORITYR + 24) = 0xf8f8f8f8u; /* its own timers' priorities */
    peer_signal(1);
    peer_wait(1);
}

static void disarm_timer(uint32_t intid)
{
    (void)intid;
    timer_disarm();
}

PEER(2, isolation, a_distributor_switched_off_stops_only_its_own_domain)
{
    irq_init();
    irq_set_handler(INTID_TIMER, disarm_timer);
    irq_enable_source(INTID_TIMER);
    peers_meet();
    peer_wait(1);
    timer_arm_ns(100000);
    irq_unmask();
    delay_ns(200000);
    irq_mask();
    expect_eq(irq_count(0, INTID_TIMER), 1);
    peer_signal(1);
}

TEST(isolation, redistributors_of_other_cpus_do_not_answer, IDS "S4-23", WHY "a domain has one for each of its vCPUs",
     NEEDS "strategies=all")
{
    expect_denied(READ, machine.gicr + GICR_STRIDE, "the next redistributor");
    expect_denied(WRITE, machine.gicr + GICR_STRIDE + SGI_FRAME + ISENABLER, "the next redistributor");
    expect_denied(READ, machine.gicd + 0x10000, "behind the distributor");
    expect_denied(READ, machine.gicr - 4, "below the redistributors");
}

TEST(isolation, an_sgi_reaches_the_own_domain_only, IDS "S4-23", WHY "both domains have a vCPU 0", NEEDS "")
{
    irq_init();
    irq_enable_source(5);
    peers_meet();
    irq_send_sgi(5, 0);
    icc_write_sgi1r(1ull << 40 | 5u << 24 | 0xffffu); /* all but self */
    irq_unmask();
    spin_until(irq_count(0, 5) > 0);
    irq_mask();
    expect_eq(irq_count(0, 5), 1);
    peer_signal(1);
    peer_wait(1);
}

PEER(2, isolation, an_sgi_reaches_the_own_domain_only)
{
    irq_init();
    irq_enable_source(5);
    peers_meet();
    peer_wait(1);
    expect_true(!irq_is_pending(5));
    irq_unmask();
    irq_mask();
    expect_eq(irq_count(0, 5), 0);
    peer_signal(1);
}
