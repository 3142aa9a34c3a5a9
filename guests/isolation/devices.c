/* SPDX-License-Identifier: Apache-2.0 */
/* Devices, modules, memory of nobody, holes. */
#include "places.h"

enum { KIB = 1024 };

static void deny_all(enum attempt attempt, const struct place *places, uint32_t count, uint32_t stride)
{
    for (uint32_t i = 0; i < count; i++)
        expect_place_denied(attempt, &places[i], stride);
}

TEST(isolation, devices_that_are_not_assigned_cannot_be_read, IDS "S4-23",
     WHY "a device belongs to one domain or to nobody", NEEDS "strategies=all")
{
    deny_all(READ, device_places, COUNT_OF(device_places), 256);
}

TEST(isolation, devices_that_are_not_assigned_cannot_be_written, IDS "S4-23",
     WHY "a device belongs to one domain or to nobody", NEEDS "strategies=all")
{
    deny_all(WRITE, device_places, COUNT_OF(device_places), 256);
}

TEST(isolation, user_mode_reaches_no_device, IDS "S4-23", WHY "user mode has no more than its kernel",
     NEEDS "strategies=all")
{
    deny_all(READ_EL0, device_places, COUNT_OF(device_places), KIB);
    deny_all(WRITE_EL0, device_places, COUNT_OF(device_places), KIB);
}

TEST(isolation, devices_cannot_be_executed, IDS "S4-23", WHY "peripheral space holds no code", NEEDS "strategies=all")
{
    deny_all(EXECUTE, device_places, COUNT_OF(device_places), KIB);
    deny_all(EXECUTE_EL0, device_places, COUNT_OF(device_places), KIB);
}

TEST(isolation, the_modules_area_is_the_hypervisors_alone, IDS "S4-23 S1-07",
     WHY "a restart copies the image from there once more", NEEDS "strategies=all")
{
    deny_all(READ, module_places, COUNT_OF(module_places), 32 * KIB);
    deny_all(WRITE, module_places, COUNT_OF(module_places), 32 * KIB);
    deny_all(EXECUTE, module_places, COUNT_OF(module_places), 32 * KIB);
    deny_all(READ_EL0, module_places, COUNT_OF(module_places), 32 * KIB);
}

TEST(isolation, memory_of_nobody_cannot_be_read, IDS "S4-23 S1-07", WHY "only what the tree gives is in the view",
     NEEDS "strategies=all")
{
    deny_all(READ, unowned_places, COUNT_OF(unowned_places), KIB);
}

TEST(isolation, memory_of_nobody_cannot_be_written, IDS "S4-23 S1-07", WHY "only what the tree gives is in the view",
     NEEDS "strategies=all")
{
    deny_all(WRITE, unowned_places, COUNT_OF(unowned_places), KIB);
}

TEST(isolation, memory_of_nobody_cannot_be_executed, IDS "S4-23 S1-07", WHY "the boot TCM holds code of the reset path",
     NEEDS "strategies=all")
{
    deny_all(EXECUTE, unowned_places, COUNT_OF(unowned_places), KIB);
    deny_all(EXECUTE_EL0, unowned_places, COUNT_OF(unowned_places), KIB);
}

TEST(isolation, the_whole_address_space_is_denied_outside_the_own_banks, IDS "S4-23",
     WHY "one word of each MiB finds what nobody thought of", NEEDS "strategies=all")
{
    const uint32_t mib = 1024 * KIB;
    uint32_t holes = 0;

    for (uint32_t n = 0; n < 4096 && holes < 4; n++) {
        const uintptr_t address = n * mib + 0x18000; /* behind the event banks */
        bool own = address - (uint32_t)machine.bank[0].base < (uint32_t)machine.bank[0].size;
        bool gic = address - BOARD_GICD < 2 * mib;

        if (!own && !gic && !expect_denied(READ, address, "one word of each MiB"))
            holes++;
    }
}

TEST(isolation, an_assigned_device_opens_its_own_page_only, IDS "S4-23 S3-01 S3-10", WHY "its neighbours are the watchdog and I2C",
     NEEDS "system=device strategies=all")
{
    uint32_t value;

    expect_eq(try_read32(0xe0101000, &value).kind, FAULT_NONE);
    expect_eq(try_read32(0xe0101ffc, &value).kind, FAULT_NONE);
    expect_denied(READ, 0xe0100ffc, "below the dual timer");
    expect_denied(WRITE, 0xe0100ffc, "below the dual timer");
    expect_denied(READ, 0xe0102000, "above the dual timer");
    expect_denied(WRITE, 0xe0102000, "above the dual timer");
    expect_denied(READ, 0xe0205000, "the console");
    expect_denied(EXECUTE, 0xe0101000, "the dual timer");
}
