/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's own memory: nothing of it may be read, written or executed from below. */
#include "places.h"

enum { KIB = 1024, GRANULE = 64 };

static void try_everywhere(enum attempt attempt)
{
    for (uint32_t i = 0; i < COUNT_OF(hypervisor_places); i++)
        expect_place_denied(attempt, &hypervisor_places[i], 4 * KIB);
}

/* Every 64-byte granule within 1 KiB of both ends of each range, from below the first to above the last. */
static void try_around_edges(enum attempt attempt)
{
    for (uint32_t i = 0; i < COUNT_OF(hypervisor_places); i++) {
        const struct place *place = &hypervisor_places[i];
        const struct place below = {place->what, place->base - KIB, place->base + KIB};
        const struct place above = {place->what, place->limit - KIB, place->limit + KIB};

        expect_place_denied(attempt, &below, GRANULE);
        expect_place_denied(attempt, &above, GRANULE);
    }
}

TEST(isolation, el1_cannot_read_the_hypervisor, IDS "S4-23", WHY "code and data of the hypervisor are in every view",
     NEEDS "strategies=all")
{
    try_everywhere(READ);
}

TEST(isolation, el1_cannot_write_the_hypervisor, IDS "S4-23", WHY "code and data of the hypervisor are in every view",
     NEEDS "strategies=all")
{
    try_everywhere(WRITE);
}

TEST(isolation, el1_cannot_execute_the_hypervisor, IDS "S4-23", WHY "its text is executable, for EL2 alone",
     NEEDS "strategies=all")
{
    try_everywhere(EXECUTE);
}

TEST(isolation, el0_cannot_read_the_hypervisor, IDS "S4-23", WHY "user mode has no more than its kernel",
     NEEDS "strategies=all")
{
    try_everywhere(READ_EL0);
}

TEST(isolation, el0_cannot_write_the_hypervisor, IDS "S4-23", WHY "user mode has no more than its kernel",
     NEEDS "strategies=all")
{
    try_everywhere(WRITE_EL0);
}

TEST(isolation, el0_cannot_execute_the_hypervisor, IDS "S4-23", WHY "user mode has no more than its kernel",
     NEEDS "strategies=all")
{
    try_everywhere(EXECUTE_EL0);
}

TEST(isolation, no_granule_near_an_edge_of_the_hypervisor_can_be_read, IDS "S4-23",
     WHY "an inclusive limit taken for a half-open one opens 64 bytes", NEEDS "strategies=all")
{
    try_around_edges(READ);
}

TEST(isolation, no_granule_near_an_edge_of_the_hypervisor_can_be_written, IDS "S4-23",
     WHY "an inclusive limit taken for a half-open one opens 64 bytes", NEEDS "strategies=all")
{
    try_around_edges(WRITE);
}

TEST(isolation, every_kib_of_block_ram_is_denied, IDS "S4-23", WHY "also where no range of the hypervisor lies today",
     NEEDS "strategies=all")
{
    const struct place all = {"block RAM", HV(0x10000000), HV(0x10080000)};

    expect_place_denied(READ, &all, KIB);
    expect_place_denied(WRITE, &all, KIB);
}

TEST(isolation, a_denied_write_leaves_the_hypervisor_working, IDS "S4-23", WHY "denied means that nothing was written",
     NEEDS "strategies=all")
{
    try_everywhere(WRITE);
    peers_meet();
    peer_signal(1);
    peer_wait(1);
    expect_eq(hypercall_xen_version(XENVER_version, NULL), FENCEPOST_XEN_MAJOR << 16 | FENCEPOST_XEN_MINOR);
}

PEER(2, isolation, a_denied_write_leaves_the_hypervisor_working)
{
    peers_meet();
    peer_wait(1);
    peer_signal(1);
}
