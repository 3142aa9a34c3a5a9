/* SPDX-License-Identifier: Apache-2.0 */
/* Operations within one domain: nothing of another domain is touched. */
#include "bench.h"

BENCH(hypercall, null, IDS "S4-19 S4-21", WHY "the way in and out, and nothing else", NEEDS "system=bench-pair")
{
    for_rounds (round) {
        round_start();
        hypercall_xen_version(XENVER_version, NULL);
        round_stop();
    }
    series_end("hypercall.null");
}

/* The counter itself: k instructions between the marks are k, so a round without any is nothing. */
#define NOPS_1 __asm__ volatile("nop" ::: "memory");
#define NOPS_2 NOPS_1 NOPS_1
#define NOPS_4 NOPS_2 NOPS_2
#define NOPS_16 NOPS_4 NOPS_4 NOPS_4 NOPS_4
#define COUNT_NOPS(k)                  \
    do {                               \
        for_rounds (round) {           \
            round_start();             \
            NOPS_##k                   \
            round_stop();              \
        }                              \
        series_end("overhead.nops." #k); \
    } while (0)

BENCH(overhead, nops, IDS "S4-09", WHY "a count is only as good as the count of nothing", NEEDS "system=bench-pair")
{
    COUNT_NOPS(1);
    COUNT_NOPS(4);
    COUNT_NOPS(16);
}

BENCH(vgic, trap, IDS "S4-13 S4-27", WHY "an emulated register read", NEEDS "system=bench-pair")
{
    enum { GICR_ISENABLER0 = 0x10100 };
    const volatile uint32_t *isenabler0 = (const volatile uint32_t *)(machine.gicr + GICR_ISENABLER0);

    irq_init();
    for_rounds (round) {
        round_start();
        (void)*isenabler0;
        round_stop();
    }
    series_end("vgic.trap");
}

BENCH(mmio, trap, IDS "S0-08", WHY "an emulated device without an interrupt to move", NEEDS "system=vuart")
{
    const volatile uint32_t *flags = (const volatile uint32_t *)(machine.uart + 0x18); /* UARTFR */

    for_rounds (round) {
        round_start();
        (void)*flags;
        round_stop();
    }
    series_end("mmio.trap");
}

/* Both ends here, pending clear, masked: one bit is set and nothing follows. */
BENCH(evtchn, send_self, IDS "S4-19", WHY "the caller's own page is in the loaded view", NEEDS "system=bench-pair")
{
    require_eq(events_init(), 0);
    struct loopback channel = loopback_open();
    struct evtchn_send send = {.port = channel.sends};

    event_mask(channel.receives);
    for_rounds (round) {
        event_clear(channel.receives);
        round_start();
        hypercall_event_channel_op(EVTCHNOP_send, &send);
        round_stop();
    }
    series_end("evtchn.send.self");
}

/* The upcall interrupt is taken right after the call; the round ends when its handler has returned. */
BENCH(evtchn, upcall_eoi, IDS "S4-15", WHY "an event from send to end of interrupt", NEEDS "system=bench-pair")
{
    require_eq(events_init(), 0);
    struct loopback channel = loopback_open();
    struct evtchn_send send = {.port = channel.sends};

    irq_init();
    upcall_enable();
    irq_unmask();
    uint32_t before = upcall_count(0);
    for_rounds (round) {
        round_start();
        hypercall_event_channel_op(EVTCHNOP_send, &send);
        round_stop();
    }
    irq_mask();
    series_end("evtchn.send.upcall_eoi");
    expect_eq(upcall_count(0) - before, BENCH_ROUND_COUNT);
}

/* Pending set, masked; IRQs stay masked in the round, so the upcall is raised in it and taken after it. */
BENCH(evtchn, unmask, IDS "S4-15 S4-21", WHY "the mirror image of a send", NEEDS "system=bench-pair")
{
    require_eq(events_init(), 0);
    struct loopback channel = loopback_open();
    struct evtchn_unmask unmask = {.port = channel.receives};

    irq_init();
    upcall_enable();
    irq_unmask();
    irq_mask();
    uint32_t before = upcall_count(0);
    for_rounds (round) {
        event_mask(channel.receives);
        evtchn_send(channel.sends);
        round_start();
        hypercall_event_channel_op(EVTCHNOP_unmask, &unmask);
        round_stop();
        irq_unmask();
        irq_mask();
    }
    series_end("evtchn.unmask");
    expect_eq(upcall_count(0) - before, BENCH_ROUND_COUNT);
}
