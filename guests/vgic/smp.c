/* SPDX-License-Identifier: Apache-2.0 */
/* One domain on two CPUs: interrupts between its vCPUs, and the redistributor of the other one. */
#include "gic.h"

enum { PING = 5, PONG = 6, STOP = 7, ROUNDS = 50 };
#define AFF_OTHERS (1u << 8) /* upper word of ICC_SGI1R: IRM */

static volatile uint32_t ready, running;

static void send_to(uint32_t low, uint32_t high)
{
    icc_write_sgi1r((uint64_t)high << 32 | low);
}

static void answer(uint32_t intid)
{
    (void)intid;
    irq_send_sgi(PONG, 0);
}

static void stop(uint32_t intid)
{
    (void)intid;
    running = 0;
}

/* vCPU 1: answers each PING with a PONG until STOP. */
static void serve(void *argument)
{
    (void)argument;
    irq_init();
    irq_set_handler(PING, answer);
    irq_enable_source(PING);
    irq_set_handler(STOP, stop);
    irq_enable_source(STOP);
    running = 1;
    ready = 1;
    irq_unmask();
    while (running)
        relax();
    irq_mask();
}

static void start_server(void (*function)(void *))
{
    irq_init();
    enable_noted(PONG, 0xa0);
    require_eq(cpu_start(1, function, NULL), 0);
    spin_until(ready);
}

TEST(vgic, sgis_reach_the_other_vcpu_and_come_back, IDS "S0-08", WHY "ICC_SGI1R traps and crosses CPUs",
     NEEDS "system=smp-dom")
{
    start_server(serve);
    irq_unmask();
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        irq_send_sgi(PING, 1);
        spin_until(taken.count >= round);
    }
    irq_send_sgi(STOP, 1);
    spin_until(cpu_is_off(1));
    irq_mask();
    expect_eq(irq_count(1, PING), ROUNDS);
    expect_eq(taken.count, ROUNDS);
}

/* vCPU 1 sleeps between interrupts. */
static void serve_asleep(void *argument)
{
    (void)argument;
    irq_init();
    irq_set_handler(PING, answer);
    irq_enable_source(PING);
    irq_set_handler(STOP, stop);
    irq_enable_source(STOP);
    running = 1;
    ready = 1;
    while (running) {
        wait_for_interrupt();
        take_interrupts();
    }
}

TEST(vgic, an_sgi_wakes_a_sleeping_vcpu, IDS "S0-08", WHY "WFI on another CPU", NEEDS "system=smp-dom")
{
    start_server(serve_asleep);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        irq_send_sgi(PING, 1);
        while (taken.count < round) {
            wait_for_interrupt();
            take_interrupts();
        }
    }
    irq_send_sgi(STOP, 1);
    spin_until(cpu_is_off(1));
    expect_eq(taken.count, ROUNDS);
}

TEST(vgic, an_sgi_to_all_others_leaves_the_sender_out, IDS "S0-08", WHY "the IRM bit", NEEDS "system=smp-dom")
{
    start_server(serve);
    enable_noted(PING, 0xa0);
    irq_unmask();
    send_to(PING << 24, AFF_OTHERS);
    spin_until(taken.count >= 1);
    irq_mask();
    expect_eq(irq_count(1, PING), 1);
    expect_eq(irq_count(0, PING), 0);
}

TEST(vgic, one_sgi_can_go_to_several_vcpus, IDS "S0-08", WHY "the target list", NEEDS "system=smp-dom")
{
    start_server(serve);
    enable_noted(PING, 0xa0);
    irq_unmask();
    send_to(PING << 24 | 3, 0);
    spin_until(taken.count >= 2);
    irq_mask();
    expect_eq(irq_count(1, PING), 1);
    expect_eq(irq_count(0, PING), 1);
}

TEST(vgic, an_sgi_to_nobody_is_ignored, IDS "S0-08", WHY "vCPUs and clusters that do not exist", NEEDS "system=smp-dom")
{
    start_server(serve);
    enable_noted(PING, 0xa0);
    irq_unmask();
    send_to(PING << 24 | 0xfffc, 0);
    send_to(PING << 24 | 1 << 16 | 3, 0);
    send_to(PING << 24 | 3, 1);
    send_to(PING << 24 | 3, 1 << 12);
    irq_send_sgi(PING, 1);
    spin_until(taken.count >= 1);
    irq_mask();
    expect_eq(irq_count(1, PING), 1);
    expect_eq(irq_count(0, PING), 0);
}

/* vCPU 1 enables nothing itself. */
static void serve_what_others_enable(void *argument)
{
    (void)argument;
    irq_init();
    irq_set_handler(PING, answer);
    irq_set_handler(STOP, stop);
    irq_enable_source(STOP);
    running = 1;
    ready = 1;
    irq_unmask();
    while (running)
        relax();
    irq_mask();
}

