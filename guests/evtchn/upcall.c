/* SPDX-License-Identifier: Apache-2.0 */
/* The upcall interrupt, PPI 31, on one vCPU. */
#include "loop.h"

static struct loop loop_with_irq(void)
{
    struct loop loop = loop_start();

    hypercall_xen_version(XENVER_version, NULL); /* the line follows the flag at the latest now */
    irq_init();
    upcall_enable();
    irq_unmask();
    return loop;
}

/* Long enough for an interrupt that is due: the GIC takes it at the next instruction. */
static void let_interrupts_come(void)
{
    for (uint32_t i = 0; i < 100; i++)
        relax();
}

TEST(evtchn, the_tree_names_ppi_31_for_the_upcall, IDS "S0-09", WHY "a guest that knows nothing else finds it",
     NEEDS "system=solo")
{
    expect_eq(machine.upcall_intid, INTID_EVENT_UPCALL);
}

TEST(evtchn, an_event_raises_one_upcall, IDS "S4-15 X-06", WHY "one interrupt for each 0 to 1 of the flag",
     NEEDS "system=solo")
{
    struct loop loop = loop_with_irq();

    for (uint32_t sent = 1; sent <= 5; sent++) {
        expect_eq(evtchn_send(loop.b), 0);
        let_interrupts_come();
        expect_eq(upcall_count(0), sent);
        expect_eq(event_count(loop.a), sent);
    }
    expect_eq(event_count(loop.b), 0);
}

TEST(evtchn, a_masked_port_raises_no_upcall, IDS "S4-15", WHY "until it is unmasked", NEEDS "system=solo")
{
    struct loop loop = loop_with_irq();

    event_mask(loop.a);
    expect_eq(evtchn_send(loop.b), 0);
    let_interrupts_come();
    expect_eq(upcall_count(0), 0);
    expect_eq(evtchn_unmask(loop.a), 0);
    let_interrupts_come();
    expect_eq(upcall_count(0), 1);
    expect_eq(event_count(loop.a), 1);
}

static uint32_t forgetful_upcalls;

static void forget_the_flag_twice(uint32_t intid)
{
    (void)intid;
    if (++forgetful_upcalls == 3)
        event_scan(0);
}

TEST(evtchn, an_eoi_with_the_flag_still_set_raises_it_again, IDS "X-06", WHY "the upcall is a level, not a pulse",
     NEEDS "system=solo")
{
    struct loop loop = loop_with_irq();

    upcall_set_handler(forget_the_flag_twice);
    expect_eq(evtchn_send(loop.b), 0);
    let_interrupts_come();
    expect_eq(forgetful_upcalls, 3);
    expect_eq(event_count(loop.a), 1);
}

TEST(evtchn, a_flag_cleared_before_the_interrupt_takes_the_line_down, IDS "X-06",
     WHY "the line is the flag, looked at on every entry", NEEDS "system=solo")
{
    struct loop loop = loop_with_irq();

    irq_mask();
    expect_eq(evtchn_send(loop.b), 0);
    event_scan(0);
    hypercall_xen_version(XENVER_version, NULL);
    irq_unmask();
    let_interrupts_come();
    expect_eq(upcall_count(0), 0);
    expect_eq(event_count(loop.a), 1);
}

TEST(evtchn, an_event_waits_for_unmasked_irqs, IDS "S4-15", WHY "the CPU's own mask is the upcall mask on Arm",
     NEEDS "system=solo")
{
    struct loop loop = loop_with_irq();

    irq_mask();
    expect_eq(evtchn_send(loop.b), 0);
    let_interrupts_come();
    expect_eq(upcall_count(0), 0);
    irq_unmask();
    let_interrupts_come();
    expect_eq(upcall_count(0), 1);
    expect_eq(event_count(loop.a), 1);
}

TEST(evtchn, an_event_waits_for_the_enabled_source, IDS "S4-15", WHY "the redistributor decides, not the hypervisor",
     NEEDS "system=solo")
{
    struct loop loop = loop_with_irq();

    upcall_disable();
    expect_eq(evtchn_send(loop.b), 0);
    let_interrupts_come();
    expect_eq(upcall_count(0), 0);
    upcall_enable();
    let_interrupts_come();
    expect_eq(upcall_count(0), 1);
    expect_eq(event_count(loop.a), 1);
}

TEST(evtchn, an_event_before_the_gic_is_set_up_is_delivered_after, IDS "S4-04 X-06",
     WHY "boot order of guests differs",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    expect_eq(evtchn_send(loop.b), 0);
    irq_init();
    upcall_enable();
    irq_unmask();
    let_interrupts_come();
    expect_eq(upcall_count(0), 1);
    expect_eq(event_count(loop.a), 1);
}

TEST(evtchn, one_upcall_can_carry_many_ports, IDS "S4-15", WHY "the flag suppresses what would be the same news",
     NEEDS "system=solo")
{
    enum { PORTS = 200 };

    require_eq(events_init(), 0);
    for (int32_t port = 1; port <= PORTS; port++)
        require_eq(evtchn_bind_ipi(0), port);
    irq_init();
    upcall_enable();
    for (uint32_t port = 1; port <= PORTS; port++)
        expect_eq(evtchn_send(port), 0);
    irq_unmask();
    let_interrupts_come();
    expect_eq(upcall_count(0), 1);
    for (uint32_t port = 1; port <= PORTS; port++)
        expect_eq(event_count(port), 1);
}

static uint32_t resend_port;

static void send_again_once(uint32_t port)
{
    (void)port;
    if (resend_port != 0)
        expect_eq(evtchn_send(resend_port), 0);
    resend_port = 0;
}

TEST(evtchn, an_event_sent_by_its_own_handler_is_delivered, IDS "S4-15 X-06",
     WHY "the bit is cleared before the work, so the send is new", NEEDS "system=solo")
{
    struct loop loop = loop_with_irq();

    resend_port = loop.b;
    event_set_handler(loop.a, send_again_once);
    expect_eq(evtchn_send(loop.b), 0);
    let_interrupts_come();
    expect_eq(event_count(loop.a), 2);
    expect_eq(upcall_count(0), 2);
}

TEST(evtchn, an_event_ends_wfi, IDS "S4-15", WHY "an idle guest sleeps there", NEEDS "system=solo")
{
    struct loop loop = loop_with_irq();

    irq_mask();
    expect_eq(evtchn_send(loop.b), 0);
    wait_for_interrupt();
    irq_unmask();
    let_interrupts_come();
    expect_eq(event_count(loop.a), 1);
}

TEST(evtchn, block_with_an_event_pending_returns_with_irqs_enabled, IDS "X-47", WHY "block unmasks before it looks",
     NEEDS "system=solo")
{
    struct loop loop = loop_with_irq();

    irq_mask();
    expect_eq(evtchn_send(loop.b), 0);
    expect_eq(sched_block(), 0);
    expect_true(!irq_is_masked());
    let_interrupts_come();
    expect_eq(event_count(loop.a), 1);
}

TEST(evtchn, registering_vcpu_info_raises_one_upcall, IDS "S4-16", WHY "the guest scans once, nothing can be missed",
     NEEDS "system=solo")
{
    struct loop loop = loop_with_irq();

    expect_eq(events_register_vcpu_info(0, event_page(1)), 0);
    let_interrupts_come();
    expect_eq(upcall_count(0), 1);
    expect_eq(event_count(loop.a), 0);
    expect_quiet();
}
