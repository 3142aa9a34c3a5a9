/* SPDX-License-Identifier: Apache-2.0 */
/* Pointers go through the caller's own MPU: what EL1 may not do itself, the hypervisor does not do for it. */
#include "../places.h"

enum { PAGE = XEN_PAGE_SIZE };

/* Page 1 is what the tests open and close; a call's argument block may lie anywhere in these three. */
static uint8_t area[3 * PAGE] __attribute__((aligned(PAGE)));

static struct xen_feature_info *block_at(uint32_t offset)
{
    return (struct xen_feature_info *)(void *)&area[offset];
}

static uint32_t page_at(uint32_t n)
{
    return (uintptr_t)area + n * PAGE;
}

/* get_features reads its block and writes it. */
static int32_t call_in_out(uint32_t offset)
{
    return hypercall_xen_version(XENVER_get_features, block_at(offset));
}

/* set_priority only reads it; port 0 is valid, so a block of zeroes ends in -ENOSYS. */
static int32_t call_in(uint32_t offset)
{
    return hypercall_event_channel_op(EVTCHNOP_set_priority, block_at(offset));
}

/* Everything of ours except page 1; `middle` says what that page is. */
enum middle { NOTHING, READ_ONLY, WRITABLE };

static void set_middle(enum middle middle)
{
    if (middle == NOTHING)
        mpu_clear_region(2);
    else
        mpu_set_region(2, page_at(1), page_at(2), middle == WRITABLE ? MPU_ALL_RW : MPU_ALL_RO,
                       MPU_NORMAL, MPU_NO_EXECUTE);
}

