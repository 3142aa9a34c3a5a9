/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversion of nanoseconds to counter ticks without a division at run time.
 */
#include "hv/time.h"

#include "hv/arch.h"

uint32_t time_slice_ticks;

static uint32_t hz;
static uint32_t ticks_per_ns_q31; /* ticks per nanosecond, 31 fraction bits; at most 1 GHz by architecture */

void time_init(uint32_t slice_us)
{
    uint32_t remainder, quotient = 0;

    hz = arch_counter_hz();
    /* hz / 10^9 in binary, one bit at a time. */
    remainder = hz;
    for (int bit = 31; bit >= 0; bit--) {
        quotient <<= 1;
        if (remainder >= 1000000000u) {
            remainder -= 1000000000u;
            quotient |= 1;
        }
        remainder <<= 1;
    }
    ticks_per_ns_q31 = quotient;
    time_slice_ticks = slice_us ? (uint32_t)time_ticks_of_ns((uint64_t)slice_us * 1000) : 0;
}

uint64_t time_ticks_of_ns(uint64_t ns)
{
    const uint64_t high = (ns >> 32) * ticks_per_ns_q31, low = (ns & UINT32_MAX) * ticks_per_ns_q31;

    return (high << 1) + (low >> 31) + ((low & INT32_MAX) != 0);
}

uint64_t time_ticks_of_seconds(uint32_t seconds)
{
    return (uint64_t)seconds * hz;
}
