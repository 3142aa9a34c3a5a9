/* SPDX-License-Identifier: Apache-2.0 */
/* A passed-through device, the CMSDK dual timer: its registers directly, its SPI through a list register. */
#include "gic.h"

enum {
    TIMER = 0xe0101000, /* its node is the only one the system passes through; 50 MHz */
    TIMER_LOAD = 0x00,
    TIMER_CONTROL = 0x08,
    TIMER_INTCLR = 0x0c,
    TIMER_RIS = 0x10,
    SECOND = 0x20, /* the other timer's registers */
    CONTROL_ONE_SHOT = 1 << 0,
    CONTROL_32_BITS = 1 << 1,
    CONTROL_INTERRUPT = 1 << 5,
    CONTROL_PERIODIC = 1 << 6,
    CONTROL_ENABLE = 1 << 7,
    SPI = 35, /* both timers, combined */
    MICROSECOND = 50,
};

static volatile uint32_t *device(uint32_t offset)
{
    return (volatile uint32_t *)(uintptr_t)((uint32_t)TIMER + offset);
}

static void start(uint32_t ticks, uint32_t mode)
{
    *device(TIMER_CONTROL) = 0;
    *device(TIMER_INTCLR) = 1;
    *device(TIMER_LOAD) = ticks;
    *device(TIMER_CONTROL) = CONTROL_ENABLE | CONTROL_INTERRUPT | CONTROL_32_BITS | mode;
}

static void clear_device(uint32_t intid)
{
    *device(TIMER_INTCLR) = 1;
    note_taken(intid);
}

static void prepare(void)
{
    irq_init();
    irq_set_handler(SPI, clear_device);
    irq_enable_source(SPI);
}

TEST(vgic, a_devices_interrupt_arrives, IDS "S3-10 S3-01", WHY "the first step of pass-through", NEEDS "system=device")
{
    prepare();
    start(10 * MICROSECOND, CONTROL_ONE_SHOT);
    irq_unmask();
    spin_until(taken.count > 0);
    delay_ns(5000);
    irq_mask();
    expect_eq(taken.count, 1);
    expect_eq(taken.intid[0], SPI);
}

TEST(vgic, a_periodic_device_interrupts_every_time, IDS "S3-10", WHY "the guest's EOI lets the next one through",
     NEEDS "system=device")
{
    enum { TIMES = 20 };

    prepare();
    start(10 * MICROSECOND, CONTROL_PERIODIC);
    irq_unmask();
    spin_until(taken.count >= TIMES);
    irq_mask();
    *device(TIMER_CONTROL) = 0;
    expect_eq(irq_count(0, SPI), taken.count);
}

static void clear_at_the_third(uint32_t intid)
{
    note_taken(intid);
    if (taken.count == 3)
        *device(TIMER_INTCLR) = 1;
}

TEST(vgic, a_devices_level_comes_again_until_it_is_cleared, IDS "S3-10", WHY "the line is the device's",
     NEEDS "system=device")
{
    prepare();
    irq_set_handler(SPI, clear_at_the_third);
    start(5 * MICROSECOND, CONTROL_ONE_SHOT);
    irq_unmask();
    spin_until(taken.count >= 3);
    delay_ns(5000);
    irq_mask();
    expect_eq(taken.count, 3);
}

TEST(vgic, a_disabled_device_interrupt_waits, IDS "S3-10", WHY "the enable bit reaches the physical distributor",
     NEEDS "system=device")
{
    prepare();
    irq_disable_source(SPI);
    start(5 * MICROSECOND, CONTROL_ONE_SHOT);
    delay_ns(20000);
    take_interrupts();
    expect_eq(*device(TIMER_RIS), 1);
    expect_eq(taken.count, 0);
    expect_true(irq_is_pending(SPI));
    irq_enable_source(SPI);
    irq_unmask();
    spin_until(taken.count > 0);
    irq_mask();
    expect_eq(taken.count, 1);
}

