/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An exception taken from EL2 itself: a defect of ours, described as well as the registers allow. And an SError from a
 * guest, which has nothing to return to.
 */
#include "hv/arch.h"
#include "hv/console.h"
#include "hv/cpu.h"
#include "hv/domain.h"
#include "hv/panic.h"

noreturn_fn void el2_fault(unsigned vector, const uint64_t *registers);
void serror_handle(void);

noreturn_fn void el2_fault(unsigned vector, const uint64_t *registers)
{
    static const char *const names[] = {"synchronous exception", "irq", "fiq", "SError"};

    for (unsigned i = 0; i < 18; i += 3)
        console_log("x%u=%lx %lx %lx", i, registers[i], registers[i + 1], registers[i + 2]);
    panic("EL2 %s at pc=%lx esr=%08x far=%lx lr=%lx", names[vector & 3], READ_SYSREG(elr_el2),
          (unsigned)READ_SYSREG(esr_el2), READ_SYSREG(far_el2), registers[19]);
}

/* Its own write failed on the bus. */
void serror_handle(void)
{
    domain_crash(vcpu_current()->domain, "asynchronous external abort");
}
