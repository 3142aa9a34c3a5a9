/* SPDX-License-Identifier: Apache-2.0 */
/* One domain on two CPUs: a call that changes nothing lets go of the other CPU and of the view as one that does. */
#include "balloon.h"

#define TWO_CPUS NEEDS "system=smp-dom strategies=window,switch,mask"

static volatile uint32_t turns, stop;

/* vCPU 1 makes the same calls: it must get its turn after each of vCPU 0's. */
static void balloon_too(void *unused)
{
    const uintptr_t page = image_bank_page(40);

    (void)unused;
    while (!stop) {
        expect_eq(decrease(page, 0), 1);
        expect_eq(populate(page, 0), 1);
        turns = turns + 1;
    }
}

static void expect_the_other_goes_on(void)
{
    const uint32_t before = turns;

    spin_until(turns >= before + 2);
}

TEST(balloon, a_refused_call_lets_the_other_cpu_go_on, IDS "S1-05 S1-07", WHY "nothing was changed, everything is let go", TWO_CPUS)
{
    const uintptr_t page = image_bank_page(10);
    const uint64_t frame = frame_of(page);

    require_eq(cpu_start(1, balloon_too, NULL), 0);
    expect_the_other_goes_on();
    expect_eq(reservation(XENMEM_increase_reservation, &frame, 1, 0, DOMID_SELF), 0);
    expect_the_other_goes_on();
    expect_eq(decrease_list(&frame, 1, MAX_ORDER + 1), 0);
    expect_the_other_goes_on();
    expect_eq(reservation(XENMEM_decrease_reservation, &frame, 1, 0, 2), 0);
    expect_the_other_goes_on();
    expect_eq(decrease_list((const uint64_t *)NO_PLACE, 1, 0), 0);
    expect_the_other_goes_on();
    expect_eq(decrease(NO_PLACE, 0), 0);
    expect_the_other_goes_on();
    expect_in(page);
    stop = 1;
    spin_until(cpu_is_off(1));
}
