/* SPDX-License-Identifier: Apache-2.0 */
/* MPU registers are per CPU: what holds on the first must hold on the second, and while both work at once. */
#include "places.h"

enum { KIB = 1024 };

static const struct place image_of_domain_1 = {"domain 1's RAM", RAM(0x20000000), RAM(0x20100000)};

static void deny_hypervisor_and(const struct place *other)
{
    for (uint32_t i = 0; i < COUNT_OF(hypervisor_places); i++) {
        expect_place_denied(READ, &hypervisor_places[i], 4 * KIB);
        expect_place_denied(WRITE, &hypervisor_places[i], 4 * KIB);
    }
    expect_place_denied(READ, other, 64 * KIB);
    expect_place_denied(WRITE, other, 64 * KIB);
    expect_place_denied(EXECUTE, other, 64 * KIB);
}

TEST(isolation, the_second_cpu_denies_what_the_first_denies, IDS "S4-23", WHY "nothing broadcasts an MPU register",
     NEEDS "system=smp strategies=all timeout_ms=10000")
{
    peers_meet();
    peer_signal(0);
    deny_hypervisor_and(&peer_ram);
    peer_wait(1);
}

PEER(2, isolation, the_second_cpu_denies_what_the_first_denies)
{
    peers_meet();
    peer_wait(0);
    deny_hypervisor_and(&image_of_domain_1);
    peer_signal(1);
}

TEST(isolation, a_send_across_cpus_leaves_both_sides_closed, IDS "S4-06 S4-07 S4-13",
     WHY "the receiver's CPU does the access, in the middle of its guest", NEEDS "system=smp strategies=all timeout_ms=10000")
{
    peers_meet();
    for (uint32_t round = 0; round < 10; round++) {
        peer_signal(0);
        expect_denied(READ, peer_ram.base, peer_ram.what);
        peer_wait(1);
        expect_denied(WRITE, peer_ram.limit - 4, peer_ram.what);
    }
}

PEER(2, isolation, a_send_across_cpus_leaves_both_sides_closed)
{
    peers_meet();
    for (;;) {
        peer_wait(0);
        expect_denied(READ, image_of_domain_1.base, image_of_domain_1.what);
        peer_signal(1);
        expect_denied(WRITE, image_of_domain_1.limit - 4, image_of_domain_1.what);
    }
}
