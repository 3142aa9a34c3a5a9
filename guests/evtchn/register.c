/* SPDX-License-Identifier: Apache-2.0 */
/* Where shared_info and vcpu_info may lie, what registration does to the page, and what it refuses. */
#include "loop.h"

enum { HOLE = 0x18000000, HYPERVISOR = HV(0x10000000), GIC = (int)0xf0000000, UART = (int)0xe0205000 };
enum { WALL_CLOCK_START = 1072, WALL_CLOCK_END = 1088 };

static int32_t add_shared_info(uint64_t gfn)
{
    const struct xen_add_to_physmap request = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info, .gpfn = gfn};

    return hypercall_memory_op(XENMEM_add_to_physmap, &request);
}

static int32_t add_vcpu_info(uint32_t vcpu, uint64_t gfn, uint32_t offset)
{
    const struct vcpu_register_vcpu_info request = {.gfn = gfn, .offset = offset};

    return hypercall_vcpu_op(VCPUOP_register_vcpu_info, vcpu, &request);
}

static void expect_events_work(void)
{
    struct loop loop = loop_make();

    events_quiet(0);
    expect_eq(evtchn_send(loop.b), 0);
    expect_delivered(loop.a);
    event_mask(loop.b);
    expect_eq(evtchn_send(loop.a), 0);
    expect_true(event_is_pending(loop.b));
}

static void check_shared_info_at(uint64_t address)
{
    require_eq(events_register_shared_info((void *)(uintptr_t)(uint32_t)address), 0);
    expect_events_work();
}

static uint64_t bank_base(uint32_t bank)
{
    return machine.bank[bank].base;
}

static uint64_t last_page_of(uint32_t bank)
{
    return machine.bank[bank].base + machine.bank[bank].size - XEN_PAGE_SIZE;
}

/* The first page of bank 0 holds the start code of this image, which is not needed any more. */
TEST(evtchn, shared_info_in_the_first_page_of_the_first_bank, IDS "S4-17 S4-03", WHY "any page of own RAM will do",
     NEEDS "system=solo strategies=all")
{
    check_shared_info_at(bank_base(0));
}

TEST(evtchn, shared_info_in_the_last_page_of_the_first_bank, IDS "S4-17 S4-03",
     WHY "no page before the edge is special",
     NEEDS "system=solo strategies=all")
{
    check_shared_info_at(last_page_of(0));
}

TEST(evtchn, shared_info_in_the_middle_of_the_first_bank, IDS "S4-17 S4-03", WHY "nothing is reserved for it",
     NEEDS "system=solo strategies=all")
{
    check_shared_info_at(bank_base(0) + 0x83000);
}

TEST(evtchn, shared_info_in_the_first_page_of_the_last_bank, IDS "S4-17 S4-03", WHY "banks are equal",
     NEEDS "system=solo strategies=all")
{
    check_shared_info_at(bank_base(machine.nr_banks - 1));
}

TEST(evtchn, shared_info_in_the_last_page_of_the_last_bank, IDS "S4-17 S4-03", WHY "banks are equal",
     NEEDS "system=solo strategies=all")
{
    check_shared_info_at(last_page_of(machine.nr_banks - 1));
}

TEST(evtchn, shared_info_in_a_small_bank_among_many, IDS "S4-17 S4-10",
     WHY "a view that is full needs no slot for it",
     NEEDS "system=many")
{
    expect_true(machine.nr_banks > 4);
    check_shared_info_at(bank_base(machine.nr_banks / 2) + XEN_PAGE_SIZE);
}

TEST(evtchn, registering_shared_info_twice_is_ebusy, IDS "S4-03", WHY "the same page or another",
     NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    expect_eq(add_shared_info((uintptr_t)event_page(0) >> XEN_PAGE_SHIFT), -XEN_EBUSY);
    expect_eq(add_shared_info((uintptr_t)event_page(1) >> XEN_PAGE_SHIFT), -XEN_EBUSY);
    expect_events_work();
}

TEST(evtchn, a_refused_second_page_is_left_alone, IDS "S4-03", WHY "a failing call leaves nothing half done",
     NEEDS "system=solo")
{
    require_eq(events_init(), 0);
    memset(event_page(1), 0x5a, XEN_PAGE_SIZE);
    expect_eq(add_shared_info((uintptr_t)event_page(1) >> XEN_PAGE_SHIFT), -XEN_EBUSY);
    for (uint32_t i = 0; i < XEN_PAGE_SIZE; i++)
        if (((uint8_t *)event_page(1))[i] != 0x5a)
            fail_("byte %u of a page that was refused has changed", i);
}

