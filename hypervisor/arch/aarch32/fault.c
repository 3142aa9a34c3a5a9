/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exception taken from EL2 itself: a defect of ours, described as well as the registers allow.
 */
#include "hv/arch.h"
#include "hv/console.h"
#include "hv/panic.h"

noreturn_fn void el2_fault(unsigned vector, const uint32_t *registers);

noreturn_fn void el2_fault(unsigned vector, const uint32_t *registers)
{
    static const char *const names[] = {"reset", "undefined instruction", "hvc", "prefetch abort", "data abort", "", "",
                                        "fiq"};
    uint32_t pc;

    __asm__ volatile("mrs %0, ELR_hyp" : "=r"(pc));
    for (unsigned i = 0; i < 13; i += 4)
        console_log("r%u=%08x %08x %08x %08x", i, (unsigned)registers[i], (unsigned)registers[i + 1],
                    i < 12 ? (unsigned)registers[i + 2] : 0u, i < 12 ? (unsigned)registers[i + 3] : 0u);
    panic("EL2 %s at pc=%08x hsr=%08x hdfar=%08x hifar=%08x", names[vector & 7], (unsigned)pc,
          (unsigned)READ_SYSREG(HSR), (unsigned)READ_SYSREG(HDFAR), (unsigned)READ_SYSREG(HIFAR));
}
