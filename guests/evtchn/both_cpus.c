/* SPDX-License-Identifier: Apache-2.0 */
/* A receiver with vCPUs on both CPUs: its pages are reached one after the other, with atomic updates. */
#include "fencepost.h"

static volatile int32_t sent = 1;

static void send_now(void *unused)
{
    (void)unused;
    sent = evtchn_send(peer_port(1));
}

static void send_from(uint32_t vcpu)
{
    peers_meet();
    peer_wait(0);
    if (vcpu == 0)
        send_now(NULL);
    else
        require_eq(cpu_start(vcpu, send_now, NULL), PSCI_SUCCESS);
    spin_until(sent != 1);
    expect_eq(sent, 0);
    peer_signal(0);
    peer_wait(0);
}

/* Lane 1 is unmasked, so that selector and flag are its news; lane 0 is masked. */
static void look_at_two_pages(void)
{
    require_eq(events_init(), 0);
    require_eq(events_register_vcpu_info(0, event_page(1)), 0);
    event_mask(peer_port(0));
    peers_meet();
    irq_init();
    events_quiet(0);
    upcall_enable();
    peer_signal(0);
    peer_wait(0);
    expect_eq(selector(0), 1);
    expect_true(upcall_flag(0));
    expect_true(event_is_pending(peer_port(1)));
    expect_eq(upcall_count(0), 0);
    irq_unmask();
    expect_eq(upcall_count(0), 1);
    irq_mask();
    expect_eq(event_count(peer_port(1)), 1);
    peer_signal(0);
}

#define MARKS_TWO_PAGES(name, vcpu, why, needs)                        \
    TEST(evtchn, name, IDS "S4-05 S4-08 S4-17", WHY why, NEEDS needs)   \
    {                                                                  \
        send_from(vcpu);                                               \
    }                                                                  \
                                                                       \
    PEER(2, evtchn, name)                                              \
    {                                                                  \
        look_at_two_pages();                                           \
    }

#define EVERY "strategies=window,window-domain,switch,switch-entry,auto,mask,shared"

MARKS_TWO_PAGES(a_send_to_a_domain_on_both_cpus_marks_two_pages, 0, "the sender's CPU reaches both", "system=smp-peers " EVERY)
MARKS_TWO_PAGES(a_send_from_the_other_cpu_marks_two_pages, 1, "the receiver waits while another vCPU runs",
                "system=smp-peers " EVERY)
MARKS_TWO_PAGES(a_send_to_a_domain_on_both_cpus_may_have_two_windows, 0, "one stays where it is, or both are open",
                "system=smp-windows strategies=window,auto")
