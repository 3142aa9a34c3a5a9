/* SPDX-License-Identifier: Apache-2.0 */
/* Long arguments over many regions of the caller's MPU. */
#include "../long.h"

enum { REGION = 64, REGIONS = FIELD / REGION };

/* REGIONS regions from the start of the area on, each with its access. */
static void set_regions(uint32_t count, enum mpu_access last)
{
    for (uint32_t n = 0; n < count; n++) {
        const uintptr_t at = (uintptr_t)area + n * REGION;
        mpu_set_region(n, at, at + REGION, n + 1 == count ? last : MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    }
    mpu_enable();
}

TEST(abi, a_buffer_may_cross_every_region_of_the_mpu, IDS "S1-07", WHY "protection has no granule that a call may assume",
     NEEDS "system=solo")
{
    require_true(mpu_region_count() >= REGIONS);
    memset(area, GUARD, sizeof(area));
    set_regions(REGIONS, MPU_EL1_RW);
    expect_eq(hypercall_xen_version(XENVER_capabilities, area + 1), 0); /* its end lies in the background */
    expect_field(area + 1);
}

TEST(abi, a_buffer_whose_end_is_read_only_is_efault, IDS "S1-07", WHY "the end is looked at before the first byte moves",
     NEEDS "system=solo")
{
    enum { AT = FIELD - 2 * REGION + 32, CHANGESET = 64 };

    memset(area, GUARD, sizeof(area));
    set_regions(REGIONS, MPU_EL1_RO);
    expect_eq(hypercall_xen_version(XENVER_changeset, area + AT), -XEN_EFAULT);
    mpu_disable();
    for (uint32_t i = 0; i < CHANGESET; i++)
        require_eq(area[AT + i], GUARD);
}

TEST(abi, regions_that_overlap_in_a_buffer_are_efault, IDS "S1-07", WHY "EL1 would fault there itself", NEEDS "system=solo")
{
    const uintptr_t base = (uintptr_t)area;

    mpu_set_region(0, base, base + 4 * REGION, MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    mpu_set_region(1, base + 3 * REGION, base + 5 * REGION, MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    mpu_enable();
    expect_eq(hypercall_xen_version(XENVER_changeset, area + 2 * REGION + 8), -XEN_EFAULT);
    expect_eq(hypercall_xen_version(XENVER_changeset, area + REGION), 0);
}
