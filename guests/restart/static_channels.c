/* SPDX-License-Identifier: Apache-2.0 */
/* Static channels whose two ends restart at the same time, that have one domain at both ends, or that are in use. */
#include "restart.h"

#define CHANNELS NEEDS "system=restart-channels"

enum { FIRST = 1, SECOND = 2, STATIC_1 = 10, STATIC_2 = 11, TO_3 = 21, SELF_A = 22, SELF_B = 23, AT_3 = 31 };
enum { CLOCK = RAM(0x30020000), EVENTS_3 = RAM(0x28008000) };

#define lives_of_3 (*word_at(CLOCK))
#define done_by_3 (*word_at(CLOCK + 4))

static struct evtchn_status_args look_at(uint32_t port)
{
    struct evtchn_status_args status = {0};

    expect_eq(evtchn_status(DOMID_SELF, port, &status), 0);
    return status;
}

static void expect_connected(uint32_t port, uint32_t remote, uint32_t remote_port)
{
    const struct evtchn_status_args status = look_at(port);

    expect_eq(status.status, EVTCHNSTAT_interdomain);
    expect_eq(status.u.interdomain.dom, remote);
    expect_eq(status.u.interdomain.port, remote_port);
}

TEST(restart, a_channel_whose_two_ends_restart_is_made_by_the_last, IDS "X-12 X-13", WHY "the first waits, unbound",
     CHANNELS)
{
    require_soon(board->lives == FIRST && lives_of_3 == FIRST);
    require_eq(map(2, SPARE_2), 0); /* holds the restart of domain 2 up */
    board->go = FIRST;
    require_soon(done_by_3 == SECOND);
    expect_eq(board->lives, FIRST);
    expect_eq(unmap(SPARE_2), 0);
    expect_soon(board->done == SECOND);
    expect_soon(done_by_3 == 3);
}

PEER(2, restart, a_channel_whose_two_ends_restart_is_made_by_the_last)
{
    const uint32_t life = begin_life();

    register_events();
    wait_for_go(FIRST);
    if (life == FIRST)
        reboot();
    expect_connected(TO_3, 3, AT_3);
    expect_true(!event_is_pending(TO_3)); /* the end met first starts clean */
    expect_eq(evtchn_send(TO_3), 0);
    end_part();
}

PEER(3, restart, a_channel_whose_two_ends_restart_is_made_by_the_last)
{
    const uint32_t life = ++lives_of_3;

    require_eq(events_register_shared_info((void *)(uintptr_t)EVENTS_3), 0);
    if (life == FIRST) {
        event_clear(AT_3);
        event_wait(AT_3); /* told that domain 2 is down */
        reboot();
    }
    expect_eq(look_at(AT_3).status, EVTCHNSTAT_unbound);
    expect_eq(look_at(AT_3).u.unbound.dom, 2);
    expect_eq(evtchn_send(AT_3), 0);
    event_clear(AT_3);
    done_by_3 = SECOND;
    event_wait(AT_3); /* told of the start */
    expect_connected(AT_3, 2, TO_3);
    done_by_3 = 3;
}

TEST(restart, a_channel_of_a_domain_with_itself_is_made_again, IDS "X-12 X-13", WHY "both ends at once", CHANNELS)
{
    require_soon(board->done == SECOND);
}

PEER(2, restart, a_channel_of_a_domain_with_itself_is_made_again)
{
    const uint32_t life = begin_life();

    register_events();
    expect_connected(SELF_A, 2, SELF_B);
    expect_connected(SELF_B, 2, SELF_A);
    expect_true(!event_is_pending(SELF_A));
    expect_true(event_clear(SELF_B)); /* the end met second starts pending */
    expect_eq(evtchn_send(SELF_A), 0);
    expect_true(event_is_pending(SELF_B));
    expect_eq(evtchn_send(SELF_B), 0);
    expect_true(event_is_pending(SELF_A));
    if (life == FIRST)
        reboot();
    end_part();
}

TEST(restart, a_port_that_waits_for_somebody_else_is_left_alone, IDS "X-12", WHY "unbound, but not for this domain",
     NEEDS "system=restart")
{
    int32_t port = 0;

    require_soon(board->lives == FIRST);
    require_eq(evtchn_close(STATIC_1), 0);
    while (port != STATIC_1)
        require_true((port = evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF)) > 0);
    board->go = FIRST;
    require_soon(board->done == SECOND);
    expect_eq(look_at(STATIC_1).status, EVTCHNSTAT_unbound);
    expect_eq(look_at(STATIC_1).u.unbound.dom, 1);
}

PEER(2, restart, a_port_that_waits_for_somebody_else_is_left_alone)
{
    const uint32_t life = begin_life();

    wait_for_go(FIRST);
    if (life == FIRST)
        reboot();
    expect_eq(look_at(STATIC_2).status, EVTCHNSTAT_closed);
    end_part();
}

TEST(restart, a_second_end_that_is_in_use_is_left_alone, IDS "X-12", WHY "the restart goes on without the channel",
     NEEDS "system=restart-trio")
{
    require_soon(board->lives == FIRST && done_by_3 == FIRST);
    board->go = FIRST;
    require_soon(board->done == SECOND);
    expect_connected(STATIC_1, 2, STATIC_2);
    done_by_3 = SECOND;
    expect_soon(done_by_3 == 3);
}

PEER(2, restart, a_second_end_that_is_in_use_is_left_alone)
{
    const uint32_t life = begin_life();

    wait_for_go(FIRST);
    if (life == FIRST)
        reboot();
    expect_eq(look_at(TO_3).status, EVTCHNSTAT_closed);
    end_part();
}

PEER(3, restart, a_second_end_that_is_in_use_is_left_alone)
{
    require_eq(evtchn_close(AT_3), 0);
    for (int32_t port = 0; port != AT_3;)
        require_true((port = evtchn_bind_ipi(0)) > 0);
    done_by_3 = FIRST;
    while (done_by_3 != SECOND)
        nap();
    expect_eq(look_at(AT_3).status, EVTCHNSTAT_ipi);
    done_by_3 = 3;
}
