/* SPDX-License-Identifier: Apache-2.0 */
/* Long arguments: on any address, over many regions of the caller's MPU, and in pieces where a call restarts. */
#include "places.h"

enum {
    FIELD = 1024, /* what XENVER_capabilities fills */
    REGION = 64,
    REGIONS = FIELD / REGION,
    LIST = 128,
    GUARD = 0x5a,
};

static char area[2 * FIELD] __attribute__((aligned(FIELD)));

static void expect_field(const char *field)
{
    size_t text = strlen(field);

    expect_true(text > 0 && text < 64);
    for (size_t i = text; i < FIELD; i++)
        require_eq(field[i], 0);
    expect_eq(field[-1], GUARD);
    expect_eq(field[FIELD], GUARD);
}

TEST(abi, a_long_field_is_filled_to_its_end_on_any_address, IDS "", WHY "EL2 writes words, guests have addresses",
     NEEDS "system=solo")
{
    for (uint32_t shift = 1; shift <= 4; shift++) {
        memset(area, GUARD, sizeof(area));
        expect_eq(hypercall_xen_version(XENVER_capabilities, area + shift), 0);
        expect_field(area + shift);
    }
}

/* REGIONS regions from the start of the area on, each with its access. */
static void set_regions(uint32_t count, enum mpu_access last)
{
    for (uint32_t n = 0; n < count; n++) {
        const uint32_t at = (uint32_t)area + n * REGION;
        mpu_set_region(n, at, at + REGION, n + 1 == count ? last : MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    }
    mpu_enable();
}

TEST(abi, a_buffer_may_cross_every_region_of_the_mpu, IDS "S1-07", WHY "protection has no granule that a call may assume",
     NEEDS "system=solo")
{
    require_true(mpu_region_count() >= REGIONS);
    memset(area, GUARD, sizeof(area));
    set_regions(REGIONS, MPU_EL1_RW);
    expect_eq(hypercall_xen_version(XENVER_capabilities, area + 1), 0); /* its end lies in the background */
    expect_field(area + 1);
}

TEST(abi, a_buffer_whose_end_is_read_only_is_efault, IDS "S1-07", WHY "the end is looked at before the first byte moves",
     NEEDS "system=solo")
{
    enum { AT = FIELD - 2 * REGION + 32, CHANGESET = 64 };

    memset(area, GUARD, sizeof(area));
    set_regions(REGIONS, MPU_EL1_RO);
    expect_eq(hypercall_xen_version(XENVER_changeset, area + AT), -XEN_EFAULT);
    mpu_disable();
    for (uint32_t i = 0; i < CHANGESET; i++)
        require_eq(area[AT + i], GUARD);
}

TEST(abi, regions_that_overlap_in_a_buffer_are_efault, IDS "S1-07", WHY "EL1 would fault there itself", NEEDS "system=solo")
{
    const uint32_t base = (uint32_t)area;

    mpu_set_region(0, base, base + 4 * REGION, MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    mpu_set_region(1, base + 3 * REGION, base + 5 * REGION, MPU_EL1_RW, MPU_NORMAL, MPU_NO_EXECUTE);
    mpu_enable();
    expect_eq(hypercall_xen_version(XENVER_changeset, area + 2 * REGION + 8), -XEN_EFAULT);
    expect_eq(hypercall_xen_version(XENVER_changeset, area + REGION), 0);
}

/* ---- lists of ports ---- */

static void list_put(char *list, uint32_t i, uint32_t port)
{
    memcpy(list + 4 * i, &port, sizeof(port));
}

/* 0: at once, because one is pending; a deadline that has passed ends the rest. */
static int32_t poll(const char *list, uint64_t *took_ns)
{
    enum { NAP_NS = 100 * 1000 };
    const uint64_t start = now_ns();
    const struct sched_poll poll = {.ports = (uint32_t)list, .nr_ports = LIST, .timeout = start + NAP_NS};
    const int32_t result = hypercall_sched_op(SCHEDOP_poll, &poll);

    *took_ns = now_ns() - start;
    return result;
}

TEST(abi, a_list_of_128_ports_is_seen_to_its_end_on_any_address, IDS "S4-15", WHY "the long list has a path of its own",
     NEEDS "system=solo")
{
    enum { AT_ONCE_NS = 50 * 1000 };
    static const uint32_t places[] = {0, 1, 2, 63, 126, 127};
    uint64_t took;

    require_eq(events_init(), 0);
    for (uint32_t i = 0; i < 2 * LIST; i++)
        require_eq(evtchn_bind_ipi(0), (int32_t)i + 1);
    for (uint32_t shift = 0; shift < 4; shift++) {
        char *const list = area + shift;

        for (uint32_t i = 0; i < LIST; i++)
            list_put(list, i, 2 * LIST - i);
        expect_eq(poll(list, &took), 0);
        expect_true(took > AT_ONCE_NS);
        for (uint32_t n = 0; n < sizeof(places) / sizeof(places[0]); n++) {
            event_set(2 * LIST - places[n]);
            expect_eq(poll(list, &took), 0);
            expect_true(took < AT_ONCE_NS);
            list_put(list, LIST - 1, 0x80000000u); /* behind a pending port nobody looks */
            expect_eq(poll(list, &took), places[n] == LIST - 1 ? -XEN_EINVAL : 0);
            list_put(list, LIST - 1, LIST + 1);
            event_clear(2 * LIST - places[n]);
            list_put(list, places[n], n % 2 ? 1023 : 1024 + n);
            expect_eq(poll(list, &took), -XEN_EINVAL);
            list_put(list, places[n], 2 * LIST - places[n]);
        }
    }
}
