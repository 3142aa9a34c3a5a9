/* SPDX-License-Identifier: Apache-2.0 */
/* Event channels across a restart: dynamic ones end, static ones are made again, registered pages are forgotten. */
#include "restart.h"

#define ALL NEEDS "system=restart strategies=window,switch,mask"
#define ONE NEEDS "system=restart"

enum { FIRST = 1, SECOND = 2, STATIC_1 = 10, STATIC_2 = 11, SPARE_1 = 12, STATIC_PORTS = 2 };

static uint32_t state_of(uint32_t port)
{
    struct evtchn_status_args status = {0};

    expect_eq(evtchn_status(DOMID_SELF, port, &status), 0);
    return status.status;
}

static void expect_connected(uint32_t port, uint32_t remote, uint32_t remote_port)
{
    struct evtchn_status_args status = {0};

    expect_eq(evtchn_status(DOMID_SELF, port, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_interdomain);
    expect_eq(status.u.interdomain.dom, remote);
    expect_eq(status.u.interdomain.port, remote_port);
}

static void clear_statics(void)
{
    event_clear(STATIC_1);
    event_clear(SPARE_1);
}

/* ---- static channels ---- */

TEST(restart, a_static_channel_is_made_again, IDS "X-12 S0-05", WHY "the same two numbers, and it works", ALL)
{
    register_events();
    require_soon(board->lives == FIRST);
    clear_statics();
    board->go = FIRST;
    require_soon(board->done == SECOND);
    expect_connected(STATIC_1, 2, STATIC_2);
    clear_statics();
    expect_eq(evtchn_send(STATIC_1), 0);
    require_true(event_wait_ns(STATIC_1, SOON_NS));
}

PEER(2, restart, a_static_channel_is_made_again)
{
    const uint32_t life = begin_life();

    register_events();
    wait_for_go(FIRST);
    if (life == FIRST)
        reboot();
    expect_connected(STATIC_2, 1, STATIC_1);
    event_clear(STATIC_2);
    end_part();
    event_wait(STATIC_2);
    expect_eq(evtchn_send(STATIC_2), 0);
}

TEST(restart, the_end_met_second_starts_pending, IDS "X-12 X-13", WHY "as at boot", ALL)
{
    require_soon(board->done == SECOND);
}

PEER(2, restart, the_end_met_second_starts_pending)
{
    const uint32_t life = begin_life();

    register_events();
    expect_true(event_is_pending(STATIC_2));
    expect_true(upcall_flag(0));
    if (life == FIRST) {
        events_quiet(0);
        reboot();
    }
    end_part();
}

TEST(restart, the_peer_is_told_of_the_end_and_of_the_new_start, IDS "X-12", WHY "its port becomes pending", ALL)
{
    register_events();
    require_soon(board->lives == FIRST);
    clear_statics();
    require_eq(map(2, SPARE_2), 0); /* holds the restart up */
    board->go = FIRST;
    require_true(event_wait_ns(STATIC_1, SOON_NS));
    expect_eq(state_of(STATIC_1), EVTCHNSTAT_unbound);
    expect_eq(board->lives, FIRST);
    expect_eq(unmap(SPARE_2), 0);
    require_true(event_wait_ns(STATIC_1, SOON_NS));
    expect_soon(board->lives == SECOND);
    expect_connected(STATIC_1, 2, STATIC_2);
}

PEER(2, restart, the_peer_is_told_of_the_end_and_of_the_new_start)
{
    if (begin_life() == FIRST) {
        wait_for_go(FIRST);
        reboot();
    }
}

TEST(restart, an_event_to_a_domain_that_is_down_goes_nowhere, IDS "X-12 S1-11", WHY "the port is unbound then", ONE)
{
    register_events();
    require_soon(board->lives == FIRST);
    clear_statics();
    require_eq(map(2, SPARE_2), 0);
    board->go = FIRST;
    require_true(event_wait_ns(STATIC_1, SOON_NS));
    const int32_t unbound = evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF);

    require_true(unbound > 0);
    expect_eq(evtchn_send(STATIC_1), evtchn_send((uint32_t)unbound)); /* as to any unbound port */
    expect_eq(evtchn_bind_interdomain(2, STATIC_2), -XEN_EINVAL);
    expect_eq(unmap(SPARE_2), 0);
    expect_soon(board->lives == SECOND);
}

PEER(2, restart, an_event_to_a_domain_that_is_down_goes_nowhere)
{
    if (begin_life() == FIRST) {
        wait_for_go(FIRST);
        reboot();
    }
}

TEST(restart, a_static_channel_closed_by_the_peer_is_made_again, IDS "X-12", WHY "gone only until a restart", ONE)
{
    register_events();
    require_soon(board->lives == FIRST);
    require_eq(evtchn_close(STATIC_1), 0);
    expect_eq(state_of(STATIC_1), EVTCHNSTAT_closed);
    board->go = FIRST;
    require_soon(board->done == SECOND);
    expect_connected(STATIC_1, 2, STATIC_2);
    clear_statics();
    expect_eq(evtchn_send(STATIC_1), 0);
    require_true(event_wait_ns(STATIC_1, SOON_NS));
}

