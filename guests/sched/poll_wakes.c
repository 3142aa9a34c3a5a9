/* SPDX-License-Identifier: Apache-2.0 */
/* SCHEDOP_poll beside interrupts, lists of every length, and deadlines of several vCPUs. */
#include "sched.h"
#include "sysreg.h"

enum { SGI = 3, NOTHING = 0, EVERYTHING = 0xff }; /* priority masks */

static const uint64_t far_away = 500000000;

static void take_it(uint32_t intid)
{
    (void)intid;
}

TEST(sched, a_poll_does_not_sleep_while_an_interrupt_is_due, IDS "S4-15", WHY "masked or not, the guest is to see it",
     NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    const uint32_t port = (uint32_t)evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF), ports[] = {port, port, port};

    irq_init();
    irq_set_handler(SGI, take_it);
    irq_enable_source(SGI);
    irq_send_sgi(SGI, 0); /* pending in a list register, and IRQs are masked */
    for (uint32_t nr = 0; nr <= 3; nr++) {
        const uint64_t begin = now_ns();

        expect_eq(sched_poll(ports, nr, begin + far_away), 0);
        expect_true(now_ns() - begin < SHORT_NS);
    }
    expect_eq(irq_count(0, SGI), 0);
    irq_unmask();
    spin_until(irq_count(0, SGI) == 1);
    irq_mask();
    const uint64_t begin = now_ns();

    expect_eq(sched_poll(ports, 3, begin + LONG_NS), 0); /* and now it sleeps */
    expect_true(now_ns() - begin >= LONG_NS);
}

TEST(sched, a_poll_with_interrupts_on_sleeps_like_any_other, IDS "S4-15", WHY "its upcall is enabled, and none is due",
     NEEDS "")
{
    peers_meet();
    irq_init();
    upcall_enable();
    events_quiet(0);
    peer_signal(0);
    irq_unmask();
    const uint32_t port = peer_port(1);
    const uint64_t begin = now_ns();

    expect_eq(sched_poll(&port, 1, begin + far_away), 0);
    expect_true(now_ns() - begin < LONG_NS);
    irq_mask();
    expect_eq(event_count(peer_port(1)), 1); /* the poll was woken, the upcall taken */
}

PEER(2, sched, a_poll_with_interrupts_on_sleeps_like_any_other)
{
    peers_meet();
    peer_wait(0);
    peer_signal(1);
}

static void set_priority_mask(uint32_t mask)
{
    icc_write_pmr(mask);
    __asm__ volatile("isb" ::: "memory");
}

/* The upcall is pending, and the guest's own priority mask holds it up: it is to come as soon as the guest lets it. */
TEST(sched, a_poll_with_interrupts_on_ends_at_once_when_an_upcall_is_due, IDS "S4-15", WHY "the event that it is for came before",
     NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    const uint32_t port = (uint32_t)evtchn_bind_ipi(0), quiet[] = {(uint32_t)evtchn_bind_ipi(0), (uint32_t)evtchn_bind_ipi(0)};

    irq_init();
    upcall_enable();
    events_quiet(0);
    set_priority_mask(NOTHING);
    irq_unmask();
    expect_eq(evtchn_send(port), 0);
    for (uint32_t nr = 0; nr <= 2; nr++) {
        const uint64_t begin = now_ns();

        expect_eq(sched_poll(quiet, nr, begin + far_away), 0);
        expect_true(now_ns() - begin < SHORT_NS);
    }
    irq_mask();
    const uint64_t begin = now_ns();

    expect_eq(sched_poll(quiet, 1, begin + LONG_NS), 0); /* with IRQs off no upcall comes, and the poll sleeps */
    expect_true(now_ns() - begin >= LONG_NS);
    expect_eq(upcall_count(0), 0);
    set_priority_mask(EVERYTHING);
    irq_unmask();
    spin_until(upcall_count(0) == 1);
    irq_mask();
    expect_eq(event_count(port), 1);
}

TEST(sched, poll_finds_a_pending_port_anywhere_in_its_list, IDS "S4-15", WHY "lists of odd and even length, first to last",
     NEEDS "system=solo")
{
    enum { MOST = 5 };
    uint32_t ports[MOST];

    require_eq(events_init(), 0);
    for (uint32_t i = 0; i < MOST; i++)
        ports[i] = (uint32_t)evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);
    for (uint32_t nr = 2; nr <= MOST; nr++) {
        for (uint32_t at = 0; at < nr; at++) {
            const uint64_t begin = now_ns();

            event_set(ports[at]);
            expect_eq(sched_poll(ports, nr, begin + far_away), 0);
            expect_true(now_ns() - begin < SHORT_NS);
            expect_true(event_clear(ports[at]));
        }
    }
}

/* ---- two vCPUs of a CPU, each with a deadline ---- */

static volatile uint64_t late[2];

static void poll_to_a_deadline(uint64_t deadline)
{
    expect_eq(sched_poll(NULL, 0, deadline), 0);
    late[this_cpu()] = now_ns() - deadline;
}

static void poll_first(void *deadline)
{
    poll_to_a_deadline(*(const uint64_t *)deadline);
}

TEST(sched, each_vcpu_of_a_cpu_has_a_deadline_of_its_own, IDS "S4-15", WHY "the nearest one is programmed, then the next",
     NEEDS "system=two-vcpus")
{
    static uint64_t deadline;

    late[0] = late[1] = UINT64_MAX;
    deadline = now_ns() + LONG_NS;
    require_eq(cpu_start(1, poll_first, &deadline), PSCI_SUCCESS);
    poll_to_a_deadline(deadline + LONG_NS);
    expect_true(late[1] < SHORT_NS); /* it was served when the first of the two was due */
    expect_true(late[0] < SHORT_NS);
}