static void protect(enum middle middle)
{
    const uintptr_t base = (uint32_t)machine.bank[0].base, limit = base + (uint32_t)machine.bank[0].size;
    const uint32_t events = (uint32_t)machine.bank[1].base;

    mpu_set_region(0, base, page_at(1), MPU_ALL_RW, MPU_NORMAL, MPU_EXECUTE);
    mpu_set_region(1, page_at(2), limit, MPU_ALL_RW, MPU_NORMAL, MPU_EXECUTE);
    mpu_set_region(3, events, events + (uint32_t)machine.bank[1].size, MPU_ALL_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    set_middle(middle);
    mpu_enable_strict();
}

TEST(isolation, a_buffer_the_guests_mpu_allows_is_used, IDS "S1-07 S4-12", WHY "the walk must not refuse too much",
     NEEDS "strategies=all")
{
    protect(WRITABLE);
    expect_eq(call_in_out(PAGE), 0);
    expect_eq(call_in_out(PAGE + PAGE - 8), 0);
    expect_eq(call_in(PAGE + 64), -XEN_ENOSYS);
    mpu_disable();
    expect_true(block_at(PAGE)->submap != 0);
}

TEST(isolation, a_buffer_the_guests_mpu_denies_is_efault, IDS "S1-07", WHY "the pointer may be a process's, not its kernel's",
     NEEDS "strategies=all")
{
    protect(NOTHING);
    expect_eq(call_in_out(PAGE), -XEN_EFAULT);
    expect_eq(call_in(PAGE), -XEN_EFAULT);
    expect_eq(call_in_out(2 * PAGE - 8), -XEN_EFAULT);
    mpu_disable();
    expect_eq(block_at(PAGE)->submap, 0);
}

TEST(isolation, a_read_only_buffer_takes_input_and_no_output, IDS "S1-07", WHY "permissions differ for the two directions",
     NEEDS "strategies=all")
{
    protect(READ_ONLY);
    expect_eq(call_in(PAGE), -XEN_ENOSYS);
    expect_eq(call_in_out(PAGE), -XEN_EFAULT);
    mpu_disable();
    expect_eq(block_at(PAGE)->submap, 0);
}

TEST(isolation, a_buffer_may_cross_the_border_of_two_regions, IDS "S1-07 S4-12", WHY "both sides are looked at",
     NEEDS "strategies=all")
{
    protect(WRITABLE);
    expect_eq(call_in_out(PAGE - 4), 0);
    expect_eq(call_in_out(2 * PAGE - 4), 0);
    expect_eq(call_in(PAGE - 4), -XEN_ENOSYS);
    mpu_disable();
    expect_true(block_at(PAGE - 4)->submap != 0);
    expect_true(block_at(2 * PAGE - 4)->submap != 0);
}

TEST(isolation, a_buffer_that_ends_in_a_denied_region_is_efault, IDS "S1-07 S4-12", WHY "the second half counts too",
     NEEDS "strategies=all")
{
    protect(NOTHING);
    expect_eq(call_in_out(PAGE - 4), -XEN_EFAULT);
    expect_eq(call_in(PAGE - 4), -XEN_EFAULT);
    expect_eq(call_in_out(2 * PAGE - 4), -XEN_EFAULT);
    set_middle(READ_ONLY);
    expect_eq(call_in_out(PAGE - 4), -XEN_EFAULT);
    expect_eq(call_in(PAGE - 4), -XEN_ENOSYS);
    mpu_disable();
    expect_eq(block_at(PAGE - 4)->submap_idx, 0);
    expect_eq(block_at(2 * PAGE - 4)->submap, 0);
}

TEST(isolation, a_change_of_the_guests_mpu_counts_at_once, IDS "S1-07", WHY "an answer remembered too long is a hole",
     NEEDS "strategies=all")
{
    protect(WRITABLE);
    for (uint32_t round = 0; round < 8; round++) {
        set_middle(WRITABLE);
        expect_eq(call_in_out(PAGE), 0);
        set_middle(READ_ONLY);
        expect_eq(call_in_out(PAGE), -XEN_EFAULT);
        expect_eq(call_in(PAGE + 128), -XEN_ENOSYS);
        set_middle(NOTHING);
        expect_eq(call_in(PAGE + 128), -XEN_EFAULT);
        mpu_disable();
        expect_eq(call_in_out(PAGE), 0);
        mpu_enable_strict();
        expect_eq(call_in_out(PAGE), -XEN_EFAULT);
    }
    mpu_disable();
}

TEST(isolation, the_default_map_serves_privileged_buffers, IDS "S1-07", WHY "SCTLR.BR: no region means the default map",
     NEEDS "strategies=all")
{
    mpu_enable();
    expect_eq(call_in_out(PAGE), 0);
    expect_eq(call_in(PAGE + 128), -XEN_ENOSYS);
    set_middle(READ_ONLY);
    expect_eq(call_in_out(PAGE), -XEN_EFAULT);
    mpu_disable();
}

TEST(isolation, an_open_mpu_opens_nothing_outside, IDS "S1-07 S4-23", WHY "both stages must allow an access",
     NEEDS "strategies=all")
{
    mpu_set_region(4, 0, 0, MPU_ALL_RW, MPU_NORMAL, MPU_EXECUTE);
    mpu_enable_strict();
    for (uint32_t i = 0; i < COUNT_OF(hypervisor_places); i++) {
        expect_denied(READ, hypervisor_places[i].base, hypervisor_places[i].what);
        expect_denied(EXECUTE, hypervisor_places[i].base, hypervisor_places[i].what);
        expect_eq(hypercall_xen_version(XENVER_get_features, (void *)hypervisor_places[i].base), -XEN_EFAULT);
    }
    expect_denied(WRITE, peer_ram.base, peer_ram.what);
    expect_denied(EXECUTE, module_places[0].base, module_places[0].what);
    expect_eq(call_in_out(PAGE), 0);
    mpu_disable();
}

TEST(isolation, two_overlapping_regions_deny_a_buffer, IDS "S1-07", WHY "the architecture denies the overlap",
     NEEDS "strategies=all")
{
    protect(WRITABLE);
    mpu_set_region(5, page_at(1) + 1024, page_at(1) + 2048, MPU_ALL_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    expect_eq(call_in_out(PAGE + 1024), -XEN_EFAULT);
    expect_eq(call_in_out(PAGE + 1020), -XEN_EFAULT);
    expect_eq(call_in_out(PAGE + 1016), 0);
    expect_eq(call_in_out(PAGE + 2048), 0);
    mpu_disable();
}
