/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an argument may lie: on any address, and up to the last byte of the caller's memory. A call answers and
 * writes the same there as in the midst of it, and one byte further it is -EFAULT and nothing was done.
 */
#include "places.h"

enum { MAX_BYTES = 1024, MAX_WORDS = 18, NO_DOMAIN = 77, NO_PORT = 4000, ROOM = 32 };

/* Harmless calls: they refuse, or ask, or do nothing for nobody. */
struct call {
    uint32_t number, command, bytes;
    uint32_t block[MAX_WORDS];
};

#define FRAMES 0, 0, 0, 0, 0, 0, DOMID_SELF, 0 /* struct xen_memory_reservation of no extent */

static const struct call calls[] = {
    {12, XENMEM_decrease_reservation, 32, {FRAMES}},
    {12, XENMEM_populate_physmap, 32, {FRAMES}},
    {12, XENMEM_current_reservation, 2, {DOMID_SELF}},
    {12, XENMEM_maximum_gpfn, 2, {DOMID_SELF}},
    {12, XENMEM_add_to_physmap, 24, {DOMID_SELF, XENMAPSPACE_gmfn}},
    {12, XENMEM_add_to_physmap_batch, 32, {DOMID_SELF | XENMAPSPACE_gmfn_foreign << 16, NO_DOMAIN << 16}},
    {12, XENMEM_add_to_physmap_batch, 32, {DOMID_SELF | XENMAPSPACE_dev_mmio << 16, 1}},
    {12, XENMEM_remove_from_physmap, 16, {DOMID_SELF, 0, 0xfffff}},
    {12, XENMEM_exchange, 72, {FRAMES, FRAMES, 1}},
    {12, XENMEM_exchange, 72, {FRAMES, FRAMES, 0}},
    {12, XENMEM_exchange, 72, {0, 0, 1, 0, 31, 0, DOMID_SELF, 0, FRAMES, 0}},
    {12, XENMEM_exchange, 72, {FRAMES, 0, 0, 1, 0, 31, 0, DOMID_SELF, 0, 0}},
    {12, XENMEM_exchange, 72, {FRAMES, 0, 0, 0, 0, 0, 0, NO_DOMAIN, 0, 0}},
    {12, XENMEM_exchange, 72, {0, 0, ~0u, ~0u, 1, 0, DOMID_SELF, 0, 0, 0, ~0u, ~0u, 1, 0, DOMID_SELF, 0, 0}},
    {12, XENMEM_exchange, 72, {0, 0, 1, 0, 0, 0, DOMID_SELF, 0, 0, 0, ~0u, ~0u, 1, 0, DOMID_SELF, 0, 0}},
    {12, XENMEM_exchange, 72, {0, 0, 2, 0, 0, 0, DOMID_SELF, 0, 0, 0, 1, 0, 1, 0, DOMID_SELF, 0, 0}},
    {17, XENVER_extraversion, 16, {0}},
    {17, XENVER_compile_info, 144, {0}},
    {17, XENVER_capabilities, 1024, {0}},
    {17, XENVER_changeset, 64, {0}},
    {17, XENVER_platform_parameters, 8, {0}},
    {17, XENVER_get_features, 8, {0}},
    {17, XENVER_get_features, 8, {1}},
    {17, XENVER_guest_handle, 16, {0}},
    {17, XENVER_commandline, 1024, {0}},
    {17, XENVER_extraversion2, 4 + ROOM, {ROOM}},
    {17, XENVER_capabilities2, 4 + ROOM, {ROOM}},
    {17, XENVER_changeset2, 4 + ROOM, {ROOM}},
    {24, VCPUOP_register_vcpu_info, 16, {0, 0, 4095}},
    {29, SCHEDOP_poll, 24, {0, 0, 0, 0, 1, 0}},
    {29, SCHEDOP_remote_shutdown, 8, {NO_DOMAIN, SHUTDOWN_poweroff}},
    {29, SCHEDOP_watchdog, 8, {SCHED_NR_WATCHDOGS + 1, 1}},
    {32, EVTCHNOP_bind_interdomain, 12, {NO_DOMAIN, 1}},
    {32, EVTCHNOP_bind_virq, 12, {NO_PORT, 0}},
    {32, EVTCHNOP_bind_virq, 12, {0, 99}},
    {32, EVTCHNOP_close, 4, {NO_PORT}},
    {32, EVTCHNOP_send, 4, {NO_PORT}},
    {32, EVTCHNOP_status, 24, {DOMID_SELF, 3}},
    {32, EVTCHNOP_alloc_unbound, 8, {DOMID_SELF | NO_DOMAIN << 16}},
    {32, EVTCHNOP_bind_ipi, 8, {99}},
    {32, EVTCHNOP_bind_vcpu, 8, {NO_PORT, 0}},
    {32, EVTCHNOP_unmask, 4, {NO_PORT}},
    {32, EVTCHNOP_reset, 2, {NO_DOMAIN}},
    {34, HVMOP_get_param, 16, {DOMID_SELF, 0}},
    {34, HVMOP_set_param, 16, {DOMID_SELF, 999}},
};
enum { NR_CALLS = sizeof(calls) / sizeof(calls[0]) };

