/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers under the caller's own MPU. */
#include "../places.h"

enum { REGION_BANK = 0, REGION_PART = 1, REGION_REST = 2, SEAM = RAM(0x21300000) /* of two banks of `balloon` */ };

/* Bank 0, where this image runs, is open; of the last bank only what a test adds. */
static void enter_strict_mpu(void)
{
    uintptr_t base = (uint32_t)machine.bank[0].base;

    mpu_set_region(REGION_BANK, base, base + (uint32_t)machine.bank[0].size, MPU_ALL_RW, MPU_NORMAL, MPU_EXECUTE);
    mpu_enable_strict();
}

TEST(abi, memory_the_callers_mpu_hides_is_efault, IDS "", WHY "pointers are translated as the caller's own accesses",
     NEEDS "system=solo")
{
    struct evtchn_status_args *status = event_page(1);

    *status = (struct evtchn_status_args){.dom = DOMID_SELF};
    enter_strict_mpu();
    int32_t hidden = hypercall_event_channel_op(EVTCHNOP_status, status);
    mpu_set_region(REGION_PART, (uintptr_t)status, (uintptr_t)status + 64, MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    int32_t shown = hypercall_event_channel_op(EVTCHNOP_status, status);
    mpu_clear_region(REGION_PART);
    int32_t hidden_again = hypercall_event_channel_op(EVTCHNOP_status, status);
    mpu_disable();

    expect_eq(hidden, -XEN_EFAULT);
    expect_eq(shown, 0);
    expect_eq(hidden_again, -XEN_EFAULT);
}

TEST(abi, read_only_memory_can_be_read_but_not_written, IDS "X-01", WHY "permissions of the caller's MPU count",
     NEEDS "system=solo")
{
    struct evtchn_send *send = event_page(1);
    uintptr_t base = (uintptr_t)send;

    *send = (struct evtchn_send){.port = 500};
    enter_strict_mpu();
    mpu_set_region(REGION_PART, base, base + XEN_PAGE_SIZE, MPU_EL1_RO, MPU_NORMAL, MPU_NO_EXECUTE);
    int32_t read = hypercall_event_channel_op(EVTCHNOP_send, send);
    int32_t written = hypercall_xen_version(XENVER_extraversion, send);
    mpu_disable();

    expect_eq(read, -XEN_EINVAL);
    expect_eq(written, -XEN_EFAULT);
    expect_eq(send->port, 500);
}

TEST(abi, a_block_across_the_end_of_an_mpu_region_is_efault, IDS "", WHY "64 bytes, not a page",
     NEEDS "system=solo")
{
    uint8_t *base = event_page(1);
    uint8_t *at = base + 64 - 8;
    const struct evtchn_status_args status = {.dom = DOMID_SELF};

    memcpy(at, &status, sizeof(status));
    enter_strict_mpu();
    mpu_set_region(REGION_PART, (uintptr_t)base, (uintptr_t)base + 64, MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    int32_t cut = hypercall_event_channel_op(EVTCHNOP_status, at);
    mpu_set_region(REGION_PART + 1, (uintptr_t)base + 64, (uintptr_t)base + 128, MPU_EL1_RW, MPU_NORMAL,
                   MPU_NO_EXECUTE);
    int32_t whole = hypercall_event_channel_op(EVTCHNOP_status, at);
    mpu_disable();

    expect_eq(cut, -XEN_EFAULT);
    expect_eq(whole, 0);
}

/* ---- a call that reads its argument and answers in it ---- */

static const struct xen_hvm_param asked = {.domid = DOMID_SELF, .index = HVM_PARAM_CALLBACK_IRQ, .value = 5};

static int32_t ask_at(void *place)
{
    memcpy(place, &asked, sizeof(asked));
    return hypercall_hvm_op(HVMOP_get_param, place);
}

static void expect_unanswered(const void *place)
{
    expect_eq(memcmp(place, &asked, sizeof(asked)), 0);
}

TEST(abi, an_argument_that_may_only_be_read_gets_no_answer, IDS "S1-07", WHY "it is read in one region and written in none",
     NEEDS "system=solo")
{
    uint8_t *const place = event_page(1);
    const uintptr_t base = (uintptr_t)place;

    memcpy(place, &asked, sizeof(asked));
    enter_strict_mpu();
    mpu_set_region(REGION_PART, base, base + XEN_PAGE_SIZE, MPU_EL1_RO, MPU_NORMAL, MPU_NO_EXECUTE);
    const int32_t refused = hypercall_hvm_op(HVMOP_get_param, place);
    mpu_disable();
    expect_eq(refused, -XEN_EFAULT);
    expect_unanswered(place);
}

TEST(abi, an_argument_whose_end_may_only_be_read_gets_no_answer, IDS "S1-07 S4-12", WHY "its end lies in the next bank",
     NEEDS "system=balloon")
{
    uint8_t *const place = (uint8_t *)SEAM - 8;

    expect_eq(ask_at(place), 0);
    memcpy(place, &asked, sizeof(asked));
    enter_strict_mpu();
    mpu_set_region(REGION_PART, SEAM - XEN_PAGE_SIZE, SEAM, MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    mpu_set_region(REGION_REST, SEAM, SEAM + XEN_PAGE_SIZE, MPU_EL1_RO, MPU_NORMAL, MPU_NO_EXECUTE);
    const int32_t refused = hypercall_hvm_op(HVMOP_get_param, place);
    mpu_disable();
    expect_eq(refused, -XEN_EFAULT);
    expect_unanswered(place);
}

TEST(abi, a_region_that_ends_before_it_begins_is_none, IDS "S1-07", WHY "no address is in it, so no buffer meets it",
     NEEDS "system=solo")
{
    enum { END = 64, BEGIN = 128 };
    static const struct xen_compile_info untouched;
    struct xen_compile_info *const info = (void *)((uint8_t *)event_page(1) + END / 2); /* across both */
    const uintptr_t base = (uintptr_t)event_page(1);

    memset(info, 0, sizeof(*info));
    enter_strict_mpu();
    mpu_set_region(REGION_PART, base, base + XEN_PAGE_SIZE, MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    mpu_set_region(REGION_REST, base + BEGIN, base + END, MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    const int32_t result = hypercall_xen_version(XENVER_compile_info, info);
    mpu_disable();
    expect_eq(result, 0);
    expect_true(memcmp(info, &untouched, sizeof(untouched)) != 0);
}
