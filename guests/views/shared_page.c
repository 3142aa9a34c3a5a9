/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Static shared memory: a page that two views hold. A window over a page that the loaded view already holds
 * would be an overlap, and the overlap would fault.
 */
#include "exchange.h"

enum { SHARED = RAM(0x30000000), SHARED_LIMIT = RAM(0x30004000) };

/* shared_info in a page of the domain's own: the tree lists the shared memory behind the banks. */
static void meet(void)
{
    if (shared_info() == NULL)
        require_eq(events_register_shared_info((void *)(uintptr_t)(uint32_t)machine.bank[1].base), 0);
    peers_meet();
}

static void fill_and_look(uint32_t mine, uint32_t theirs)
{
    volatile uint32_t *const page = (volatile uint32_t *)(SHARED + 0x2000);

    for (uint32_t i = 0; i < 16; i++)
        page[16 * mine + i] = mine * 0x01010101u + i;
    expect_true(exchange());
    for (uint32_t i = 0; i < 16; i++)
        expect_eq(page[16 * theirs + i], theirs * 0x01010101u + i);
    exchange();
}

TEST(views, both_domains_see_the_shared_memory, IDS "S4-24 S0-11", WHY "the same bytes at the same address",
     NEEDS "system=shm strategies=window,switch,mask")
{
    meet();
    fill_and_look(1, 2);
}

PEER(2, views, both_domains_see_the_shared_memory)
{
    meet();
    fill_and_look(2, 1);
}

TEST(views, shared_memory_ends_at_its_edges, IDS "S4-23", WHY "one region, exact to the granule",
     NEEDS "system=shm strategies=window,switch,mask")
{
    uint32_t value;

    expect_eq(try_read32(SHARED, &value).kind, FAULT_NONE);
    expect_eq(try_read32(SHARED_LIMIT - 4, &value).kind, FAULT_NONE);
    expect_eq(try_read32(SHARED - 4, &value).kind, FAULT_DATA);
    expect_eq(try_read32(SHARED_LIMIT, &value).kind, FAULT_DATA);
}

/* The owner's event page is in the sender's view too. */
TEST(views, an_event_page_in_shared_memory_works, IDS "S4-11 S4-17", WHY "the sender's view holds the page already",
     NEEDS "system=shm strategies=window,switch,mask")
{
    require_eq(events_register_shared_info((void *)SHARED), 0);
    meet();
    for (uint32_t round = 0; round < 3; round++)
        expect_true(exchange());
    expect_true(*(volatile uint32_t *)(SHARED + 0x1000) >= 3);
    exchange();
}

PEER(2, views, an_event_page_in_shared_memory_works)
{
    volatile uint32_t *const count = (volatile uint32_t *)(SHARED + 0x1000);

    *count = 0;
    meet();
    for (;;) {
        (*count)++; /* the shared memory is still ours after each send into it */
        exchange();
    }
}

TEST(views, a_borrowed_page_is_no_event_page, IDS "S4-03 X-43", WHY "the hypervisor writes into own RAM only",
     NEEDS "system=shm strategies=window,switch,mask")
{
    meet();
    peer_signal(0);
    peer_wait(1);
}

PEER(2, views, a_borrowed_page_is_no_event_page)
{
    const struct vcpu_register_vcpu_info info = {.gfn = SHARED >> XEN_PAGE_SHIFT};

    expect_eq(events_register_shared_info((void *)SHARED), -XEN_EINVAL);
    expect_eq(hypercall_vcpu_op(VCPUOP_register_vcpu_info, 0, &info), -XEN_EINVAL);
    meet();
    peer_wait(0);
    peer_signal(1);
}

TEST(views, a_borrowed_page_is_no_hypercall_buffer, IDS "S1-07", WHY "its owner is someone else",
     NEEDS "system=shm strategies=window,switch,mask")
{
    meet();
    peer_signal(0);
    peer_wait(1);
}

PEER(2, views, a_borrowed_page_is_no_hypercall_buffer)
{
    *(struct xen_feature_info *)SHARED = (struct xen_feature_info){0};
    expect_eq(hypercall_xen_version(XENVER_get_features, (void *)SHARED), -XEN_EFAULT);
    expect_eq(hypercall_console_io(CONSOLEIO_write, 4, (void *)SHARED), -XEN_EFAULT);
    meet();
    peer_wait(0);
    peer_signal(1);
}
