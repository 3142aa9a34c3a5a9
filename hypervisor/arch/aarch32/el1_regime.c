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

uint32_t arch_el1_access(struct vcpu *v, uintptr_t address, uintptr_t last, uintptr_t *base, uintptr_t *limit);

struct piece {
    uintptr_t base, last; /* both inside */
};

always_inline void clip(uintptr_t address, uintptr_t region_base, uintptr_t region_last, uintptr_t *base, uintptr_t *limit)
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

/* Of the pieces that regions cover no two may overlap, and the background region may have to cover the rest. */
hot uint32_t arch_el1_access(struct vcpu *v, uintptr_t address, uintptr_t last, uintptr_t *base, uintptr_t *limit)
{
    const uint32_t sctlr = READ_SYSREG(SCTLR);
    struct piece pieces[MPU_MAX_SLOTS];
    uint32_t nr = 0, covered = 0, ap = 0;

    /* The answer may be remembered (buffer run), so the guest's next change must be seen. */
    if (!(v->ctx.hcr & HCR_TVM))
        lazy_watch_el1_mpu(v);
    if (!(sctlr & SCTLR_M))
        return EL1_READ | EL1_WRITE;
    for (const uint32_t *region = v->ctx.mpu.region; region != v->ctx.mpu.region + 2 * MPU_MAX_SLOTS; region += 2) {
        const uint32_t bar = region[0], lar = region[1];
        struct piece piece = {bar & ~(uint32_t)REGION_GRANULE_MASK, lar | REGION_GRANULE_MASK};

        if (!(lar & PRLAR_EN) || piece.base > piece.last)
            continue;
        clip(address, piece.base, piece.last, base, limit);
        if (piece.base > last || piece.last < address)
            continue;
        piece.base = piece.base > address ? piece.base : address;
        piece.last = piece.last < last ? piece.last : last;
        for (uint32_t i = 0; i < nr; i++) {
            if (piece.base <= pieces[i].last && pieces[i].base <= piece.last)
                return 0;
        }
        pieces[nr++] = piece;
        covered += piece.last - piece.base + 1;
        ap |= bar;
    }
    if (covered != last - address + 1 && !(sctlr & SCTLR_BR)) /* RAM is readable and writable in the background */
        return 0;
    return ap & PRBAR_AP_RO ? EL1_READ : EL1_READ | EL1_WRITE;
}