TEST(vgic, a_device_interrupt_can_be_made_pending_by_software, IDS "S3-10", WHY "drivers test their handlers so",
     NEEDS "system=device")
{
    prepare();
    *gicd(GIC_ISPENDR + 4) = 1 << (SPI - 32);
    irq_unmask();
    spin_until(taken.count > 0);
    irq_mask();
    expect_eq(taken.count, 1);
    expect_true(!irq_is_pending(SPI));
}

TEST(vgic, a_device_interrupt_ends_wfi, IDS "S3-10", WHY "the owner sleeps", NEEDS "system=device")
{
    prepare();
    for (uint32_t round = 1; round <= 5; round++) {
        start(100 * MICROSECOND, CONTROL_ONE_SHOT);
        while (taken.count < round) {
            wait_for_interrupt();
            take_interrupts();
        }
    }
    expect_eq(taken.count, 5);
}

TEST(vgic, a_device_interrupt_is_routed_only_to_vcpus_that_exist, IDS "S3-10", WHY "GICD_IROUTER",
     NEEDS "system=device")
{
    prepare();
    expect_eq(*gicd(GICD_IROUTER + 8 * SPI), 0);
    *gicd(GICD_IROUTER + 8 * SPI) = 1;
    expect_eq(*gicd(GICD_IROUTER + 8 * SPI), 0);
    *gicd(GICD_IROUTER + 8 * SPI) = 0x80000000;
    expect_eq(*gicd(GICD_IROUTER + 8 * SPI), 0);
    start(5 * MICROSECOND, CONTROL_ONE_SHOT);
    irq_unmask();
    spin_until(taken.count > 0);
    irq_mask();
}

static void look_and_clear(uint32_t intid)
{
    expect_eq(*gicd(GIC_ISACTIVER + 4), 1 << (SPI - 32));
    clear_device(intid);
}

TEST(vgic, a_device_interrupt_is_active_in_its_handler, IDS "S3-10", WHY "ISACTIVER of an SPI", NEEDS "system=device")
{
    prepare();
    irq_set_handler(SPI, look_and_clear);
    start(5 * MICROSECOND, CONTROL_ONE_SHOT);
    irq_unmask();
    spin_until(taken.count > 0);
    irq_mask();
    expect_eq(*gicd(GIC_ISACTIVER + 4), 0);
    expect_eq(taken.count, 1);
}

/* SGIs that nobody takes yet hold `held` list registers of the three when the device fires. */
static void fire_behind(uint32_t held)
{
    enum { FIRST_SGI = 1 };
    const uint32_t before = taken.count;

    for (uint32_t i = 0; i < held; i++)
        irq_send_sgi(FIRST_SGI + i, 0);
    start(5 * MICROSECOND, CONTROL_ONE_SHOT);
    delay_ns(20000);
    expect_eq(*device(TIMER_RIS), 1);
    expect_eq(taken.count, before);
    irq_unmask();
    spin_until(taken.count > before + held);
    irq_mask();
    expect_eq(taken.count, before + held + 1);
    for (uint32_t i = 0; i < held; i++)
        expect_eq(taken.intid[before + i], FIRST_SGI + i);
    expect_eq(taken.intid[before + held], SPI);
}

TEST(vgic, a_device_interrupt_waits_behind_others, IDS "S3-10 S0-08", WHY "any list register carries it, or none is free",
     NEEDS "system=device")
{
    enum { LIST_REGISTERS = 3 };

    prepare();
    for (uint32_t i = 1; i <= LIST_REGISTERS + 1; i++)
        enable_noted(i, 0x40 + 8 * i);
    for (uint32_t held = 0; held <= LIST_REGISTERS + 1; held++)
        fire_behind(held);
    expect_eq(irq_count(0, SPI), LIST_REGISTERS + 2);
}

static void clear_both(uint32_t intid)
{
    *device(TIMER_INTCLR) = 1;
    *device(SECOND + TIMER_INTCLR) = 1;
    note_taken(intid);
}

