/* SPDX-License-Identifier: Apache-2.0 */
/* The longest masked stretches of calls that reach another domain, and of a domain's end and new start. */
#include "longest.h"

enum { PEER_PAGES = RAM(0x20400000) + 0x90000, PAGES = 64 };

static uint64_t frames[PAGES];
static int32_t errs[PAGES];

/* Every port of this domain that is free becomes one end of a channel to domain 2, which has offered its own. */
static void connect_all(void)
{
    for (uint32_t port = 1; port <= LAST_PORT; port++)
        evtchn_bind_interdomain(2, port);
}

static void offer_all(void)
{
    while (evtchn_alloc_unbound(DOMID_SELF, 1) > 0)
        ;
}

static void send_all(void)
{
    for (uint32_t port = 1; port <= LAST_PORT; port++)
        evtchn_send(port);
}

static void map_foreign(uint32_t count)
{
    const struct xen_add_to_physmap_batch batch = {
        .domid = DOMID_SELF, .space = XENMAPSPACE_gmfn_foreign, .size = (uint16_t)count, .foreign_domid = 2,
        .idxs = (uintptr_t)frames, .gpfns = (uintptr_t)frames, .errs = (uintptr_t)errs};

    hypercall_memory_op(XENMEM_add_to_physmap_batch, &batch);
}

static void unmap_foreign(uint32_t count)
{
    struct xen_remove_from_physmap request = {.domid = DOMID_SELF};

    for (uint32_t i = 0; i < count; i++) {
        request.gpfn = frames[i];
        hypercall_memory_op(XENMEM_remove_from_physmap, &request);
    }
}

static void list_pages(uint32_t step)
{
    for (uint32_t i = 0; i < PAGES; i++)
        frames[i] = (PEER_PAGES + i * step * XEN_PAGE_SIZE) >> XEN_PAGE_SHIFT;
}

/* Gives the CPU away: to domain 2, alive or being taken down, or to the other vCPU. */
static void let_run(uint32_t times)
{
    while (times-- > 0)
        sched_yield();
}

/* An upcall for each event, in a page of its own. Interrupts stay masked. */
static void listen(void)
{
    events_register_vcpu_info(0, event_page(1));
    irq_init();
    upcall_enable();
}

static void meet(void)
{
    peers_meet();
    listen();
}

/* Not by polling: that returns at once while an upcall waits. */
static void wait_for_peer(uint32_t lane)
{
    while (!event_clear(peer_port(lane)))
        sched_yield();
}

static void wait_and_connect(void)
{
    wait_for_peer(0);
    connect_all();
}

BENCH(irqoff, peers, IDS "S4-13", WHY "another domain's ports, pages and end", NEEDS "system=bench-pair " EVERY_STRATEGY)
{
    LONGEST("foreign.map.64", meet(); list_pages(1), map_foreign(PAGES));
    LONGEST("foreign.unmap.64", , unmap_foreign(PAGES));
    LONGEST("foreign.map.scattered", list_pages(2), map_foreign(PAGES / 2));
    LONGEST("connect.all", , wait_and_connect());
    LONGEST("send.all", , send_all());
    LONGEST("peer.stop", peer_signal(1), let_run(1000));
    LONGEST("reset.after_stop", , evtchn_reset(DOMID_SELF));
    longest_end();
}

PEER(2, irqoff, peers)
{
    meet();
    offer_all();
    peer_signal(0);
    wait_for_peer(1);
    shutdown(SHUTDOWN_poweroff);
}

BENCH(irqoff, reset, IDS "S4-13", WHY "a thousand channels to another domain close", NEEDS "system=bench-pair " EVERY_STRATEGY)
{
    LONGEST("reset.connected", meet(); wait_and_connect(), evtchn_reset(DOMID_SELF));
    longest_end();
}

PEER(2, irqoff, reset)
{
    meet();
    offer_all();
    peer_signal(0);
}

/* The other CPU gets all the events at once, and closes its ends while they come. */
BENCH(irqoff, both_cpus, IDS "S4-13 S4-12", WHY "what one CPU posts, another has to serve", NEEDS "system=bench-smp")
{
    LONGEST("smp.connect", meet(), wait_and_connect());
    LONGEST("smp.send", , send_all());
    LONGEST("smp.send.again", delay_ns(100 * 1000), send_all());
    LONGEST("smp.reset.both", peer_signal(1); send_all(), evtchn_reset(DOMID_SELF));
    LONGEST("smp.settle", , delay_ns(100 * 1000));
    longest_end();
}

PEER(2, irqoff, both_cpus)
{
    meet();
    offer_all();
    peer_signal(0);
    wait_for_peer(1);
    evtchn_reset(DOMID_SELF);
}

static void do_nothing(void *unused)
{
    (void)unused;
}

BENCH(irqoff, vcpus, IDS "S4-13", WHY "a vCPU starts and stops", NEEDS "system=two-vcpus")
{
    irq_init();
    LONGEST("psci.cpu_on", , cpu_start(1, do_nothing, NULL));
    LONGEST("psci.cpu_off", , let_run(100));
    LONGEST("psci.cpu_on.again", , cpu_start(1, do_nothing, NULL); let_run(100));
    longest_end();
}

/* Domain 2 has a few lives, counted in memory that outlives them: scrubbed RAM, its image, its channels. */
enum { LIVES = 4 };
static volatile uint32_t *const lives = (volatile uint32_t *)RAM(0x30000000u);

static void register_and_listen(uintptr_t page)
{
    events_register_shared_info((void *)page);
    irq_init();
    upcall_enable();
}

BENCH(irqoff, restart, IDS "S4-13", WHY "a domain's new life is made in short steps", NEEDS "system=restart")
{
    LONGEST("restart", register_and_listen(RAM(0x28000000)), let_run(20));
    longest_end();
}

PEER(2, irqoff, restart)
{
    register_and_listen(RAM(0x28004000));
    offer_all();
    if (++*lives < LIVES)
        shutdown(SHUTDOWN_reboot);
}
