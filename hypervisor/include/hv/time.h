/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time: the generic counter in ticks, and the nanoseconds of the ABI. CNTVOFF is 0, so a guest's CNTVCT, our
 * CNTPCT and "system time" all start at reset.
 */
#ifndef HV_TIME_H
#define HV_TIME_H

#include "hv/types.h"

extern uint32_t time_slice_ticks; /* 0: no slice */

/* Reads the counter's frequency. Before anything else here. */
void time_init(uint32_t slice_us);

/* Counter value at which `ns` nanoseconds since reset have passed; rounds up; saturates. */
uint64_t time_ticks_of_ns(uint64_t ns);
uint64_t time_ticks_of_seconds(uint32_t seconds);

#endif