static uint32_t answers[MAX_BYTES / 4 + 2];

static int32_t issue(const struct call *call, uintptr_t place)
{
    if (call->number == 24)
        return hypercall_3(call->number, call->command, 0, place);
    return hypercall_2(call->number, call->command, place);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void put_block(const struct call *call, uintptr_t place)
{
    memset((void *)place, 0, call->bytes);
    memcpy((void *)place, call->block, least(call->bytes, sizeof(call->block)));
}

static void expect_same(const struct call *call, uintptr_t place, int32_t result)
{
    put_block(call, place);
    const int32_t actual = issue(call, place);

    if (actual != result || memcmp((void *)place, answers, call->bytes) != 0)
        fail_("hypercall %u command %u at 0x%lx answers %d, elsewhere %d; or it wrote something else", call->number,
              call->command, (unsigned long)place, actual, result);
}

/* These two answer how many extents were done, and that is none. */
static int32_t refusal(const struct call *call)
{
    const bool counts = call->number == 12 &&
                        (call->command == XENMEM_decrease_reservation || call->command == XENMEM_populate_physmap);

    return counts ? 0 : -XEN_EFAULT;
}

/* Of a text with room for more, the length and the first byte. */
static uint32_t surely_touched(const struct call *call)
{
    return call->block[0] == ROOM ? 5 : call->bytes;
}

static uintptr_t end_of_memory(void)
{
    const uint32_t last = machine.nr_banks - 1;

    return (uintptr_t)(machine.bank[last].base + machine.bank[last].size);
}

TEST(abi, an_argument_may_lie_on_any_address, IDS "", WHY "every call copies it by the same rules", NEEDS "system=solo")
{
    static uint32_t elsewhere[MAX_BYTES / 4 + 2];

    for (uint32_t i = 0; i < NR_CALLS; i++) {
        put_block(&calls[i], (uintptr_t)answers);
        const int32_t result = issue(&calls[i], (uintptr_t)answers);

        if (result == -XEN_EFAULT)
            fail_("hypercall %u command %u is -EFAULT in the midst of memory", calls[i].number, calls[i].command);
        for (uint32_t odd = 0; odd < 4; odd++)
            expect_same(&calls[i], (uintptr_t)elsewhere + odd, result);
        expect_same(&calls[i], end_of_memory() - calls[i].bytes, result);
        expect_same(&calls[i], (end_of_memory() - calls[i].bytes) & ~(uintptr_t)3, result);
    }
}

TEST(abi, an_argument_that_reaches_over_the_end_is_efault, IDS "S4-23", WHY "the last page is no less checked",
     NEEDS "system=solo")
{
    for (uint32_t i = 0; i < NR_CALLS; i++) {
        for (uint32_t over = 1; over <= 4; over++) {
            const uintptr_t place = end_of_memory() - surely_touched(&calls[i]) + over;

            if (place < end_of_memory())
                memcpy((void *)place, calls[i].block, least(end_of_memory() - place, sizeof(calls[i].block)));
            const int32_t result = issue(&calls[i], place);

            if (result != refusal(&calls[i]))
                fail_("hypercall %u command %u, %u bytes over the end: %d", calls[i].number, calls[i].command, over,
                      result);
        }
    }
}
