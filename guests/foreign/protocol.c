/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What foreign maps are for: a backend that works on buffers its clients name. Two rules make it safe: the
 * backend unmaps when a client changes its table, and a page comes back to its client only then.
 */
#include "foreign.h"

#define ONE NEEDS "system=foreign"

enum { TABLE = 0, BUFFERS = 4, NR_BUFFERS = 3, WORDS = 64 };

/* Page TABLE of a client: how many buffers, and their frames. The client writes it, the backend reads it. */
struct table {
    uint32_t count;
    uint32_t frame[NR_BUFFERS];
};

static const struct table *table_of(uint32_t client)
{
    return (const struct table *)(uintptr_t)lent(client, TABLE);
}

/* ---- the client ---- */

static void publish(uint32_t client, uintptr_t first)
{
    struct table *const table = (struct table *)(uintptr_t)lent(client, TABLE);

    table->count = NR_BUFFERS;
    for (uint32_t i = 0; i < NR_BUFFERS; i++) {
        table->frame[i] = lent(client, first + 2 * i) >> XEN_PAGE_SHIFT;
        for (uint32_t word = 0; word < WORDS; word++)
            word_at(lent(client, first + 2 * i))[word] = client * 1000 + i * 100 + word;
    }
}

static void expect_worked_on(uint32_t client, uintptr_t first)
{
    for (uint32_t i = 0; i < NR_BUFFERS; i++)
        for (uint32_t word = 0; word < WORDS; word++)
            expect_eq(word_at(lent(client, first + 2 * i))[word], ~(client * 1000 + i * 100 + word));
}

static uint32_t balloon_buffers(uint32_t client, uintptr_t first, int32_t (*how)(uintptr_t))
{
    uint32_t done = 0;

    for (uint32_t i = 0; i < NR_BUFFERS; i++)
        done += how(lent(client, first + 2 * i)) == 1;
    return done;
}

/* ---- the backend ---- */

static void map_buffers(uint32_t client)
{
    for (uint32_t i = 0; i < table_of(client)->count && i < NR_BUFFERS; i++)
        expect_eq(map(client, table_of(client)->frame[i] << XEN_PAGE_SHIFT), 0);
}

static void work(uint32_t client)
{
    for (uint32_t i = 0; i < NR_BUFFERS; i++)
        for (uint32_t word = 0; word < WORDS; word++)
            word_at(table_of(client)->frame[i] << XEN_PAGE_SHIFT)[word] ^= ~0u;
}

static void unmap_buffers(uint32_t client, uintptr_t from)
{
    for (uint32_t i = from; i < NR_BUFFERS; i++)
        expect_eq(unmap(table_of(client)->frame[i] << XEN_PAGE_SHIFT), 0);
}

TEST(foreign, a_backend_works_on_the_buffers_of_a_client, IDS "S2-02 S2-11 S2-12 S2-17",
     WHY "any domain can be a backend: map, work, unmap, change the table", ONE)
{
    require_eq(map(2, lent(2, TABLE)), 0);
    meet_client(2);
    map_buffers(2);
    work(2);
    unmap_buffers(2, 0);
    give_turn(2); /* publishes the next table */
    map_buffers(2);
    work(2);
    unmap_buffers(2, 0);
    give_turn(2);
}

PEER(2, foreign, a_backend_works_on_the_buffers_of_a_client)
{
    publish(2, BUFFERS);
    meet();
    expect_worked_on(2, BUFFERS);
    expect_eq(balloon_buffers(2, BUFFERS, balloon_out), NR_BUFFERS);
    expect_eq(balloon_buffers(2, BUFFERS, balloon_in), NR_BUFFERS);
    publish(2, BUFFERS + 20);
    pass_turn();
    expect_worked_on(2, BUFFERS + 20);
    pass_turn();
}

TEST(foreign, a_forgotten_unmap_shows_as_a_pin, IDS "S2-11", WHY "the leak check of the client finds exactly it", ONE)
{
    require_eq(map(2, lent(2, TABLE)), 0);
    meet_client(2);
    map_buffers(2);
    work(2);
    unmap_buffers(2, 1); /* buffer 0 is forgotten */
    give_turn(2);
    expect_eq(unmap(lent(2, BUFFERS)), 0);
    give_turn(2);
}

PEER(2, foreign, a_forgotten_unmap_shows_as_a_pin)
{
    publish(2, BUFFERS);
    meet();
    require_eq(balloon_buffers(2, BUFFERS, balloon_out), NR_BUFFERS);
    expect_eq(balloon_in(lent(2, BUFFERS)), 0);
    expect_eq(balloon_in(lent(2, BUFFERS + 2)), 1);
    expect_eq(balloon_in(lent(2, BUFFERS + 4)), 1);
    pass_turn();
    expect_eq(balloon_in(lent(2, BUFFERS)), 1);
    pass_turn();
}

TEST(foreign, one_backend_serves_two_clients, IDS "S2-07 S2-12", WHY "a list of domains, not one target", ONE)
{
    for (uint32_t client = 2; client <= 3; client++) {
        require_eq(map(client, lent(client, TABLE)), 0);
        meet_client(client);
    }
    for (uint32_t client = 2; client <= 3; client++) {
        map_buffers(client);
        work(client);
        unmap_buffers(client, 0);
    }
    give_turn(3);
    give_turn(2);
}

PEER(2, foreign, one_backend_serves_two_clients)
{
    publish(2, BUFFERS);
    meet();
    expect_worked_on(2, BUFFERS);
    pass_turn();
}

PEER(3, foreign, one_backend_serves_two_clients)
{
    publish(3, BUFFERS);
    meet();
    expect_worked_on(3, BUFFERS);
    pass_turn();
}

TEST(foreign, a_lying_client_gets_its_backend_nowhere, IDS "S2-10 S2-07", WHY "each frame is checked at the map", ONE)
{
    require_eq(map(2, lent(2, TABLE)), 0);
    meet_client(2);
    for (uint32_t i = 0; i < NR_BUFFERS; i++)
        expect_eq(map(2, table_of(2)->frame[i] << XEN_PAGE_SHIFT), -XEN_EINVAL);
    give_turn(2);
}

PEER(2, foreign, a_lying_client_gets_its_backend_nowhere)
{
    struct table *const table = (struct table *)(uintptr_t)lent(2, TABLE);

    table->count = NR_BUFFERS;
    table->frame[0] = (uint32_t)frame_of(LENT_3);     /* another client's */
    table->frame[1] = (uint32_t)frame_of(OWN_1);      /* the backend's own */
    table->frame[2] = (uint32_t)frame_of(HV(0x10000000)); /* the hypervisor's */
    meet();
    pass_turn();
}