TEST(vgic, the_other_vcpus_redistributor_can_be_configured, IDS "S0-08", WHY "it lives on another CPU",
     NEEDS "system=smp-dom")
{
    start_server(serve_what_others_enable);
    irq_unmask();
    irq_send_sgi(PING, 1);
    delay_ns(20000);
    expect_eq(irq_count(1, PING), 0);
    *priority_byte(1, PING) = 0x80;
    *sgi_frame(1, GIC_ISENABLER) = 1 << PING;
    spin_until(taken.count >= 1);
    *sgi_frame(1, GIC_ISPENDR) = 1 << PING;
    spin_until(taken.count >= 2);
    *sgi_frame(1, GIC_ISENABLER) = 1u << INTID_EVENT_UPCALL;
    *sgi_frame(1, GIC_ISPENDR) = 1u << INTID_EVENT_UPCALL; /* its line is the upcall flag */
    *sgi_frame(1, GIC_ICENABLER) = 1 << PING;
    expect_eq(*sgi_frame(1, GIC_ISENABLER) & 1 << PING, 0);
    irq_send_sgi(STOP, 1);
    spin_until(cpu_is_off(1));
    irq_mask();
    expect_eq(irq_count(1, PING), 2);
    expect_eq(irq_count(1, INTID_EVENT_UPCALL), 0);
}

TEST(vgic, the_distributor_switch_holds_back_both_vcpus, IDS "S0-08", WHY "GICD_CTLR reaches the other CPU",
     NEEDS "system=smp-dom")
{
    start_server(serve);
    *gicd(GICD_CTLR) = 0;
    delay_ns(20000);
    irq_send_sgi(PING, 1);
    delay_ns(20000);
    expect_eq(irq_count(1, PING), 0);
    *gicd(GICD_CTLR) = 2;
    irq_unmask();
    spin_until(taken.count >= 1);
    irq_mask();
    expect_eq(irq_count(1, PING), 1);
}

/* vCPU 1 sleeps with two interrupts pending: one below its mask, one that is not enabled. */
static void sleep_above_one(void *argument)
{
    (void)argument;
    irq_init();
    set_priority_mask(0x80);
    enable_noted(PING, 0xa0);
    irq_set_handler(STOP, stop);
    *priority_byte(1, STOP) = 0x40;
    irq_send_sgi(PING, 1);
    irq_send_sgi(STOP, 1);
    running = 1;
    ready = 1;
    while (running) {
        wait_for_interrupt();
        take_interrupts();
    }
}

/* The other vCPU may share the CPU. */
static void let_it_run(void)
{
    const uint64_t end = now_ns() + 50000;

    while (now_ns() < end)
        sched_yield();
}

static void wake_by_enabling(void)
{
    irq_init();
    require_eq(cpu_start(1, sleep_above_one, NULL), 0);
    while (!ready)
        sched_yield();
    let_it_run();
    *priority_byte(1, PONG) = 0x20; /* looks at what is pending, and nothing of it may be taken */
    let_it_run();
    expect_eq(running, 1);
    *sgi_frame(1, GIC_ISENABLER) = 1 << STOP;
    while (!cpu_is_off(1))
        sched_yield();
    expect_eq(irq_count(1, STOP), 1);
    expect_eq(irq_count(1, PING), 0);
}

TEST(vgic, enabling_an_interrupt_wakes_the_other_vcpu, IDS "S0-08", WHY "its list registers are looked at where it lives",
     NEEDS "system=smp-dom")
{
    wake_by_enabling();
}

TEST(vgic, enabling_an_interrupt_wakes_a_vcpu_of_the_same_cpu, IDS "S0-08", WHY "its list registers are in memory",
     NEEDS "system=two-vcpus")
{
    wake_by_enabling();
}

/* ---- events to a vCPU that is off ---- */

static volatile uint32_t upcalls_seen;

static void wait_for_the_upcall(void *argument)
{
    (void)argument;
    irq_init();
    upcall_enable();
    irq_unmask();
    spin_until(upcall_count(1) > 0);
    irq_mask();
    upcalls_seen = upcall_count(1);
    ready = 1;
}

TEST(vgic, an_event_to_a_vcpu_that_is_off_arrives_when_it_starts, IDS "X-05", WHY "its flag is looked at again",
     NEEDS "system=smp-dom")
{
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(1, event_page(1)), 0);
    const uint32_t port = (uint32_t)evtchn_bind_ipi(1);

    events_quiet(1);
    require_eq(evtchn_send(port), 0);
    delay_ns(20000);
    require_eq(cpu_start(1, wait_for_the_upcall, NULL), 0);
    spin_until(ready);
    expect_eq(upcalls_seen, 1);
    expect_eq(event_count(port), 1);
}
