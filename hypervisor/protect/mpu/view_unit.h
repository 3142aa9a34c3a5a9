/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view on an MPU board: its regions, which are at the same time the operand of view_load
 * (arch/<isa>/view_load.S), so that an edit of the list needs no second copy of it.
 *
 * Slots: 0 ... 4 fixed (MPU_FIXED_SLOTS), then windows or, with `mask`, the hypervisor's RAM ranges; the
 * guest's regions end at the highest slot. Whoever edits a list has held the CPUs that may be loading it.
 */
#ifndef PROTECT_MPU_VIEW_UNIT_H
#define PROTECT_MPU_VIEW_UNIT_H

#include "hv/config.h"
#include "hv/types.h"
#include "regions.h"

enum { VIEW_GROUP_SLOTS = 6 }; /* registers of that many slots are loaded by one LDM */

struct view {
    uint32_t *image;      /* into list; NULL: the regions are resident and only switched on and off */
    uint32_t enable;      /* HPRENR while the view is loaded: fixed slots and its own */
    uint32_t first_slot;
    uint32_t owners;      /* bit per domain that owns something the view holds */
    struct region_list list;
    uint32_t ram_attr;            /* enum range_attr of its first range, */
    struct config_region ram_bits; /* and these bits of a register pair, */
    struct config_region foreign_page; /* and the pair for a page of it in another's view, were its base 0 */
    /* window-granule = "domain": its RAM as EL2-only regions */
    struct config_region ram[CONFIG_MAX_WINDOWS];
    uint32_t nr_ram;
};

struct view_span {
    uintptr_t base, last; /* both inside */
};

/* The list becomes loadable, in slots that end at the highest. */
void view_make_image(struct view *view);

/* Loads an image (arch). Everything but the fixed slots is off before, the image's slots are on after. */
void view_load(const uint32_t *image);

#endif
