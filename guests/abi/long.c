/* SPDX-License-Identifier: Apache-2.0 */
/* Long arguments: on any address, and in pieces where a call restarts. */
#include "long.h"

enum { LIST = 128 };

TEST(abi, a_long_field_is_filled_to_its_end_on_any_address, IDS "", WHY "EL2 writes words, guests have addresses",
     NEEDS "system=solo")
{
    for (uint32_t shift = 1; shift <= 4; shift++) {
        memset(area, GUARD, sizeof(area));
        expect_eq(hypercall_xen_version(XENVER_capabilities, area + shift), 0);
        expect_field(area + shift);
    }
}

/* ---- lists of ports ---- */

static void list_put(char *list, uint32_t i, uint32_t port)
{
    memcpy(list + 4 * i, &port, sizeof(port));
}

/* 0: at once, because one is pending; a deadline that has passed ends the rest. */
static int32_t poll(const char *list, uint64_t *took_ns)
{
    enum { NAP_NS = 100 * 1000 };
    const uint64_t start = now_ns();
    const struct sched_poll poll = {.ports = (uintptr_t)list, .nr_ports = LIST, .timeout = start + NAP_NS};
    const int32_t result = hypercall_sched_op(SCHEDOP_poll, &poll);

    *took_ns = now_ns() - start;
    return result;
}

TEST(abi, a_list_of_128_ports_is_seen_to_its_end_on_any_address, IDS "S4-15", WHY "the long list has a path of its own",
     NEEDS "system=solo")
{
    enum { AT_ONCE_NS = 50 * 1000 };
    static const uint32_t places[] = {0, 1, 2, 63, 126, 127};
    uint64_t took;

    require_eq(events_init(), 0);
    for (uint32_t i = 0; i < 2 * LIST; i++)
        require_eq(evtchn_bind_ipi(0), (int32_t)i + 1);
    for (uint32_t shift = 0; shift < 4; shift++) {
        char *const list = area + shift;

        for (uint32_t i = 0; i < LIST; i++)
            list_put(list, i, 2 * LIST - i);
        expect_eq(poll(list, &took), 0);
        expect_true(took > AT_ONCE_NS);
        for (uint32_t n = 0; n < sizeof(places) / sizeof(places[0]); n++) {
            event_set(2 * LIST - places[n]);
            expect_eq(poll(list, &took), 0);
            expect_true(took < AT_ONCE_NS);
            list_put(list, LIST - 1, 0x80000000u); /* behind a pending port nobody looks */
            expect_eq(poll(list, &took), places[n] == LIST - 1 ? -XEN_EINVAL : 0);
            list_put(list, LIST - 1, LIST + 1);
            event_clear(2 * LIST - places[n]);
            list_put(list, places[n], n % 2 ? 1023 : 1024 + n);
            expect_eq(poll(list, &took), -XEN_EINVAL);
            list_put(list, places[n], 2 * LIST - places[n]);
        }
    }
}