TEST(evtchn, shared_info_outside_own_ram_is_einval, IDS "X-25 S4-03", WHY "the hypervisor would write there for us",
     NEEDS "system=pair strategies=all")
{
    static const uint32_t places[] = {0, HOLE, HYPERVISOR, RAM(0x20400000), RAM(0x28004000), RAM(0x20100000), 0x1ffff000,
                                      RAM(0x20500000), (uint32_t)GIC, (uint32_t)UART, 0xc0000000u, 0xfffff000u};

    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        expect_eq(add_shared_info(places[i] >> XEN_PAGE_SHIFT), -XEN_EINVAL);
    require_eq(events_init(), 0);
    expect_events_work();
}

TEST(evtchn, shared_info_at_a_frame_beyond_the_address_width_is_einval, IDS "X-27",
     WHY "frame 2^32 + n is not frame n", NEEDS "system=solo")
{
    uint64_t frame = (uintptr_t)event_page(0) >> XEN_PAGE_SHIFT;

    expect_eq(add_shared_info(frame + (1ull << 20)), -XEN_EINVAL);
    expect_eq(add_shared_info(frame + (1ull << 32)), -XEN_EINVAL);
    expect_eq(add_shared_info(1ull << 20), -XEN_EINVAL);
    expect_eq(add_shared_info(1ull << 36), -XEN_EINVAL);
    expect_eq(add_shared_info(~0ull), -XEN_EINVAL);
    expect_eq(add_shared_info(frame), 0);
}

TEST(evtchn, registration_zeroes_the_page_and_copies_the_state, IDS "S4-03",
     WHY "a guest cannot tell it from a new page",
     NEEDS "system=solo")
{
    const uint8_t *byte = event_page(0);

    memset(event_page(0), 0xa5, XEN_PAGE_SIZE);
    require_eq(events_init(), 0);
    for (uint32_t i = 0; i < XEN_PAGE_SIZE; i++)
        if (byte[i] != 0 && (i < WALL_CLOCK_START || i >= WALL_CLOCK_END))
            fail_("byte %u of shared_info is 0x%x, nothing has happened yet", i, byte[i]);
    expect_eq(shared_info()->wc_version & 1u, 0);
}

TEST(evtchn, registration_keeps_pending_selector_and_upcall, IDS "S4-03 S4-04",
     WHY "the three words move into the page",
     NEEDS "system=solo")
{
    struct loop loop = loop_make();

    require_eq(events_init(), 0);
    expect_delivered(loop.b);
    expect_eq(selector(0), 1);
    expect_eq(shared_info()->evtchn_pending[0], 1ull << loop.b);
    expect_eq(shared_info()->evtchn_mask[0], 0);
}

TEST(evtchn, vcpu_info_moves_away_from_shared_info, IDS "S4-16",
     WHY "both sides use the registered place from then on",
     NEEDS "system=solo strategies=all")
{
    struct loop loop = loop_start();
    const struct vcpu_info *old = vcpu_info(0);

    require_eq(events_register_vcpu_info(0, (uint8_t *)event_page(1) + 256), 0);
    expect_eq(selector(0), ~0ull);
    expect_true(upcall_flag(0));
    events_quiet(0);
    expect_eq(evtchn_send(loop.b), 0);
    expect_delivered(loop.a);
    expect_eq(old->evtchn_upcall_pending, 0);
    expect_eq(old->evtchn_pending_sel, 0);
}

TEST(evtchn, vcpu_info_may_share_the_page_of_shared_info, IDS "S4-16 S4-17", WHY "one page less to reach",
     NEEDS "system=solo strategies=all")
{
    struct loop loop = loop_start();

    require_eq(events_register_vcpu_info(0, (uint8_t *)event_page(0) + 2048), 0);
    events_quiet(0);
    expect_eq(evtchn_send(loop.b), 0);
    expect_delivered(loop.a);
}

TEST(evtchn, vcpu_info_may_end_with_its_page, IDS "S4-16 S4-17 X-49", WHY "48 bytes that just fit",
     NEEDS "system=solo strategies=all")
{
    struct loop loop = loop_start();

    require_eq(events_register_vcpu_info(0, (uint8_t *)event_page(3) + XEN_PAGE_SIZE - 48), 0);
    events_quiet(0);
    expect_eq(evtchn_send(loop.b), 0);
    expect_delivered(loop.a);
}

