/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual counter and the virtual timer of the calling vCPU. */
#include "internal.h"

static const uint64_t ns_per_second = 1000000000;

uint64_t counter(void)
{
    uint32_t low, high;

    __asm__ volatile("isb\n\tmrrc p15, 1, %0, %1, c14" : "=r"(low), "=r"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

uint32_t counter_frequency(void)
{
    uint32_t hz;

    __asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
    return hz;
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
    uint64_t at = counter() + ns_to_ticks(nanoseconds);

    __asm__ volatile("mcrr p15, 3, %0, %1, c14" ::"r"((uint32_t)at), "r"((uint32_t)(at >> 32))); /* CNTV_CVAL */
    __asm__ volatile("mcr p15, 0, %0, c14, c3, 1\n\tisb" ::"r"(1) : "memory");                   /* CNTV_CTL */
}

void timer_disarm(void)
{
    __asm__ volatile("mcr p15, 0, %0, c14, c3, 1\n\tisb" ::"r"(0) : "memory");
}
