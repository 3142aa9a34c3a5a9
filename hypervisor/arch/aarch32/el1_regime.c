/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What EL1 may do at an address, by its own MPU (PMSAv8-32): for pointers that hypercalls are given.
 */
#include "hv/arch.h"
#include "hv/guest_access.h"
#include "hv/vcpu.h"
#include "lazy.h"
#include "trap_controls.h"

enum {
    SCTLR_M = 1 << 0,
    SCTLR_BR = 1 << 17,
    PRLAR_EN = 1 << 0,
    PRBAR_AP_RO = 2 << 1,
    REGION_GRANULE_MASK = 0x3f,
};

bool arch_el1_may_access(struct vcpu *v, uintptr_t address, bool write, uintptr_t *base, uintptr_t *limit);

static void clip(uintptr_t address, uintptr_t region_base, uintptr_t region_last, uintptr_t *base, uintptr_t *limit)
{
    if (region_base <= address && address <= region_last) {
        if (region_base > *base)
            *base = region_base;
        if (region_last < *limit - 1)
            *limit = region_last + 1;
    } else if (region_last < address) { /* another region ends below, another begins above */
        if (region_last >= *base)
            *base = region_last + 1;
    } else if (region_base < *limit) {
        *limit = region_base;
    }
}

bool arch_el1_may_access(struct vcpu *v, uintptr_t address, bool write, uintptr_t *base, uintptr_t *limit)
{
    const uint32_t sctlr = READ_SYSREG(SCTLR), regions = READ_SYSREG(MPUIR) >> 8 & 0xff;
    const uint32_t selector = READ_SYSREG(PRSELR);
    uint32_t hits = 0, ap = 0;

    /* The answer may be remembered (buffer run), so the guest's next change must be seen. */
    if (!(v->ctx.hcr & HCR_TVM))
        lazy_watch_el1_mpu(v);
    if (!(sctlr & SCTLR_M))
        return true;
    for (uint32_t i = 0; i < regions; i++) {
        WRITE_SYSREG(PRSELR, i);
        arch_isb();
        const uint32_t bar = READ_SYSREG(PRBAR), lar = READ_SYSREG(PRLAR);

        if (!(lar & PRLAR_EN) || (bar & ~(uint32_t)REGION_GRANULE_MASK) > (lar | REGION_GRANULE_MASK))
            continue;
        if ((bar & ~(uint32_t)REGION_GRANULE_MASK) <= address && address <= (lar | REGION_GRANULE_MASK)) {
            hits++;
            ap = bar;
        }
        clip(address, bar & ~(uint32_t)REGION_GRANULE_MASK, lar | REGION_GRANULE_MASK, base, limit);
    }
    WRITE_SYSREG(PRSELR, selector);
    if (hits == 0) /* the privileged background region: RAM is readable and writable there */
        return sctlr & SCTLR_BR;
    return hits == 1 && !(write && ap & PRBAR_AP_RO);
}
