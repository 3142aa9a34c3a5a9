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

always_inline uintptr_t greater(uintptr_t a, uintptr_t b)
{
    return a > b ? a : b;
}

always_inline uintptr_t less(uintptr_t a, uintptr_t b)
{
    return a < b ? a : b;
}

static bool overlaps(const struct piece *pieces, uint32_t nr, struct piece piece)
{
    for (; nr > 0; nr--, pieces++) {
        if (piece.base <= pieces->last && pieces->base <= piece.last)
            return true;
    }
    return false;
}

/*
 * Of the pieces that regions cover no two may overlap, and the background region may have to cover the rest. The run
 * around `address` ends where a region begins or ends.
 */
hot uint32_t arch_el1_access(struct vcpu *v, uintptr_t address, uintptr_t last, uintptr_t *base, uintptr_t *limit)
{
    const uint32_t sctlr = READ_SYSREG(SCTLR);
    struct piece pieces[MPU_MAX_SLOTS];
    uintptr_t run_base = *base, run_last = *limit - 1;
    uint32_t nr = 0, covered = 0, ap = 0;

    /* The answer may be remembered (buffer run), so the guest's next change must be seen. */
    if (!(v->ctx.hcr & HCR_TVM))
        lazy_watch_el1_mpu(v);
    if (!(sctlr & SCTLR_M))
        return EL1_READ | EL1_WRITE;
    for (const uint32_t *region = v->ctx.mpu.region; region != v->ctx.mpu.region + 2 * MPU_MAX_SLOTS; region += 2) {
        const uintptr_t first = region[0] & ~(uint32_t)REGION_GRANULE_MASK, end = region[1] | REGION_GRANULE_MASK;

        if (!(region[1] & PRLAR_EN) || first > end)
            continue;
        if (end < address) {
            run_base = greater(run_base, end + 1);
            continue;
        }
        if (first > address) {
            run_last = less(run_last, first - 1);
            if (first > last)
                continue;
        } else {
            run_base = greater(run_base, first);
            run_last = less(run_last, end);
        }
        const struct piece piece = {greater(first, address), less(end, last)};
        if (overlaps(pieces, nr, piece))
            return 0;
        pieces[nr++] = piece;
        covered += piece.last - piece.base + 1;
        ap |= region[0];
    }
    *base = run_base;
    *limit = run_last + 1;
    if (covered != last - address + 1 && !(sctlr & SCTLR_BR)) /* RAM is readable and writable in the background */
        return 0;
    return ap & PRBAR_AP_RO ? EL1_READ : EL1_READ | EL1_WRITE;
}
