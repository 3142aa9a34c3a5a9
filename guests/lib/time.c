/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual counter and the virtual timer of the calling vCPU. */
#include "internal.h"
#include "sysreg.h"

static const uint64_t ns_per_second = 1000000000;

uint64_t counter(void)
{
    return cntvct_read();
}

uint32_t counter_frequency(void)
{
    return cntfrq_read();
}

static uint64_t ticks_to_ns(uint64_t ticks)
{
    uint32_t hz = counter_frequency();

    return ticks / hz * ns_per_second + ticks % hz * ns_per_second / hz;
}

static uint64_t ns_to_ticks(uint64_t ns)
{
    uint32_t hz = counter_frequency();

    return ns / ns_per_second * hz + ns % ns_per_second * hz / ns_per_second;
}

uint64_t now_ns(void)
{
    return ticks_to_ns(counter());
}

void delay_ns(uint64_t nanoseconds)
{
    uint64_t end = counter() + ns_to_ticks(nanoseconds);

    while (counter() < end)
        relax();
}

void timer_arm_ns(uint64_t nanoseconds)
{
    cntv_cval_write(counter() + ns_to_ticks(nanoseconds));
    cntv_ctl_write(1);
}

void timer_disarm(void)
{
    cntv_ctl_write(0);
}
