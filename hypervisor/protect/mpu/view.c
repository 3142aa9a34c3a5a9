/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Views: from register images to the operand of view_load.
 */
#include "hv/cpu.h"
#include "hv/panic.h"
#include "hv/protect.h"
#include "hv/strategy.h"
#include "mpu_regs.h"
#include "planner.h"

/* Entry points of view_load (arch/<isa>/view_load.S), in the order in which slots are written. */
#define SLOT_ENTRIES(X) \
    X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define DECLARE(n) extern const char view_slot_##n[];
SLOT_ENTRIES(DECLARE)
#define ENTRY(n) {n, view_slot_##n},
static const struct {
    uint32_t slot;
    const char *entry;
} order[] = {SLOT_ENTRIES(ENTRY)};

/* Slots 5 ... 9 and 10 ... 15 are the two groups that one LDM loads. */
static bool ends_group(uint32_t position)
{
    return order[position].slot == 9 || order[position].slot == 15;
}

void view_build(struct view *view, const struct config_region *regions, uint32_t nr, uint32_t first_slot)
{
    const uint32_t start = ARRAY_SIZE(order) - nr;
    uint32_t word = 0, group = 0;

    view->regions = regions;
    view->nr = nr;
    view->first_slot = first_slot;
    view->enable = (BIT(nr) - 1) << first_slot | (BIT(MPU_FIXED_SLOTS) - 1);
    if (nr == 0 || nr > ARRAY_SIZE(order))
        panic("a view of %u regions", (unsigned)nr);

    /* The first group is padded in front, so that its registers are the ones its code uses. */
    while (!ends_group(start + group))
        group++;
    word = 2 * (VIEW_GROUP_SLOTS - (group + 1));
    for (uint32_t i = 0; i < nr; i++) {
        view->words[word++] = regions[i].rbar;
        view->words[word++] = regions[i].rlar;
        if (i == group)
            view->words[word++] = (uint32_t)(uintptr_t)order[start].entry;
    }
    view->image = view->words;
}

/* EL2-only images of the domain's RAM, for the window that covers a whole domain. */
static void build_ram_images(struct domain *d, const struct config_header *config, const struct config_range *ranges)
{
    struct view *const view = &d->view;

    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        struct config_range range = ranges[d->config->first_range + i];

        if (range.kind != RANGE_RAM && range.kind != RANGE_SHM_OWNER)
            continue;
        if (view->nr_ram == config->windows) {
            view->nr_ram = 0; /* does not fit: pages get windows of their own */
            return;
        }
        range.attr &= ~(uint32_t)(RANGE_EL1 | RANGE_EXEC);
        view->ram[view->nr_ram++] = planner_encode(&range);
    }
}

void protect_build_view(struct domain *d, const struct config_header *config)
{
    const char *const base = (const char *)config;
    const struct config_region *regions = (const struct config_region *)(base + config->regions);

    view_build(&d->view, regions + d->config->first_region, d->config->nr_regions, d->config->first_slot);
    build_ram_images(d, config, (const struct config_range *)(base + config->ranges));
}

uint32_t protect_view_slots(const struct domain *d)
{
    return (uint32_t)__builtin_popcount(d->view.enable);
}
