/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events and the second vCPU of a domain. Its banks are Shareable, so strategy `background`, whose default map
 * is not, cannot be configured here.
 */
#include "loop.h"

static void register_both_in_one_page(void)
{
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(0, event_page(1)), 0);
    require_eq(events_register_vcpu_info(1, (uint8_t *)event_page(1) + 64), 0);
    events_quiet(0);
    events_quiet(1);
}

static void expect_only(uint32_t vcpu, uint64_t selector_bits)
{
    expect_eq(selector(vcpu), selector_bits);
    expect_true(upcall_flag(vcpu));
    expect_eq(selector(1 - vcpu), 0);
    expect_true(!upcall_flag(1 - vcpu));
}

TEST(evtchn, vcpu_infos_of_two_vcpus_share_a_page, IDS "S4-17 S4-16", WHY "64 bytes apart, one page to reach",
     NEEDS "system=smp-dom strategies=window,switch,auto,mask,shared")
{
    register_both_in_one_page();
    uint32_t to_0 = require_port(evtchn_bind_ipi(0));
    uint32_t to_1 = require_port(evtchn_bind_ipi(1));

    expect_eq(evtchn_send(to_1), 0);
    expect_only(1, 1);
    events_quiet(1);
    expect_eq(evtchn_send(to_0), 0);
    expect_only(0, 1);
}

TEST(evtchn, vcpu_infos_of_two_vcpus_lie_in_two_pages, IDS "S4-17 S4-12", WHY "three pages in all",
     NEEDS "system=smp-dom strategies=window,switch,auto,mask,shared")
{
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(0, event_page(1)), 0);
    require_eq(events_register_vcpu_info(1, (uint8_t *)event_page(2) + XEN_PAGE_SIZE - 48), 0);
    events_quiet(0);
    events_quiet(1);
    uint32_t to_1 = require_port(evtchn_bind_ipi(1));

    expect_eq(evtchn_send(to_1), 0);
    expect_only(1, 1);
}

TEST(evtchn, bind_vcpu_moves_later_events, IDS "S4-15", WHY "the port notifies the vCPU it names",
     NEEDS "system=smp-dom strategies=window,switch,auto,mask,shared")
{
    struct evtchn_status_args status;

    register_both_in_one_page();
    struct loop loop = loop_make();

    events_quiet(0);
    expect_eq(evtchn_bind_vcpu(loop.a, 1), 0);
    require_eq(evtchn_status(DOMID_SELF, loop.a, &status), 0);
    expect_eq(status.vcpu, 1);
    expect_eq(evtchn_send(loop.b), 0);
    expect_only(1, 1);
}

TEST(evtchn, bind_vcpu_leaves_a_pending_event_where_it_was_marked, IDS "X-07", WHY "it does not move",
     NEEDS "system=smp-dom")
{
    register_both_in_one_page();
    struct loop loop = loop_make();

    events_quiet(0);
    expect_eq(evtchn_send(loop.b), 0);
    expect_eq(evtchn_bind_vcpu(loop.a, 1), 0);
    expect_only(0, 1);
}

TEST(evtchn, close_sets_the_port_back_to_vcpu_0, IDS "S4-15",
     WHY "the next life starts there", NEEDS "system=smp-dom")
{
    struct evtchn_status_args status;
    uint32_t port = require_port(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF));

    expect_eq(evtchn_bind_vcpu(port, 1), 0);
    expect_eq(evtchn_close(port), 0);
    require_eq(evtchn_status(DOMID_SELF, port, &status), 0);
    expect_eq(status.vcpu, 0);
    expect_eq(evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), port);
    require_eq(evtchn_status(DOMID_SELF, port, &status), 0);
    expect_eq(status.vcpu, 0);
}

TEST(evtchn, a_per_vcpu_virq_binds_on_each_vcpu, IDS "S4-15", WHY "one port for each", NEEDS "system=smp-dom")
{
    struct evtchn_status_args status;
    uint32_t on_0 = require_port(evtchn_bind_virq(VIRQ_TIMER, 0));
    uint32_t on_1 = require_port(evtchn_bind_virq(VIRQ_TIMER, 1));

    require_eq(evtchn_status(DOMID_SELF, on_1, &status), 0);
    expect_eq(status.vcpu, 1);
    expect_eq(evtchn_bind_virq(VIRQ_TIMER, 1), -XEN_EEXIST);
    expect_eq(evtchn_close(on_0), 0);
    expect_eq(evtchn_bind_virq(VIRQ_TIMER, 1), -XEN_EEXIST);
    expect_eq(evtchn_bind_virq(VIRQ_ARGO, 1), -XEN_EINVAL);
    expect_eq(evtchn_bind_virq(VIRQ_TIMER, 2), -XEN_ENOENT);
}

