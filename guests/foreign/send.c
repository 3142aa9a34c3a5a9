/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a send must find and leave, for every place of the receiver's two pages, whichever of them the sender has
 * mapped, with every access strategy and variant of one. A send is compiled once per strategy and has several ways
 * through: each is gone here, and the words of both pages tell the same story on all of them.
 */
#include "foreign.h"

#define EVERY_VARIANT \
    "strategies=window,window-domain,switch,switch-entry,auto,mask,background,background-always,shared"

enum place { SAME_PAGE, NEXT_PAGE, NR_PLACES };
enum mapping { NONE, SHARED_PAGE, INFO_PAGE, BOTH, NR_MAPPINGS };

/* What the receiver has set before the send, and what must be set after it. */
static const struct state {
    const char *name;
    uint64_t selector;
    bool flag, masked, pending;
    uint64_t selector_after;
    bool flag_after;
} states[] = {
    {.name = "nothing set", .selector_after = 1, .flag_after = true},
    {.name = "selector set", .selector = 1, .selector_after = 1},
    {.name = "flag set", .flag = true, .selector_after = 1, .flag_after = true},
    {.name = "masked", .masked = true},
    {.name = "pending", .pending = true},
};
enum { NR_STATES = sizeof(states) / sizeof(*states) };

static bool is_held_by_all; /* strategy `shared`: every view has the event pages already */

static void map_pages(enum mapping mapping)
{
    for (uint32_t page = 0; page < 2; page++) {
        if (mapping & 1u << page) {
            const int32_t result = map(2, EVENTS_2 + page * PAGE);

            is_held_by_all = result == -XEN_EBUSY;
            require_true(result == 0 || is_held_by_all);
        }
    }
}

static void unmap_pages(enum mapping mapping)
{
    for (uint32_t page = 0; page < 2; page++) {
        if (mapping & 1u << page)
            expect_eq(unmap(EVENTS_2 + page * PAGE), is_held_by_all ? -XEN_ENOENT : 0);
    }
}

static void prepare(const struct state *s)
{
    event_unmask_bit(CLIENT_PORT);
    events_quiet(0);
    vcpu_info(0)->evtchn_pending_sel = s->selector;
    vcpu_info(0)->evtchn_upcall_pending = s->flag;
    if (s->masked)
        event_mask(CLIENT_PORT);
    if (s->pending)
        event_set(CLIENT_PORT);
}

static void check(const struct state *s)
{
    if (selector(0) != s->selector_after || upcall_flag(0) != s->flag_after || !event_is_pending(CLIENT_PORT))
        fail_("%s: selector %x, flag %u, pending %u", s->name, (uint32_t)selector(0), upcall_flag(0),
              event_is_pending(CLIENT_PORT));
}

/* The client says by its event that it is ready; then it sleeps, or with the bit set already stands aside. */
static void send_in_every_state(void)
{
    for (uint32_t i = 0; i < NR_STATES; i++) {
        event_wait(client_port(2));
        require_eq(evtchn_send(client_port(2)), 0);
    }
}

static void receive_in_every_state(void)
{
    const uint32_t port = CLIENT_PORT;

    for (uint32_t i = 0; i < NR_STATES; i++) {
        prepare(&states[i]);
        require_eq(evtchn_send(CLIENT_PORT), 0);
        if (states[i].pending)
            sched_yield();
        while (!event_is_pending(CLIENT_PORT))
            sched_poll(&port, 1, 0);
        check(&states[i]);
    }
}

static void send_to_every_place(void)
{
    for (uint32_t place = 0; place < NR_PLACES; place++) {
        for (uint32_t mapping = 0; mapping < NR_MAPPINGS; mapping++) {
            map_pages(mapping);
            send_in_every_state();
            unmap_pages(mapping);
        }
    }
    send_in_every_state();
}

/* At last with the upcall enabled and interrupts masked: it wakes, and is taken by nobody. */
static void receive_at_every_place(void)
{
    for (uint32_t place = 0; place < NR_PLACES; place++) {
        if (place == NEXT_PAGE)
            require_eq(events_register_vcpu_info(0, event_page(1)), 0);
        for (uint32_t mapping = 0; mapping < NR_MAPPINGS; mapping++)
            receive_in_every_state();
    }
    events_quiet(0);
    irq_init();
    upcall_enable();
    receive_in_every_state();
}

#define DOES_ITS_WORK(name, why, needs)                                       \
    TEST(foreign, name, IDS "S4-05 S4-08 S4-17 S4-24", WHY why, NEEDS needs)   \
    {                                                                         \
        require_eq(events_init(), 0);                                         \
        send_to_every_place();                                                \
        event_wait(client_port(2));                                           \
    }                                                                         \
                                                                              \
    PEER(2, foreign, name)                                                    \
    {                                                                         \
        require_eq(events_init(), 0);                                         \
        receive_at_every_place();                                             \
        require_eq(evtchn_send(CLIENT_PORT), 0);                              \
    }

DOES_ITS_WORK(a_send_does_its_work_wherever_the_pages_are, "every way through a send, under every strategy",
              "system=foreign " EVERY_VARIANT)

DOES_ITS_WORK(a_send_with_windows_to_spare_does_the_same, "one for each page, or for each bank",
              "system=windows strategies=window,window-domain,auto")

/* What the fast way leaves to the slow one must come out as there. */
TEST(foreign, a_send_that_is_not_of_the_usual_kind_is_answered, IDS "S4-15", WHY "numbers, places, other commands",
     NEEDS "system=foreign " EVERY_VARIANT)
{
    static uint8_t odd[8] __attribute__((aligned(4)));
    uint32_t *const unaligned = (uint32_t *)(void *)(odd + 1);
    struct evtchn_status_args status;

    require_eq(events_init(), 0);
    expect_eq(evtchn_send(EVTCHN_DOM0LESS_MAX_PORT + 1), -XEN_EINVAL);
    expect_eq(evtchn_send(UINT32_MAX), -XEN_EINVAL);
    expect_eq(evtchn_send(500), -XEN_EINVAL);
    const int32_t port = evtchn_alloc_unbound(DOMID_SELF, 2);
    require_true(port > 0);
    expect_eq(evtchn_send((uint32_t)port), 0);
    expect_eq(evtchn_status(DOMID_SELF, (uint32_t)port, &status), 0);
    expect_eq(status.status, EVTCHNSTAT_unbound);
    expect_eq(hypercall_event_channel_op(EVTCHNOP_send, (void *)NO_PLACE), -XEN_EFAULT);
    memcpy(odd + 1, &port, sizeof(port));
    expect_eq(hypercall_event_channel_op(EVTCHNOP_send, unaligned), 0);
}

TEST(foreign, an_event_to_oneself_interrupts_at_once, IDS "S4-15", WHY "the receiver is the vCPU that runs",
     NEEDS "system=foreign " EVERY_VARIANT)
{
    require_eq(events_init(), 0);
    const int32_t port = evtchn_bind_ipi(0);

    require_true(port > 0);
    irq_init();
    upcall_enable();
    irq_unmask();
    for (uint32_t round = 1; round <= 3; round++) {
        expect_eq(evtchn_send((uint32_t)port), 0);
        expect_eq(event_count((uint32_t)port), round);
    }
    irq_mask();
    expect_eq(evtchn_send((uint32_t)port), 0);
    expect_eq(event_count((uint32_t)port), 3);
    irq_unmask();
    expect_eq(event_count((uint32_t)port), 4);
    expect_eq(upcall_count(0), 4);
}
