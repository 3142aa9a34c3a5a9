// SPDX-License-Identifier: Apache-2.0
/*
 * The planner (S0-04, S0-06, S4-02, S4-11, X-58, X-60, X-70, X-71): what merges, what is refused, what the registers
 * hold.
 */
#include "protect/mpu/planner.h"

#include "check.h"

enum { RAM = RANGE_EL1 | RANGE_WRITE | RANGE_EXEC, DATA = RANGE_EL1 | RANGE_WRITE };

static const uint64_t top = UINT64_C(1) << 32;

static struct config_range range(uint64_t base, uint64_t limit, uint32_t attr)
{
    return (struct config_range){.base = base, .limit = limit, .attr = attr, .kind = RANGE_RAM};
}

static int plan(struct config_range *ranges, unsigned nr, unsigned *bad)
{
    struct config_region out[MPU_MAX_SLOTS];

    return planner_plan(ranges, nr, out, MPU_MAX_SLOTS, bad);
}

static void nothing_needs_nothing(void)
{
    struct config_range none[1];
    unsigned bad;

    CHECK_EQUAL(plan(none, 0, &bad), 0);
}

static void touching_equals_merge(void)
{
    struct config_range ranges[] = {range(0x3000, 0x4000, RAM), range(0x1000, 0x2000, RAM), range(0x2000, 0x3000, RAM)};
    struct config_region out[3];
    unsigned bad;

    CHECK_EQUAL(planner_plan(ranges, 3, out, 3, &bad), 1);
    CHECK_EQUAL(ranges[0].base, 0x1000);
    CHECK_EQUAL(ranges[0].limit, 0x4000);
    CHECK_EQUAL(out[0].rbar & ~0x3fu, 0x1000);
    CHECK_EQUAL(out[0].rlar & ~0x3fu, 0x3fc0);
}

static void touching_unequals_stay_apart(void)
{
    struct config_range ranges[] = {range(0x1000, 0x2000, RAM), range(0x2000, 0x3000, DATA),
                                    range(0x3000, 0x4000, DATA | RANGE_SHAREABLE),
                                    range(0x4000, 0x5000, DATA | RANGE_IS_DEVICE), range(0x5000, 0x6000, RANGE_WRITE)};
    unsigned bad;

    CHECK_EQUAL(plan(ranges, 5, &bad), 5);
}

static void a_kind_does_not_keep_ranges_apart(void)
{
    struct config_range ranges[] = {range(0x1000, 0x2000, DATA), range(0x2000, 0x3000, DATA)};
    unsigned bad;

    ranges[1].kind = RANGE_EVENT_PAGES;
    CHECK_EQUAL(plan(ranges, 2, &bad), 1);
}

static void a_gap_of_one_granule_is_a_gap(void)
{
    struct config_range ranges[] = {range(0x1000, 0x2000, RAM), range(0x2040, 0x3000, RAM)};
    unsigned bad;

    CHECK_EQUAL(plan(ranges, 2, &bad), 2);
}

static void overlap_names_the_second(void)
{
    struct config_range ranges[] = {range(0x5000, 0x6000, RAM), range(0x1000, 0x2040, RAM), range(0x2000, 0x3000, RAM)};
    unsigned bad = 99;

    CHECK_EQUAL(plan(ranges, 3, &bad), PLANNER_OVERLAP);
    CHECK_EQUAL(bad, 1);
    CHECK_EQUAL(ranges[bad].base, 0x2000);
}

static void overlap_by_one_granule_and_by_all(void)
{
    struct config_range same[] = {range(0x1000, 0x2000, RAM), range(0x1000, 0x2000, RAM)};
    struct config_range inside[] = {range(0x1000, 0x9000, RAM), range(0x2000, 0x3000, RAM), range(0x8fc0, 0xa000, RAM)};
    unsigned bad;

    CHECK_EQUAL(plan(same, 2, &bad), PLANNER_OVERLAP);
    CHECK_EQUAL(plan(inside, 3, &bad), PLANNER_OVERLAP);
    CHECK_EQUAL(bad, 1);
}

static void misaligned_is_refused(void)
{
    struct config_range base[] = {range(0x1020, 0x2000, RAM)};
    struct config_range limit[] = {range(0x0, 0x40, RAM), range(0x1000, 0x2001, RAM)};
    unsigned bad;

    CHECK_EQUAL(plan(base, 1, &bad), PLANNER_MISALIGNED);
    CHECK_EQUAL(plan(limit, 2, &bad), PLANNER_MISALIGNED);
    CHECK_EQUAL(bad, 1);
}

static void empty_and_reversed_are_refused(void)
{
    struct config_range empty[] = {range(0x1000, 0x1000, RAM)};
    struct config_range reversed[] = {range(0x2000, 0x1000, RAM)};
    struct config_range beyond[] = {range(0xffff0000, top + 64, RAM)};
    unsigned bad;

    CHECK_EQUAL(plan(empty, 1, &bad), PLANNER_EMPTY);
    CHECK_EQUAL(plan(reversed, 1, &bad), PLANNER_EMPTY);
    CHECK_EQUAL(plan(beyond, 1, &bad), PLANNER_EMPTY);
}