TEST(evtchn, a_vcpu_without_vcpu_info_keeps_its_own_events, IDS "X-04", WHY "nothing leaks, nothing is lost",
     NEEDS "system=smp-dom")
{
    require_eq(events_init(), 0);
    uint32_t to_1 = require_port(evtchn_bind_ipi(1));

    expect_eq(evtchn_send(to_1), 0);
    expect_true(event_is_pending(to_1));
    expect_quiet();
    require_eq(events_register_vcpu_info(1, event_page(1)), 0);
    expect_true(selector(1) & 1u);
    expect_true(upcall_flag(1));
    expect_quiet();
}

static volatile uint32_t ready;

static void take_upcalls(void *argument)
{
    (void)argument;
    irq_init();
    upcall_enable();
    irq_unmask();
    __atomic_store_n(&ready, 1, __ATOMIC_SEQ_CST);
    for (;;)
        wait_for_interrupt();
}

TEST(evtchn, an_ipi_port_interrupts_the_other_vcpu, IDS "S4-15", WHY "the upcall goes to the vCPU of the port",
     NEEDS "system=smp-dom strategies=window,switch,auto,mask,shared")
{
    register_both_in_one_page();
    uint32_t to_1 = require_port(evtchn_bind_ipi(1));

    require_eq(cpu_start(1, take_upcalls, NULL), PSCI_SUCCESS);
    spin_until(ready != 0);
    for (uint32_t round = 1; round <= 5; round++) {
        expect_eq(evtchn_send(to_1), 0);
        spin_until(event_count(to_1) == round);
    }
    expect_eq(upcall_count(0), 0);
    expect_eq(irq_count(0, INTID_EVENT_UPCALL), 0);
}

TEST(evtchn, an_upcall_for_a_vcpu_that_is_off_waits_for_its_start, IDS "X-05", WHY "the flag is looked at again",
     NEEDS "system=smp-dom")
{
    register_both_in_one_page();
    uint32_t to_1 = require_port(evtchn_bind_ipi(1));

    expect_eq(evtchn_send(to_1), 0);
    expect_only(1, 1);
    require_eq(cpu_start(1, take_upcalls, NULL), PSCI_SUCCESS);
    spin_until(event_count(to_1) == 1);
    expect_eq(evtchn_send(to_1), 0);
    spin_until(event_count(to_1) == 2);
}

#define wait_until(condition) \
    do {                      \
        sched_yield();        \
        relax();              \
    } while (!(condition))

static void let_it_run(void)
{
    const uint64_t end = now_ns() + 1000000;

    wait_until(now_ns() >= end);
}

/*
 * The vCPU sleeps with its upcall enabled, and has no vcpu_info yet: the registration marks everything, so the
 * upcall must come at once, for an event that was sent before as well.
 */
static void register_for_a_sleeper(void)
{
    require_eq(events_init(), 0);
    const uint32_t to_1 = require_port(evtchn_bind_ipi(1));

    require_eq(cpu_start(1, take_upcalls, NULL), PSCI_SUCCESS);
    wait_until(ready);
    expect_eq(evtchn_send(to_1), 0);
    let_it_run();
    expect_eq(upcall_count(1), 0);
    require_eq(events_register_vcpu_info(1, event_page(1)), 0);
    wait_until(upcall_count(1) == 1);
    expect_eq(event_count(to_1), 1);
    expect_eq(evtchn_send(to_1), 0);
    wait_until(event_count(to_1) == 2);
    expect_eq(upcall_count(1), 2);
    expect_eq(upcall_count(0), 0);
}

TEST(evtchn, a_vcpu_info_registered_for_a_sleeper_on_another_cpu_wakes_it, IDS "S4-17 X-04",
     WHY "everything may have happened meanwhile", NEEDS "system=smp-dom strategies=window,switch,auto,mask,shared")
{
    register_for_a_sleeper();
}

TEST(evtchn, a_vcpu_info_registered_for_a_sleeper_on_the_same_cpu_wakes_it, IDS "S4-17 X-04",
     WHY "everything may have happened meanwhile", NEEDS "system=two-vcpus strategies=all")
{
    register_for_a_sleeper();
}

static volatile int32_t poll_result = 1;

static void poll_for_ever(void *port)
{
    poll_result = sched_poll(port, 1, 0);
}

TEST(evtchn, an_event_wakes_a_poll_on_another_vcpu, IDS "S4-15 S4-05", WHY "the waker runs on another CPU",
     NEEDS "system=smp-dom strategies=window,switch,auto,mask,shared")
{
    static uint32_t port;

    register_both_in_one_page();
    port = require_port(evtchn_bind_ipi(1));
    require_eq(cpu_start(1, poll_for_ever, &port), PSCI_SUCCESS);
    delay_ns(1000000);
    expect_eq(poll_result, 1);
    expect_eq(evtchn_send(port), 0);
    spin_until(poll_result != 1);
    expect_eq(poll_result, 0);
    spin_until(cpu_is_off(1));
}
