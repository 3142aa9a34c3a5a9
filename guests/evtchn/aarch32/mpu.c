/* SPDX-License-Identifier: Apache-2.0 */
/* Event channel calls under the caller's own MPU. */
#include "fencepost.h"

TEST(evtchn, read_only_results_change_nothing, IDS "X-01", WHY "the caller's own MPU counts as well",
     NEEDS "system=solo")
{
    struct evtchn_alloc_unbound *op = event_page(1);

    *op = (struct evtchn_alloc_unbound){.dom = DOMID_SELF, .remote_dom = DOMID_SELF};
    mpu_set_region(0, (uintptr_t)op, (uintptr_t)op + 64, MPU_EL1_RO, MPU_NORMAL, MPU_NO_EXECUTE);
    mpu_enable();
    int32_t result = hypercall_event_channel_op(EVTCHNOP_alloc_unbound, op);
    mpu_disable();

    expect_eq(result, -XEN_EFAULT);
    expect_eq(op->port, 0);
    expect_eq(evtchn_count_open(), 0);
}
