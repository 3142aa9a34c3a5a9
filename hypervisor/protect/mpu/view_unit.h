/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view on an MPU board: register images and where they go.
 *
 * Slots: 0 ... 4 fixed (MPU_FIXED_SLOTS), then windows or, with `mask`, the hypervisor's RAM ranges; the
 * guest's regions end at the highest slot. `words` is the operand of view_load (arch/<isa>/view_load.S).
 */
#ifndef PROTECT_MPU_VIEW_UNIT_H
#define PROTECT_MPU_VIEW_UNIT_H

#include "hv/config.h"
#include "hv/types.h"

enum {
    VIEW_GROUP_SLOTS = 6,
    VIEW_MAX_REGIONS = MPU_MAX_SLOTS - MPU_FIXED_SLOTS,
    VIEW_MAX_WORDS = 2 * (VIEW_MAX_REGIONS + VIEW_GROUP_SLOTS) + 1,
};

struct view {
    uint32_t *image;      /* into words; NULL: the regions are resident and only switched on and off */
    uint32_t enable;      /* HPRENR while the view is loaded: fixed slots and its own */
    uint32_t nr;          /* regions */
    uint32_t first_slot;
    uint32_t words[VIEW_MAX_WORDS];
    const struct config_region *regions;
    /* window-granule = "domain": its RAM as EL2-only regions */
    struct config_region ram[CONFIG_MAX_WINDOWS];
    uint32_t nr_ram;
};

/* Fills `view` so that it can be loaded: regions go to slots first_slot ...; at most VIEW_MAX_REGIONS. */
void view_build(struct view *view, const struct config_region *regions, uint32_t nr, uint32_t first_slot);

/* Loads an image (arch). Everything but the fixed slots is off before, the image's slots are on after. */
void view_load(const uint32_t *image);

#endif
