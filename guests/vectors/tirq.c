/* SPDX-License-Identifier: Apache-2.0 */
#include "play.h"
#include "sysreg.h"

/* Interrupts are polled: masked for ever, acknowledged one by one. */
static void acknowledge(void)
{
    const uint32_t intid = icc_read_iar1();

    tell("intid=%u", intid);
    if (intid == INTID_EVENT_UPCALL) {
        upcall_clear(0);
        icc_write_eoir1(intid);
    }
}

static void acknowledge_only(void)
{
    const uint32_t intid = icc_read_iar1();

    tell("intid=%u", intid);
    if (intid == INTID_EVENT_UPCALL)
        icc_write_eoir1(intid);
}

static void start(void)
{
    group_begin("tirq");
    shared_info_to_hole();
    irq_init();
    irq_enable_source(INTID_EVENT_UPCALL);
}

TEST(vectors, tirq, IDS "", WHY "as recorded", SYSTEM)
{
    start();
    acknowledge_only();
    acknowledge_only();
    const uint32_t a = (uint32_t)evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);
    const uint32_t b = (uint32_t)evtchn_bind_interdomain(DOMID_SELF, a);
    events_clear(0);
    acknowledge_only();
    result(evtchn_send(b));
    acknowledge_only();
    acknowledge_only();
    upcall_clear(0);
    acknowledge_only();
    acknowledge_only();
    result(evtchn_send(b));
    acknowledge_only();
    events_clear(0);
    result(evtchn_send(b));
    acknowledge();
    acknowledge_only();
    events_clear(~0ull);
    result(evtchn_send(b));
    acknowledge_only();
    result(evtchn_unmask(a));
    acknowledge();
}