static void the_address_space_ends_at_2_to_32(void)
{
    struct config_range ranges[] = {range(top - 64, top, DATA), range(0, 64, DATA)};
    struct config_region out[2];
    unsigned bad;

    CHECK_EQUAL(planner_plan(ranges, 2, out, 2, &bad), 2);
    CHECK_EQUAL(out[0].rlar & ~0x3fu, 0);
    CHECK_EQUAL(out[1].rbar & ~0x3fu, 0xffffffc0u);
    CHECK_EQUAL(out[1].rlar & ~0x3fu, 0xffffffc0u);
}

static void too_many_says_how_many_and_writes_no_further(void)
{
    struct config_range ranges[20];
    struct config_region out[17] = {[16] = {0x5a5a5a5a, 0x5a5a5a5a}};
    unsigned bad;

    for (unsigned i = 0; i < 20; i++)
        ranges[i] = range(0x1000 * (uint64_t)(40 - 2 * i), 0x1000 * (uint64_t)(40 - 2 * i) + 0x40, RAM);
    CHECK_EQUAL(planner_plan(ranges, 20, out, 16, &bad), 20);
    CHECK_EQUAL(out[16].rbar, 0x5a5a5a5a);
    CHECK_EQUAL(out[0].rbar & ~0x3fu, 0x2000);
}

/*
 * An event page taken out of a heap of the hypervisor, against one that stays in its guest's bank: the heap in two
 * parts and a region of the guest's view more, against nothing.
 */
static void a_page_out_of_a_heap_costs_two_regions(void)
{
    const struct config_range bank = range(0x20000000, 0x20100000, RAM);
    struct config_range heap[] = {range(0x30000000, 0x30100000, RANGE_WRITE), bank};
    struct config_range split[] = {range(0x30000000, 0x30040000, RANGE_WRITE), range(0x30040000, 0x30041000, DATA),
                                   range(0x30041000, 0x30100000, RANGE_WRITE), bank};
    unsigned bad;

    CHECK_EQUAL(plan(heap, 2, &bad), 2);
    CHECK_EQUAL(plan(split, 4, &bad), 4);
}

/* The example of the machine's description: RW for all, Normal write-back, one 64 KiB range. */
static void registers_of_guest_ram(void)
{
    struct config_range ram = range(0x20000000, 0x20010000, RAM);
    struct config_region region = planner_encode(&ram);

    CHECK_EQUAL(region.rbar, 0x20000000u | 1u << 1);
    CHECK_EQUAL(region.rlar, 0x2000ffc0u | MAIR_NORMAL_WB << 1 | 1u);
    ram.attr |= RANGE_SHAREABLE;
    CHECK_EQUAL(planner_encode(&ram).rbar, 0x20000000u | 2u << 3 | 1u << 1);
    ram.attr = RANGE_EL1 | RANGE_EXEC;
    CHECK_EQUAL(planner_encode(&ram).rbar, 0x20000000u | 3u << 1);
}

static void what_is_not_for_el1_is_never_executable(void)
{
    struct config_range own = range(0x40000000, 0x80000000, RANGE_WRITE | RANGE_EXEC);

    CHECK_EQUAL(planner_encode(&own).rbar, 0x40000000u | 1u);
    own.attr = RANGE_EXEC;
    CHECK_EQUAL(planner_encode(&own).rbar, 0x40000000u | 2u << 1 | 1u);
    own.attr = DATA;
    CHECK_EQUAL(planner_encode(&own).rbar, 0x40000000u | 1u << 1 | 1u);
}

static void registers_of_a_device(void)
{
    struct config_range device = range(0xe0101000, 0xe0102000, DATA | RANGE_IS_DEVICE);
    struct config_region region = planner_encode(&device);

    CHECK_EQUAL(region.rbar, 0xe0101000u | 1u << 1 | 1u);
    CHECK_EQUAL(region.rlar, 0xe0101fc0u | MAIR_DEVICE_nGnRE << 1 | 1u);
}

int main(void)
{
    nothing_needs_nothing();
    touching_equals_merge();
    touching_unequals_stay_apart();
    a_kind_does_not_keep_ranges_apart();
    a_gap_of_one_granule_is_a_gap();
    overlap_names_the_second();
    overlap_by_one_granule_and_by_all();
    misaligned_is_refused();
    empty_and_reversed_are_refused();
    the_address_space_ends_at_2_to_32();
    too_many_says_how_many_and_writes_no_further();
    a_page_out_of_a_heap_costs_two_regions();
    registers_of_guest_ram();
    what_is_not_for_el1_is_never_executable();
    registers_of_a_device();
    return check_result();
}
