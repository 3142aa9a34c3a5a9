/* SPDX-License-Identifier: Apache-2.0 */
/* A page that is out is no buffer for any call, also when it was one a moment before. */
#include "balloon.h"

#define ALL NEEDS "system=balloon strategies=all"
#define ONE NEEDS "system=balloon"

static int32_t get_features(uintptr_t address)
{
    return hypercall_xen_version(XENVER_get_features, (void *)address);
}

static void expect_no_buffer(uintptr_t address)
{
    const int32_t efault = -XEN_EFAULT;

    expect_eq(get_features(address), efault);
    expect_eq(hypercall_event_channel_op(EVTCHNOP_send, (void *)address), efault);
    expect_eq(hypercall_sched_op(SCHEDOP_poll, (void *)address), efault);
    expect_eq(hypercall_vcpu_op(VCPUOP_register_vcpu_info, 0, (void *)address), efault);
    expect_eq(hypercall_hvm_op(HVMOP_get_param, (void *)address), efault);
    expect_eq(hypercall_memory_op(XENMEM_current_reservation, (void *)address), efault);
    expect_eq(hypercall_memory_op(XENMEM_add_to_physmap, (void *)address), efault);
    expect_eq(hypercall_memory_op(XENMEM_remove_from_physmap, (void *)address), efault);
    expect_eq(hypercall_memory_op(XENMEM_decrease_reservation, (void *)address), 0);
    expect_eq(hypercall_console_io(CONSOLEIO_write, 4, (void *)address), efault);
}

TEST(balloon, a_page_that_is_out_is_no_buffer, IDS "S1-07", WHY "reading, writing and printing calls", ALL)
{
    const uintptr_t page = PAGE_AT(6);

    *(struct xen_feature_info *)page = (struct xen_feature_info){0};
    require_eq(get_features(page), 0); /* the hypervisor has just used it */
    require_eq(decrease(page, 0), 1);
    expect_no_buffer(page);
    expect_no_buffer(page + PAGE - 64);
    require_eq(populate(page, 0), 1);
    *(struct xen_feature_info *)page = (struct xen_feature_info){0};
    expect_eq(get_features(page), 0);
}

TEST(balloon, a_removed_page_is_no_buffer, IDS "S1-07 X-26", WHY "unmapped is unmapped, whatever it is called", ALL)
{
    const uintptr_t page = PAGE_AT(6);

    require_eq(remove_page(page), 0);
    expect_no_buffer(page);
    require_eq(populate(page, 0), 1);
    *(struct xen_feature_info *)page = (struct xen_feature_info){0};
    expect_eq(get_features(page), 0);
}

TEST(balloon, a_buffer_that_reaches_into_a_page_that_is_out_is_efault, IDS "S1-07", WHY "every byte counts", ONE)
{
    const uintptr_t page = PAGE_AT(6);

    require_eq(decrease(page, 0), 1);
    for (uint32_t inside = 4; inside < sizeof(struct xen_feature_info); inside += 1)
        expect_eq(get_features(page - inside), -XEN_EFAULT);
    expect_eq(hypercall_memory_op(XENMEM_current_reservation, (void *)(page - 1)), -XEN_EFAULT);
    expect_eq(hypercall_console_io(CONSOLEIO_write, 8, (void *)(page - 4)), -XEN_EFAULT);
    *(struct xen_feature_info *)(page - 8) = (struct xen_feature_info){0};
    expect_eq(get_features(page - 8), 0);
    *(struct xen_feature_info *)(page + PAGE) = (struct xen_feature_info){0};
    expect_eq(get_features(page + PAGE), 0);
}

TEST(balloon, a_buffer_beside_a_page_that_is_out_works, IDS "S1-07", WHY "what the hypervisor remembers is exact", ONE)
{
    for (uint32_t round = 0; round < 4; round++) {
        const uintptr_t page = PAGE_AT(10 + 2 * round), buffers[] = {page - 8, page + PAGE, SPARE, SPARE_LIMIT - 8};

        require_eq(decrease(page, 0), 1);
        for (uint32_t i = 0; i < 4; i++) {
            *(struct xen_feature_info *)buffers[i] = (struct xen_feature_info){0};
            expect_eq(get_features(buffers[i]), 0);
            expect_eq(get_features(page), -XEN_EFAULT);
        }
    }
}

/* The hypervisor remembers the memory around its last buffer; here that is the argument of the call itself. */
TEST(balloon, a_call_forgets_pages_beside_its_own_argument, IDS "S1-07", WHY "what is remembered shrinks", ALL)
{
    static const uint32_t pages[] = {0, 6, 9, 10, SPARE_PAGES - 1};
    struct xen_remove_from_physmap *const remove = (void *)(uintptr_t)PAGE_AT(3);
    struct xen_memory_reservation *const request = (void *)(uintptr_t)PAGE_AT(4);
    uint64_t *const list = (uint64_t *)(uintptr_t)PAGE_AT(5);

    for (uint32_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        const uintptr_t page = PAGE_AT(pages[i]);

        *list = frame_of(page);
        *request = (struct xen_memory_reservation){.extent_start = (uintptr_t)list, .nr_extents = 1, .domid = DOMID_SELF};
        *remove = (struct xen_remove_from_physmap){.domid = DOMID_SELF, .gpfn = *list};
        require_eq(hypercall_memory_op(XENMEM_decrease_reservation, request), 1);
        expect_eq(get_features(page), -XEN_EFAULT);
        require_eq(hypercall_memory_op(XENMEM_populate_physmap, request), 1);
        memset((void *)page, 0, sizeof(struct xen_feature_info));
        require_eq(get_features(page), 0); /* the whole bank is remembered again */
        require_eq(hypercall_memory_op(XENMEM_remove_from_physmap, remove), 0);
        expect_eq(get_features(page), -XEN_EFAULT);
        require_eq(hypercall_memory_op(XENMEM_populate_physmap, request), 1);
    }
}

TEST(balloon, no_event_page_may_be_in_a_page_that_is_out, IDS "S4-03 S1-07", WHY "no RAM is there", ONE)
{
    const uintptr_t page = PAGE_AT(6);

    require_eq(decrease(page, 0), 1);
    expect_eq(events_register_shared_info((void *)page), -XEN_EINVAL);
    expect_eq(events_register_vcpu_info(0, (void *)page), -XEN_EINVAL);
    require_eq(populate(page, 0), 1);
    expect_eq(events_register_shared_info((void *)page), 0);
    expect_eq(events_register_vcpu_info(0, (void *)(page + 0x800)), 0);
}
