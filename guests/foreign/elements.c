/* SPDX-License-Identifier: Apache-2.0 */
/* One element of a foreign batch: its own result, in the order owner, rights, frame, place. */
#include "foreign.h"

#define ONE NEEDS "system=foreign"

enum { HYPERVISOR = HV(0x10000000), DUAL_TIMER = 0xe0101000, IMAGE_2 = RAM(0x20400000), IMAGE_3 = RAM(0x20800000) };

/* ---- who ---- */

TEST(foreign, an_unknown_owner_is_refused, IDS "S2-07", WHY "ESRCH, whatever the frames are", ONE)
{
    static const uint16_t unknown[] = {0, 4, 9, 0x1234, DOMID_INVALID, 0xffff};

    for (uint32_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        expect_eq(map(unknown[i], LENT_2), -XEN_ESRCH);
        expect_eq(map_frame(unknown[i], ~0ull, 5), -XEN_ESRCH);
    }
    expect_out(LENT_2);
}

TEST(foreign, the_own_pages_are_not_foreign, IDS "X-36", WHY "EPERM for the own id and for DOMID_SELF", ONE)
{
    expect_eq(map(1, OWN_1), -XEN_EPERM);
    expect_eq(map(DOMID_SELF, OWN_1), -XEN_EPERM);
    expect_eq(map(1, LENT_2), -XEN_EPERM);
    expect_eq(map_frame(DOMID_SELF, frame_of(OWN_1), frame_of(LENT_2)), -XEN_EPERM);
    require_eq(unmap(OWN_1), 0);
    expect_eq(map(1, OWN_1), -XEN_EPERM);
}

TEST(foreign, a_domain_outside_the_policy_table_may_not_map, IDS "S2-07", WHY "EPERM, in this direction", ONE)
{
    meet_client(2);
    give_turn(2);
    expect_eq(map(2, LENT_2), 0); /* in the other direction it is in the table */
    give_turn(2);
}

PEER(2, foreign, a_domain_outside_the_policy_table_may_not_map)
{
    for (uint32_t round = 0; round < 2; round++) {
        round == 0 ? meet() : pass_turn();
        expect_eq(map(1, OWN_1), -XEN_EPERM);
        expect_eq(map(3, LENT_3), -XEN_EPERM);
        expect_eq(map(3, NO_PLACE), -XEN_EPERM); /* before the frame is looked at */
        expect_eq(map_frame(1, frame_of(OWN_1), ~0ull - 1), -XEN_EPERM);
        expect_out(OWN_1);
        expect_out(LENT_3);
    }
    pass_turn();
}

TEST(foreign, events_do_not_give_the_right_to_map, IDS "S2-07", WHY "two tables: domain 2 may connect to domain 1", ONE)
{
    meet_client(2);
    const int32_t port = evtchn_alloc_unbound(DOMID_SELF, 2);

    require_true(port > 0);
    give_turn(2);
    expect_true(event_is_pending((uint32_t)port));
}

PEER(2, foreign, events_do_not_give_the_right_to_map)
{
    int32_t port = -1;

    meet();
    for (uint32_t remote = 1; remote < 10 && port < 0; remote++)
        port = evtchn_bind_interdomain(1, remote);
    require_true(port > 0);
    expect_eq(evtchn_send((uint32_t)port), 0);
    expect_eq(map(1, OWN_1), -XEN_EPERM);
    pass_turn();
}

/* ---- which frame, and where ---- */

TEST(foreign, a_frame_appears_at_its_own_number_only, IDS "S2-04 S2-14 X-38", WHY "an MPU moves nothing: EINVAL", ONE)
{
    expect_eq(map_frame(2, frame_of(LENT_2), frame_of(lent(2, 1))), -XEN_EINVAL);
    expect_eq(map_frame(2, frame_of(LENT_2), frame_of(NO_PLACE)), -XEN_EINVAL);
    expect_eq(map_frame(2, frame_of(LENT_2), 0), -XEN_EINVAL);
    expect_eq(map_frame(2, frame_of(LENT_2), frame_of(LENT_2) | 1ull << 32), -XEN_EINVAL);
    expect_eq(map_frame(2, frame_of(LENT_2) | 1ull << 20, frame_of(LENT_2)), -XEN_EINVAL);
    expect_eq(map_frame(2, ~0ull, frame_of(LENT_2)), -XEN_EINVAL);
    expect_out(LENT_2);
    expect_out(lent(2, 1));
}