TEST(vgic, all_interrupts_of_a_device_can_be_due_at_once, IDS "S3-10", WHY "each is in a list register when the first is taken",
     NEEDS "system=device")
{
    enum { FIRST_SPI = SPI - 2 }; /* of the first timer; then the second's, then both combined */

    prepare();
    for (uint32_t intid = FIRST_SPI; intid <= SPI; intid++) {
        irq_set_handler(intid, clear_both);
        irq_enable_source(intid);
    }
    *device(SECOND + TIMER_LOAD) = 5 * MICROSECOND;
    *device(SECOND + TIMER_CONTROL) = CONTROL_ENABLE | CONTROL_INTERRUPT | CONTROL_32_BITS | CONTROL_ONE_SHOT;
    start(5 * MICROSECOND, CONTROL_ONE_SHOT);
    delay_ns(20000);
    irq_unmask();
    spin_until(taken.count >= 3);
    delay_ns(5000);
    irq_mask();
    expect_eq(taken.count, 3);
    for (uint32_t intid = FIRST_SPI; intid <= SPI; intid++)
        expect_eq(irq_count(0, intid), 1);
}

TEST(vgic, only_the_devices_own_spis_are_there, IDS "S3-10", WHY "their neighbours are other devices'",
     NEEDS "system=device")
{
    enum { OWN = 7 << (SPI - 32 - 2) }; /* one for each timer, and both combined */

    *gicd(GIC_ISENABLER + 4) = ~0u;
    expect_eq(*gicd(GIC_ISENABLER + 4), OWN);
    *gicd(GIC_ICENABLER + 4) = ~0u;
    expect_eq(*gicd(GIC_ISENABLER + 4), 0);
}

/* The SPI is in a list register when the guest takes it back: the physical one must not stay active for ever. */
TEST(vgic, a_device_interrupt_that_was_taken_back_comes_again, IDS "S3-10", WHY "GICD_ICPENDR of what is listed",
     NEEDS "system=device")
{
    prepare();
    for (uint32_t round = 1; round <= 3; round++) {
        start(5 * MICROSECOND, CONTROL_ONE_SHOT);
        delay_ns(20000);
        expect_true(irq_is_pending(SPI));
        *device(TIMER_INTCLR) = 1;
        *gicd(GIC_ICPENDR + 4) = 1 << (SPI - 32);
        expect_true(!irq_is_pending(SPI));
        take_interrupts();
        expect_eq(taken.count, round - 1);
        start(5 * MICROSECOND, CONTROL_ONE_SHOT);
        irq_unmask();
        spin_until(taken.count >= round);
        irq_mask();
    }
    expect_eq(taken.count, 3);
}

static volatile uint32_t ready;

static void serve_the_device(void *argument)
{
    (void)argument;
    irq_init();
    ready = 1;
    irq_unmask();
    while (irq_count(1, SPI) < 3)
        relax();
    irq_mask();
    ready = 2;
}

TEST(vgic, a_device_interrupt_can_be_routed_to_a_vcpu_on_another_cpu, IDS "S3-10",
     WHY "the physical route follows GICD_IROUTER", NEEDS "system=device-smp")
{
    prepare();
    require_eq(cpu_start(1, serve_the_device, NULL), 0);
    spin_until(ready);
    *gicd(GICD_IROUTER + 8 * SPI) = 1;
    expect_eq(*gicd(GICD_IROUTER + 8 * SPI), 1);
    start(10 * MICROSECOND, CONTROL_PERIODIC);
    irq_unmask();
    spin_until(ready == 2);
    irq_mask();
    *device(TIMER_CONTROL) = 0;
    expect_true(irq_count(1, SPI) >= 3);
    expect_eq(irq_count(0, SPI), 0);
}

TEST(vgic, a_device_interrupt_routed_to_a_vcpu_that_is_off_waits_for_it, IDS "S3-10",
     WHY "nothing is lost, nobody else gets it", NEEDS "system=device-smp")
{
    prepare();
    *gicd(GICD_IROUTER + 8 * SPI) = 1;
    start(5 * MICROSECOND, CONTROL_PERIODIC);
    irq_unmask();
    delay_ns(50000);
    irq_mask();
    expect_eq(irq_count(0, SPI), 0);
    require_eq(cpu_start(1, serve_the_device, NULL), 0);
    spin_until(ready == 2);
    *device(TIMER_CONTROL) = 0;
    expect_true(irq_count(1, SPI) >= 3);
}
