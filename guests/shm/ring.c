/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The offer in place of grants: a ring in static shared memory, and an event when there is news. Messages of any
 * length go one way, their sums come back in a ring of their own.
 */
#include "shm.h"

enum { SLOTS = 64, MESSAGES = 500, NEWS = 0, ROOM = 1, STOP = 0xffffffff };

/* Indices only grow; each is written by one side. */
struct ring {
    uint32_t produced, consumed;
    uint32_t slot[SLOTS];
};

#define forth ((struct ring *)SHARED)
#define back ((struct ring *)(SHARED + 2 * PAGE))

static bool put(struct ring *ring, uint32_t value)
{
    const uint32_t at = __atomic_load_n(&ring->produced, __ATOMIC_RELAXED);

    if (at - __atomic_load_n(&ring->consumed, __ATOMIC_ACQUIRE) == SLOTS)
        return false;
    __atomic_store_n(&ring->slot[at % SLOTS], value, __ATOMIC_RELAXED);
    __atomic_store_n(&ring->produced, at + 1, __ATOMIC_RELEASE);
    return true;
}

static bool take(struct ring *ring, uint32_t *value)
{
    const uint32_t at = __atomic_load_n(&ring->consumed, __ATOMIC_RELAXED);

    if (at == __atomic_load_n(&ring->produced, __ATOMIC_ACQUIRE))
        return false;
    *value = __atomic_load_n(&ring->slot[at % SLOTS], __ATOMIC_RELAXED);
    __atomic_store_n(&ring->consumed, at + 1, __ATOMIC_RELEASE);
    return true;
}

/* Either event wakes; the ring says what there is. */
static void wait_for_anything(void)
{
    uint32_t ports[] = {peer_port(NEWS), peer_port(ROOM)};

    sched_poll(ports, 2, 0);
    event_clear(ports[0]);
    event_clear(ports[1]);
}

static void push(struct ring *ring, uint32_t value)
{
    while (!put(ring, value))
        wait_for_anything();
    require_eq(evtchn_send(peer_port(NEWS)), 0);
}

static uint32_t pull(struct ring *ring)
{
    uint32_t value;

    while (!take(ring, &value))
        wait_for_anything();
    require_eq(evtchn_send(peer_port(ROOM)), 0);
    return value;
}

static uint32_t word_of(uint32_t message, uint32_t i)
{
    return message * 0x9e3779b9u + i;
}

/* Lengths from 0 to more than the ring holds. */
static uint32_t length_of(uint32_t message)
{
    return message * 7 % (SLOTS + 20);
}

static void send_messages(void)
{
    for (uint32_t message = 0; message < MESSAGES; message++) {
        uint32_t sum = 0;

        push(forth, length_of(message));
        for (uint32_t i = 0; i < length_of(message); i++) {
            push(forth, word_of(message, i));
            sum += word_of(message, i);
        }
        expect_eq(pull(back), sum);
    }
    push(forth, STOP);
}

static void answer_messages(void)
{
    for (uint32_t length; (length = pull(forth)) != STOP;) {
        uint32_t sum = 0;

        for (uint32_t i = 0; i < length; i++)
            sum += pull(forth);
        push(back, sum);
    }
}

TEST(shm, messages_pass_a_ring_in_shared_memory, IDS "S1-12 S1-19", WHY "what a driver pair needs, without grants",
     NEEDS "system=shm strategies=window,switch,mask")
{
    meet();
    send_messages();
}

PEER(2, shm, messages_pass_a_ring_in_shared_memory)
{
    meet();
    answer_messages();
}

TEST(shm, messages_pass_a_ring_between_two_cpus, IDS "S1-12 X-60", WHY "both sides at the same time",
     NEEDS "system=shm-smp strategies=window,switch,mask timeout_ms=4000")
{
    meet();
    send_messages();
}

PEER(2, shm, messages_pass_a_ring_between_two_cpus)
{
    meet();
    answer_messages();
}
