/* SPDX-License-Identifier: Apache-2.0 */
#include "play.h"

static uint8_t info_page[PAGE] __attribute__((aligned(PAGE), section(".bss.page_aligned")));
static volatile uint32_t upcalls_taken;

static int64_t registered(uint64_t gfn, uint32_t offset, uint32_t vcpu)
{
    const struct vcpu_register_vcpu_info request = {.gfn = gfn, .offset = offset};

    return hypercall_vcpu_op(VCPUOP_register_vcpu_info, vcpu, &request);
}

static void registration(void)
{
    const uint64_t gfn = frame((uintptr_t)info_page);

    result(registered(gfn, 0xff0, 0));
    result(registered(gfn, 0x41, 0));
    result(registered(gfn, 0x44, 0));
    result(registered(frame((uintptr_t)NOWHERE), 0, 0));
    result(registered(gfn, 0x40, 5));
    result(registered(gfn, 0x1000, 0));
    result(hypercall_vcpu_op(VCPUOP_register_vcpu_info, 0, NOWHERE));
    result(events_register_vcpu_info(0, info_page + 0x40));
    result(registered(gfn, 0x40, 0));
    result(registered(gfn, 0x80, 0));
}

static void other_commands(void)
{
    static const uint32_t commands[] = {0, 1, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13};

    for (uint32_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        uint64_t *const block = zeros();

        if (commands[i] == VCPUOP_register_runstate_memory_area)
            *block = (uintptr_t)buffer + 1024;
        result(hypercall_vcpu_op(commands[i], 0, block));
    }
    result(hypercall_vcpu_op(3, 5, buffer));
    result(hypercall_vcpu_op(99, 0, NULL));
}

static void polling(uint32_t a)
{
    static const uint32_t many[200], beyond = 4096, none;

    result(sched_yield());
    event_set(a);
    result(sched_poll(&a, 1, 0));
    events_clear(0);
    result(sched_poll(&a, 1, 1));
    result(sched_poll(&beyond, 1, 1));
    result(sched_poll(many, 200, 1));
    result(sched_poll(&none, 1, 1));
    result(sched_poll(NULL, 0, 1));
}

static void take_upcall(uint32_t intid)
{
    (void)intid;
    upcalls_taken++;
    events_quiet(0);
}

static void blocking(uint32_t b)
{
    irq_init();
    upcall_enable();
    upcall_set_handler(take_upcall);
    evtchn_send(b);
    const int32_t answer = sched_block();
    const bool masked = irq_is_masked();

    irq_mask();
    tell("return=%d masked=%u irqs=%u", answer, masked, upcalls_taken);
}

static int64_t watchdog(uint32_t id, uint32_t seconds)
{
    const struct sched_watchdog request = {.id = id, .timeout = seconds};

    return hypercall_sched_op(SCHEDOP_watchdog, &request);
}

static void scheduling(void)
{
    const struct sched_remote_shutdown remote = {.domain_id = 2};
    const struct sched_shutdown code = {.reason = 99};

    result(hypercall_sched_op(SCHEDOP_remote_shutdown, &remote));
    result(hypercall_sched_op(SCHEDOP_shutdown_code, &code));
    result(watchdog(0, 100));
    result(watchdog(1, 0));
    result(watchdog(7, 0));
    result(hypercall_sched_op(99, NULL));
    result(hypercall_sched_op(SCHEDOP_pin_override, zeros()));
    result(hypercall_sched_op(SCHEDOP_shutdown, NOWHERE));
}

TEST(vectors, vcpu, IDS "", WHY "as recorded; the code that is latched on the way counts as a crash", SYSTEM " crash=1")
{
    group_begin("vcpu");
    shared_info_to_hole();
    const uint32_t a = (uint32_t)evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);
    const uint32_t b = (uint32_t)evtchn_bind_interdomain(DOMID_SELF, a);

    registration();
    events_clear(0);
    result(evtchn_send(b));
    other_commands();
    polling(a);
    blocking(b);
    scheduling();
    result(extent(XENMEM_decrease_reservation, frame((uintptr_t)info_page), 0));
    load((uintptr_t)info_page + 0x40);
    event_clear(a);
    result(evtchn_send(b));
    result(extent(XENMEM_populate_physmap, frame((uintptr_t)info_page), 0));
    load((uintptr_t)info_page + 0x40);
}
