/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest with its own MPU on: its regions have granules of 64 bytes, pages that go have 4096. What the
 * hypervisor remembers of buffers may begin or end inside a page.
 */
#include "../balloon.h"

#define ALL NEEDS "system=balloon strategies=all"

/* Argument and list of a call at `place`, naming `page`. */
static const void *put_request(uintptr_t place, uintptr_t page)
{
    uint64_t *const list = (uint64_t *)(place + 0x100);
    struct xen_memory_reservation *const request = (void *)place;

    *list = frame_of(page);
    *request = (struct xen_memory_reservation){.extent_start = (uintptr_t)list, .nr_extents = 1, .domid = DOMID_SELF};
    return request;
}

static int32_t get_features(uintptr_t address)
{
    return hypercall_xen_version(XENVER_get_features, (void *)address);
}

/* [base, limit) reaches into `page`; the call's argument is in it, too. */
static void give_back_a_page_half_remembered(uintptr_t base, uintptr_t limit, uintptr_t page, uint32_t argument)
{
    const uint32_t inside = base > page ? base : page;
    const void *const request = put_request(argument, page);

    memset((void *)(uintptr_t)(argument + 0x800), 0, sizeof(struct xen_feature_info));
    mpu_set_region(0, base, limit, MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    mpu_enable();
    require_eq(get_features(argument + 0x800), 0); /* now the region is what is remembered */
    require_eq(hypercall_memory_op(XENMEM_decrease_reservation, request), 1);
    expect_eq(get_features(inside), -XEN_EFAULT);
    require_eq(hypercall_memory_op(XENMEM_populate_physmap, request), 1);
    memset((void *)(uintptr_t)inside, 0, sizeof(struct xen_feature_info));
    expect_eq(get_features(inside), 0);
    mpu_disable();
    expect_in(page);
}

TEST(balloon, a_remembered_buffer_may_begin_inside_a_page_that_goes, IDS "S1-07", WHY "EL2 must not touch the rest of it", ALL)
{
    const uintptr_t page = image_bank_page(10);

    give_back_a_page_half_remembered(page + 64, page + 2 * PAGE, page, page + PAGE);
    give_back_a_page_half_remembered(page + PAGE - 64, page + 2 * PAGE, page, page + PAGE);
}

TEST(balloon, a_remembered_buffer_may_end_inside_a_page_that_goes, IDS "S1-07", WHY "EL2 must not touch the start of it", ALL)
{
    const uintptr_t page = image_bank_page(10);

    give_back_a_page_half_remembered(page - PAGE, page + 64, page, page - PAGE);
    give_back_a_page_half_remembered(page - PAGE, page + PAGE - 64, page, page - PAGE);
}

TEST(balloon, a_page_that_is_out_faults_whatever_the_own_mpu_allows, IDS "S1-05", WHY "both must allow an access", ALL)
{
    const uintptr_t page = image_bank_page(10);

    require_eq(decrease(page, 0), 1);
    mpu_set_region(0, page - PAGE, page + 2 * PAGE, MPU_ALL_RW, MPU_NORMAL, MPU_EXECUTE);
    mpu_enable();
    expect_out(page);
    expect_in(page - PAGE);
    expect_in(page + PAGE);
    mpu_disable();
}
