/* SPDX-License-Identifier: Apache-2.0 */
/* The cycle counter as this CPU has it. */
#ifndef ISOLATION_COUNTER_H
#define ISOLATION_COUNTER_H

#include "../instructions.h"

static inline void expect_counter_as_id_says(void)
{
    static const struct instruction read = {"MRC PMCCNTR", A32_MRC(15, 0, 9, 13, 0)};
    uintptr_t registers[4] = {0};

    require_eq(try_instruction(A32_MRC(15, 0, 0, 1, 2), registers).kind, FAULT_NONE); /* ID_DFR0 */
    const uint32_t perfmon = registers[0] >> 24 & 0xf;

    if (perfmon < 3 || perfmon == 0xf)
        expect_undefined(&read, 0);
    else
        expect_eq(try_instruction(read.word, registers).kind, FAULT_NONE);
}

#endif
