/* SPDX-License-Identifier: Apache-2.0 */
/* The machine a direct-mapped guest finds: the board's own addresses everywhere, from the board's tree. */
#include "fencepost.h"

enum { DISTRIBUTOR = (int)BOARD_GICD, REDISTRIBUTORS = (int)BOARD_GICR, PAGE = XEN_PAGE_SIZE };
enum { FEATURE_NOT_DIRECT_MAPPED = 16, FEATURE_DIRECT_MAPPED = 17 };

static uint32_t features(void)
{
    struct xen_feature_info info = {.submap_idx = 0};

    require_eq(hypercall_xen_version(XENVER_get_features, &info), 0);
    return info.submap;
}

TEST(direct_map, the_feature_says_direct_mapped, IDS "S0-01 S4-01", WHY "bit 17, and not bit 16", NEEDS "system=solo strategies=all")
{
    expect_true((features() >> FEATURE_DIRECT_MAPPED & 1u) != 0);
    expect_true((features() >> FEATURE_NOT_DIRECT_MAPPED & 1u) == 0);
}

TEST(direct_map, guest_ram_is_where_the_static_bank_is, IDS "S0-01 S4-01", WHY "gfn = mfn in each bank",
     NEEDS "system=keep strategies=all")
{
    expect_eq(machine.bank[0].base, RAM(0x20000000));
    expect_eq(machine.bank[1].base, RAM(0x28000000));
    expect_eq(machine.image_base, RAM(0x20000000));
}

/* Domain 2 of `keep`: its memory is as the loader left it. */
TEST(direct_map, a_guest_reads_what_the_loader_put_at_that_address, IDS "S0-01 S4-01", WHY "guest physical is physical",
     NEEDS "system=keep strategies=all fill=0x204a0000+0x1000,0x28005000+0x1000")
{
    peers_meet();
    peer_signal(0);
    peer_wait(0);
}

PEER(2, direct_map, a_guest_reads_what_the_loader_put_at_that_address)
{
    for (uintptr_t at = 0; at < PAGE; at += 4) {
        expect_eq(*(volatile uint32_t *)(RAM(0x204a0000) + at), (RAM(0x204a0000) + at) ^ 0x5ec2e755u);
        expect_eq(*(volatile uint32_t *)(RAM(0x28005000) + at), (RAM(0x28005000) + at) ^ 0x5ec2e755u);
    }
    peers_meet();
    peer_wait(0);
    peer_signal(0);
}

TEST(direct_map, both_domains_name_shared_memory_alike, IDS "S0-01 S0-11", WHY "one physical page, one address",
     NEEDS "system=shm strategies=window,switch,mask")
{
    volatile uint32_t *const word = (volatile uint32_t *)RAM(0x30001234);

    require_eq(events_register_shared_info((void *)(uintptr_t)(uint32_t)machine.bank[1].base), 0);
    *word = 0xd1d1d1d1;
    peers_meet();
    peer_signal(0);
    peer_wait(0);
    expect_eq(*word, 0xd2d2d2d2);
}

PEER(2, direct_map, both_domains_name_shared_memory_alike)
{
    volatile uint32_t *const word = (volatile uint32_t *)RAM(0x30001234);

    require_eq(events_register_shared_info((void *)(uintptr_t)(uint32_t)machine.bank[1].base), 0);
    peers_meet();
    peer_wait(0);
    expect_eq(*word, 0xd1d1d1d1);
    *word = 0xd2d2d2d2;
    peer_signal(0);
}

TEST(direct_map, the_interrupt_controller_is_at_the_boards_address, IDS "S0-08 S3-06 S3-12",
     WHY "emulated where the real one is", NEEDS "system=solo strategies=all")
{
    expect_eq(machine.gicd, (uint32_t)DISTRIBUTOR);
    expect_eq(machine.gicr, (uint32_t)REDISTRIBUTORS);
    expect_eq(*(volatile uint32_t *)((uint32_t)DISTRIBUTOR + 0xffe8) >> 4 & 0xfu, 3); /* PIDR2: GICv3 */
    irq_init();
    irq_enable_source(1);
    irq_unmask();
    irq_send_sgi(1, 0);
    spin_until(irq_count(0, 1) != 0);
    expect_eq(irq_count(0, 1), 1);
}

TEST(direct_map, every_vcpu_has_its_redistributor_where_the_board_has_it, IDS "S0-08", WHY "128 KiB each, in order",
     NEEDS "system=two-vcpus strategies=all")
{
    for (uint32_t vcpu = 0; vcpu < 2; vcpu++) {
        const uint32_t typer = (uint32_t)REDISTRIBUTORS + vcpu * 0x20000 + 8;

        expect_eq(*(volatile uint32_t *)(uintptr_t)(typer + 4), vcpu);                /* affinity */
        expect_eq(*(volatile uint32_t *)(uintptr_t)typer >> 4 & 1u, vcpu == 1 ? 1 : 0); /* Last */
    }
}

TEST(direct_map, nothing_is_at_the_addresses_of_xens_guest_layout, IDS "S3-12 S3-06", WHY "the layout is the board's",
     NEEDS "system=solo strategies=all")
{
    /* RAM, distributor, redistributors, vPL011, grants, magic pages of a domain that is not direct-mapped */
    static const uint32_t constants[] = {0x40000000, 0x03001000, 0x03020000, 0x22000000, 0x38000000, 0x39000000};
    uint32_t value;

    for (uint32_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++)
        expect_eq(try_read32(constants[i], &value).kind, FAULT_DATA);
}
