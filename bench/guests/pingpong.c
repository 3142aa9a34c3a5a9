/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two domains on one CPU, each round 2 x (send + poll without timeout), ports masked, two vCPU switches. All
 * levels are counted, so the guests' part is kept short: argument blocks are made once, the pending bit is
 * cleared by one exclusive pair.
 */
#include "bench.h"
#include "state.h"

struct lane {
    struct evtchn_send send;
    uint32_t receives;
    struct sched_poll poll;
    uint32_t *pending_word, others; /* of the word: every bit but the port's */
};

static void lane_open(struct lane *lane, uint32_t sends, uint32_t receives)
{
    *lane = (struct lane){
        .send = {.port = sends},
        .receives = receives,
        .poll = {.ports = (uintptr_t)&lane->receives, .nr_ports = 1},
        .pending_word = (uint32_t *)(void *)shared_info()->evtchn_pending + receives / 32,
        .others = ~(1u << receives % 32),
    };
    event_mask(receives);
}

static inline void lane_send(const struct lane *lane)
{
    hypercall_event_channel_op(EVTCHNOP_send, &lane->send);
}

static inline void lane_wait(const struct lane *lane)
{
    hypercall_sched_op(SCHEDOP_poll, &lane->poll);
    __atomic_fetch_and(lane->pending_word, lane->others, __ATOMIC_RELAXED);
}

static void ping(void (*use)(void), const struct lane *lane)
{
    for_rounds (round) {
        round_start();
        use();
        lane_send(lane);
        lane_wait(lane);
        round_stop();
    }
}

static void use_nothing(void)
{
}

BENCH(evtchn, pingpong, IDS "S4-21", WHY "what two domains that talk feel", NEEDS "system=bench-pair strategies=all")
{
    struct lane lane;

    peers_meet();
    lane_open(&lane, 10, 12);
    peer_wait(0);
    ping(use_nothing, &lane);
    series_end("evtchn.pingpong");
}

PEER(2, evtchn, pingpong)
{
    struct lane lane;

    peers_meet();
    lane_open(&lane, 13, 11);
    peer_signal(0);
    for (;;) {
        lane_wait(&lane);
        lane_send(&lane);
    }
}

BENCH(evtchn, pingpong_full, IDS "S4-21", WHY "the same with all the state a vCPU can have",
      NEEDS "system=bench-pair strategies=all")
{
    struct lane lane;

    peers_meet();
    lane_open(&lane, 10, 12);
    mpu_fill();
    fp_enable();
    peer_wait(0);
    ping(fp_use, &lane);
    series_end("evtchn.pingpong_full");
}

PEER(2, evtchn, pingpong_full)
{
    struct lane lane;

    peers_meet();
    lane_open(&lane, 13, 11);
    mpu_fill();
    fp_enable();
    peer_signal(0);
    for (;;) {
        lane_wait(&lane);
        fp_use();
        lane_send(&lane);
    }
}

/* The round starts in domain 1 before its yield and stops in domain 2 after its own. */
BENCH(vcpu, switch, IDS "S4-24", WHY "one vCPU's state out, another's in", NEEDS "system=bench-pair")
{
    peers_meet();
    mpu_fill();
    peer_wait(0);
    sched_yield();
    for_rounds (round) {
        round_start();
        sched_yield();
    }
    series_end("vcpu.switch");
}

PEER(2, vcpu, switch)
{
    peers_meet();
    mpu_fill();
    peer_signal(0);
    sched_yield();
    for_rounds (round) {
        sched_yield();
        round_stop();
    }
    clock_tell(0, &bench_clock);
    for (;;)
        sched_yield();
}