TEST(evtchn, vcpu_info_may_come_before_shared_info, IDS "S4-16 S4-04", WHY "the two registrations are independent",
     NEEDS "system=solo strategies=all")
{
    require_eq(events_register_vcpu_info(0, event_page(1)), 0);
    require_eq(events_init(), 0);
    struct loop loop = loop_make();

    events_quiet(0);
    expect_eq(evtchn_send(loop.b), 0);
    expect_delivered(loop.a);
    expect_eq(shared_info()->vcpu_info[0].evtchn_pending_sel, 0);
}

TEST(evtchn, registering_vcpu_info_keeps_what_was_pending, IDS "S4-16", WHY "the old content is copied",
     NEEDS "system=solo")
{
    struct loop loop = loop_start();

    memset(event_page(1), 0xff, 64);
    expect_eq(evtchn_send(loop.b), 0);
    shared_info()->vcpu_info[0].time.version = 0x1234;
    require_eq(events_register_vcpu_info(0, event_page(1)), 0);
    expect_delivered(loop.a);
    expect_eq(vcpu_info(0)->time.version, 0x1234);
    expect_eq(((uint32_t *)event_page(1))[12], ~0u); /* not a byte more than 48 */
}

TEST(evtchn, registering_vcpu_info_twice_is_ebusy, IDS "S4-16", WHY "there is no way to unregister",
     NEEDS "system=solo")
{
    uint32_t frame = (uintptr_t)event_page(1) >> XEN_PAGE_SHIFT;

    require_eq(add_vcpu_info(0, frame, 64), 0);
    expect_eq(add_vcpu_info(0, frame, 64), -XEN_EBUSY);
    expect_eq(add_vcpu_info(0, frame, 128), -XEN_EBUSY);
}

TEST(evtchn, vcpu_info_that_crosses_a_page_or_is_not_aligned_is_enxio, IDS "S4-16 X-49",
     WHY "the hypervisor reaches one page",
     NEEDS "system=solo")
{
    uint32_t frame = (uintptr_t)event_page(1) >> XEN_PAGE_SHIFT;

    expect_eq(add_vcpu_info(0, frame, XEN_PAGE_SIZE - 40), -XEN_ENXIO);
    expect_eq(add_vcpu_info(0, frame, XEN_PAGE_SIZE - 16), -XEN_ENXIO);
    expect_eq(add_vcpu_info(0, frame, 0x41), -XEN_ENXIO);
    expect_eq(add_vcpu_info(0, frame, 0x44), -XEN_ENXIO);
    expect_eq(add_vcpu_info(0, frame, 0x40), 0);
}

TEST(evtchn, vcpu_info_outside_own_ram_is_einval, IDS "X-43 X-27 S4-16",
     WHY "the hypervisor would write there for us",
     NEEDS "system=pair strategies=all")
{
    static const uint32_t places[] = {0, HOLE, HYPERVISOR, RAM(0x20400000), RAM(0x28004000), RAM(0x20100000),
                                      (uint32_t)GIC, (uint32_t)UART, 0xc0000000u};
    uint64_t frame = (uintptr_t)event_page(1) >> XEN_PAGE_SHIFT;

    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (!is_own_ram(places[i]))
            expect_eq(add_vcpu_info(0, places[i] >> XEN_PAGE_SHIFT, 0), -XEN_EINVAL);
    expect_eq(add_vcpu_info(0, frame, XEN_PAGE_SIZE), -XEN_EINVAL);
    expect_eq(add_vcpu_info(0, frame, ~0u), -XEN_EINVAL);
    expect_eq(add_vcpu_info(0, frame + (1ull << 20), 0), -XEN_EINVAL);
    expect_eq(add_vcpu_info(0, ~0ull, 0), -XEN_EINVAL);
    expect_eq(add_vcpu_info(0, frame, 0), 0);
}

TEST(evtchn, vcpu_info_of_a_vcpu_that_does_not_exist_is_enoent, IDS "S4-16", WHY "checked before everything else",
     NEEDS "system=solo")
{
    expect_eq(add_vcpu_info(1, (uintptr_t)event_page(1) >> XEN_PAGE_SHIFT, 0), -XEN_ENOENT);
    expect_eq(add_vcpu_info(~0u, ~0ull, 1), -XEN_ENOENT);
    expect_eq(hypercall_vcpu_op(VCPUOP_register_vcpu_info, 1, (void *)HOLE), -XEN_ENOENT);
}
