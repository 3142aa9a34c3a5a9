/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few MPU register writes that strategies make inline. Window n lives in slot MPU_FIXED_SLOTS + n, whose
 * encodings are compiled in. Between the probes `exposed` and `exposed.end` EL2 reaches memory of another
 * domain; every strategy that opens and closes has the pair.
 *
 * Order (Arm DDI 0600, C1.7.1): a region is off before it moves, with an ISB in between; a DSB and an ISB
 * stand between programming a region and relying on it. Closing needs the ISB so that a later open moves a
 * region that is off.
 */
#ifndef PROTECT_MPU_MPU_REGS_H
#define PROTECT_MPU_MPU_REGS_H

#include "hv/probe.h"
#include "hv/types.h"
#include "sysregs.h"

#define SYSREG_HPRBAR5 "4", "c6", "c10", "4"
#define SYSREG_HPRLAR5 "4", "c6", "c10", "5"

_Static_assert(MPU_FIXED_SLOTS == 5, "the window's registers are HPRBAR5 and HPRLAR5");

static inline void mpu_window_open(uint32_t rbar, uint32_t rlar)
{
    PROBE("window.open");
    __asm__ volatile("mcr p15, 4, %0, c6, c10, 4\n\t" /* HPRBAR5 */
                     "mcr p15, 4, %1, c6, c10, 5\n\t" /* HPRLAR5, EN = 1 */
                     "dsb sy\n\t"
                     "isb" ::"r"(rbar), "r"(rlar) : "memory");
    PROBE("window.open.end");
    PROBE("exposed");
}

static inline void mpu_window_close(void)
{
    PROBE("exposed.end");
    PROBE("window.close");
    __asm__ volatile("mcr p15, 4, %0, c6, c10, 5\n\t" /* HPRLAR5, EN = 0 */
                     "dsb sy\n\t"
                     "isb" ::"r"(0) : "memory");
    PROBE("window.close.end");
}

/* Off, about to be moved: the ISB orders it before the move; the DSB comes with the open that follows. */
static inline void mpu_window_off(void)
{
    __asm__ volatile("mcr p15, 4, %0, c6, c10, 5\n\tisb" ::"r"(0) : "memory");
}

static inline void mpu_enable(uint32_t mask)
{
    __asm__ volatile("mcr p15, 4, %0, c6, c1, 1\n\t" /* HPRENR */
                     "isb" ::"r"(mask) : "memory");
}

/* Windows 1 ... W-1 and the checks, through the selector. The slot is below HMPUIR and off. */
void mpu_write_slot(uint32_t slot, uint32_t rbar, uint32_t rlar);
void mpu_disable_slot(uint32_t slot);

#endif