PEER(2, restart, a_static_channel_closed_by_the_peer_is_made_again)
{
    const uint32_t life = begin_life();

    register_events();
    wait_for_go(FIRST);
    if (life == FIRST)
        reboot();
    event_clear(STATIC_2);
    end_part();
    event_wait(STATIC_2);
    expect_eq(evtchn_send(STATIC_2), 0);
}

TEST(restart, a_static_channel_closed_by_the_old_life_is_made_again, IDS "X-12", WHY "the new life has it", ONE)
{
    register_events();
    require_soon(board->done == SECOND);
    expect_connected(STATIC_1, 2, STATIC_2);
    expect_connected(SPARE_1, 2, 13);
}

PEER(2, restart, a_static_channel_closed_by_the_old_life_is_made_again)
{
    if (begin_life() == FIRST) {
        require_eq(evtchn_close(STATIC_2), 0);
        require_eq(evtchn_close(13), 0);
        reboot();
    }
    expect_connected(STATIC_2, 1, STATIC_1);
    expect_connected(13, 1, SPARE_1);
    end_part();
}

TEST(restart, a_port_that_is_in_use_again_is_left_alone, IDS "X-12", WHY "the peer has given the number away", ONE)
{
    register_events();
    require_soon(board->lives == FIRST);
    require_eq(evtchn_close(STATIC_1), 0);
    for (int32_t port = 0; port != STATIC_1;)
        require_true((port = evtchn_bind_ipi(0)) > 0);
    board->go = FIRST;
    require_soon(board->done == SECOND);
    expect_eq(state_of(STATIC_1), EVTCHNSTAT_ipi);
    expect_connected(SPARE_1, 2, 13);
}

PEER(2, restart, a_port_that_is_in_use_again_is_left_alone)
{
    const uint32_t life = begin_life();

    wait_for_go(FIRST);
    if (life == FIRST)
        reboot();
    expect_eq(state_of(STATIC_2), EVTCHNSTAT_closed);
    end_part();
}

/* ---- dynamic ones ---- */

TEST(restart, dynamic_ports_end_with_their_life, IDS "S0-05 X-12", WHY "the peer's end is unbound and pending", ALL)
{
    register_events();
    const int32_t port = evtchn_alloc_unbound(DOMID_SELF, 2);

    require_true(port > 0);
    board->word[0] = (uint32_t)port;
    board->go = FIRST;
    require_true(event_wait_ns((uint32_t)port, SOON_NS));
    require_soon(board->done == SECOND);
    expect_eq(state_of((uint32_t)port), EVTCHNSTAT_unbound);
    clear_statics();
    board->go = SECOND;
    expect_soon(board->done == 3);
    expect_eq(state_of((uint32_t)port), EVTCHNSTAT_interdomain);
}

PEER(2, restart, dynamic_ports_end_with_their_life)
{
    const uint32_t life = begin_life();

    expect_eq(evtchn_count_open(), STATIC_PORTS);
    end_part();
    wait_for_go(life);
    if (life == FIRST) {
        require_true(evtchn_bind_interdomain(1, board->word[0]) > 0);
        for (uint32_t i = 0; i < 100; i++)
            require_true(evtchn_alloc_unbound(DOMID_SELF, 1) > 0 && evtchn_bind_ipi(0) > 0);
        reboot();
    }
    expect_true(evtchn_bind_interdomain(1, board->word[0]) > 0); /* the new life may bind it again */
    board->done = 3;
}

/* ---- registered pages ---- */

TEST(restart, registered_pages_are_forgotten, IDS "S4-03 S0-05", WHY "the hypervisor writes there no more", ALL)
{
    register_events();
    require_soon(board->done == SECOND);
    for (uint32_t round = 0; round < 5; round++)
        expect_eq(evtchn_send(STATIC_1), 0);
    board->go = SECOND;
    expect_soon(board->done == 3);
}

PEER(2, restart, registered_pages_are_forgotten)
{
    const uint32_t old = EVENTS_2 + PAGE, new = EVENTS_2 + 2 * PAGE;

    if (begin_life() == FIRST) {
        require_eq(events_register_shared_info((void *)(uintptr_t)old), 0);
        require_eq(events_register_vcpu_info(0, (void *)(EVENTS_2 + 64)), 0);
        reboot();
    }
    end_part();
    wait_for_go(SECOND);
    for (uint32_t i = 0; i < PAGE; i += 4)
        if (*word_at(old + i) != 0 || *word_at(EVENTS_2 + i) != 0)
            fail_("somebody wrote at offset 0x%x", i);
    expect_eq(events_register_shared_info((void *)(uintptr_t)new), 0);
    expect_eq(events_register_vcpu_info(0, (void *)(EVENTS_2 + 128)), 0);
    expect_true(event_is_pending(STATIC_2)); /* kept until now */
    expect_eq(balloon_out(old), 1);
    expect_eq(balloon_in(old), 1);
    board->done = 3;
}

TEST(restart, events_before_the_registration_are_kept, IDS "S4-04 X-14", WHY "in every life", ONE)
{
    register_events();
    require_soon(board->done == SECOND);
    expect_eq(evtchn_send(SPARE_1), 0);
    board->go = SECOND;
    expect_soon(board->done == 3);
}

PEER(2, restart, events_before_the_registration_are_kept)
{
    if (begin_life() == FIRST)
        reboot();
    end_part();
    wait_for_go(SECOND);
    register_events();
    expect_true(event_is_pending(13));
    board->done = 3;
}