TEST(foreign, only_ram_of_the_named_owner_can_be_mapped, IDS "S2-10 S1-14", WHY "EINVAL for all that is not", ONE)
{
    static const uint32_t places[] = {NO_PLACE, HYPERVISOR, HV(0x10060000), DUAL_TIMER, 0xe0205000, 0xf0000000, 0xf0100000,
                                      0xc0000000, 0xcf000000, LENT_2 - PAGE, LENT_LIMIT, RAM(0x20500000), 0xfffff000, 0,
                                      IMAGE_3, LENT_3};

    for (uint32_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (map(2, places[i]) != -XEN_EINVAL)
            fail_("0x%x: %d instead of EINVAL", places[i], map(2, places[i]));
    expect_eq(map(3, LENT_2), -XEN_EINVAL);
    expect_eq(map(2, OWN_1), -XEN_EINVAL);
}

TEST(foreign, a_frame_beyond_the_address_width_is_none, IDS "X-27", WHY "it is not cut to 32 bits", ONE)
{
    for (uint32_t bit = 20; bit < 64; bit++) {
        const uint64_t frame = frame_of(LENT_2) | 1ull << bit;

        expect_eq(map_frame(2, frame, frame), -XEN_EINVAL);
        expect_eq(unmap_frame(frame), -XEN_ENOENT);
    }
    expect_out(LENT_2);
}

TEST(foreign, a_page_is_mapped_once, IDS "S2-04 X-37", WHY "its place is occupied then: EBUSY", ONE)
{
    require_eq(map(2, LENT_2), 0);
    expect_eq(map(2, LENT_2), -XEN_EBUSY);
    expect_in(LENT_2);
    expect_eq(unmap(LENT_2), 0);
    expect_eq(unmap(LENT_2), -XEN_ENOENT); /* the refused one took no second hold */
    expect_eq(map(2, LENT_2), 0);
}

TEST(foreign, the_same_page_twice_in_a_batch_is_mapped_once, IDS "X-37", WHY "elements see those before them", ONE)
{
    static struct batch batch;

    batch_fill(&batch, 2, LENT_2, PAGE, 3);
    batch.idxs[1] = batch.gpfns[1] = batch.idxs[0];
    expect_eq(batch_call(&batch), 0);
    expect_eq(batch.errs[0], 0);
    expect_eq(batch.errs[1], -XEN_EBUSY);
    expect_eq(batch.errs[2], 0);
}

TEST(foreign, any_page_of_a_bank_can_be_mapped, IDS "S2-13", WHY "first, last, and those of the owner's image", ONE)
{
    static const uint32_t pages[] = {LENT_2, LENT_2 + (LENT_PAGES - 1) * PAGE, IMAGE_2, IMAGE_2 + 0xff000, EVENTS_2,
                                     EVENTS_2 + 3 * PAGE};

    for (uint32_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        expect_eq(map(2, pages[i]), 0);
        expect_in(pages[i]);
        expect_eq(unmap(pages[i]), 0);
        expect_out(pages[i]);
    }
}

TEST(foreign, a_foreign_page_is_not_lent_on, IDS "S2-02 S2-10", WHY "no chains: EINVAL", ONE)
{
    require_eq(map(2, LENT_2), 0);
    meet_client(3);
    give_turn(3);
    expect_eq(unmap(LENT_2), 0);
    give_turn(3);
}

PEER(3, foreign, a_foreign_page_is_not_lent_on)
{
    meet();
    expect_eq(map(1, LENT_2), -XEN_EINVAL); /* domain 1 has it in its view and does not own it */
    expect_out(LENT_2);
    expect_eq(map(2, LENT_2), 0); /* the owner's own it is */
    expect_in(LENT_2);
    pass_turn();
    expect_in(LENT_2); /* the other borrower's unmap is not ours */
    pass_turn();
}

TEST(foreign, a_page_the_owner_ballooned_out_cannot_be_mapped, IDS "S2-08 S2-01", WHY "it is in nobody's map", ONE)
{
    meet_client(2);
    expect_eq(map(2, LENT_2), -XEN_EINVAL);
    expect_eq(map(2, lent(2, 1)), 0);
    expect_eq(map(2, lent(2, 3)), -XEN_EINVAL); /* removed by its owner */
    give_turn(2);
    expect_eq(map(2, LENT_2), 0);
    expect_eq(map(2, lent(2, 3)), 0);
}

PEER(2, foreign, a_page_the_owner_ballooned_out_cannot_be_mapped)
{
    require_eq(balloon_out(LENT_2), 1);
    require_eq(unmap(lent(2, 3)), 0);
    meet();
    expect_eq(balloon_extent(XENMEM_populate_physmap, LENT_2, 2), 1);
    pass_turn();
}
