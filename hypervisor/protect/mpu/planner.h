/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The planner: ranges -> MPU slots, pure C, no hardware in it. Shared by the hypervisor, syscfg and the
 * hosted unit tests. The register image is derived from the ranges and never read back.
 *
 * Rules: a range is half-open, its base and limit are multiples of 64 bytes; two ranges of one view never
 * overlap; ranges that touch and have equal attributes become one slot.
 */
#ifndef PROTECT_MPU_PLANNER_H
#define PROTECT_MPU_PLANNER_H

#include "hv/config.h"
#include "hv/types.h"

/* PMSAv8-32 HPRBAR / HPRLAR fields. */
enum {
    MPU_GRANULE = 64,
    RBAR_XN = 1u << 0,
    RBAR_AP_EL2_RW = 0u << 1,
    RBAR_AP_ALL_RW = 1u << 1,
    RBAR_AP_EL2_RO = 2u << 1,
    RBAR_AP_ALL_RO = 3u << 1,
    RBAR_SH_NON = 0u << 3,
    RBAR_SH_OUTER = 2u << 3,
    RBAR_SH_INNER = 3u << 3,
    RLAR_EN = 1u << 0,
    RLAR_ATTR_SHIFT = 1,
};

_Static_assert((RBAR_AP_ALL_RW | RBAR_AP_EL2_RO) == RBAR_AP_ALL_RO, "one bit for EL1, one for read-only");

/* Index into HMAIR0; the value is MPU_HMAIR0. */
enum { MAIR_NORMAL_WB = 0, MAIR_NORMAL_NC = 1, MAIR_DEVICE_nGnRnE = 2, MAIR_DEVICE_nGnRE = 3 };
#define MPU_HMAIR0 0x040044ffu

enum planner_error {
    PLANNER_OVERLAP = -1,   /* two ranges share a byte */
    PLANNER_MISALIGNED = -2, /* base or limit not on 64 bytes */
    PLANNER_EMPTY = -3,     /* limit <= base, or beyond 2^32 */
};

/*
 * Plans one view. `ranges` is sorted in place by base and merged; `nr` of them come in. Writes at most `max`
 * register images to `out`. Returns the number of slots the view needs (more than `max`: it does not fit and
 * `out` holds nothing of use) or a planner_error, in which case *bad is the index (after sorting) of the
 * second of the two ranges that collide, or of the wrong one.
 */
must_check int planner_plan(struct config_range *ranges, unsigned nr, struct config_region *out, unsigned max,
                            unsigned *bad);

/* The register image of [base, last] with these attributes (enum range_attr); 64-byte granules. */
static inline struct config_region planner_region(uint32_t base, uint32_t last, uint32_t attr)
{
    const uint32_t granule = MPU_GRANULE - 1, mair = attr & RANGE_IS_DEVICE ? MAIR_DEVICE_nGnRE : MAIR_NORMAL_WB;
    struct config_region region = {
        .rbar = base | (attr & RANGE_SHAREABLE ? RBAR_SH_OUTER : RBAR_SH_NON),
        .rlar = (last & ~granule) | mair << RLAR_ATTR_SHIFT | RLAR_EN,
    };

    if (attr & RANGE_EL1)
        region.rbar |= RBAR_AP_ALL_RW;
    if (!(attr & RANGE_WRITE))
        region.rbar |= RBAR_AP_EL2_RO;
    /* One XN bit serves both levels: what EL1 may not execute, nobody executes. */
    if ((attr & (RANGE_EXEC | RANGE_EL1)) != (RANGE_EXEC | RANGE_EL1))
        region.rbar |= RBAR_XN;
    return region;
}

/* The same for a range that obeys the rules above. */
struct config_region planner_encode(const struct config_range *range);

#endif
