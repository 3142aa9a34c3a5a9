/* SPDX-License-Identifier: Apache-2.0 */
/* RAM is what the configuration names, all of it and nothing else, and it stays the domain's. */
#include "static_mem.h"

struct range {
    uintptr_t base, bytes;
};

/* Every page of the range can be used; the words around it cannot. */
static void expect_usable(struct range range)
{
    for (uintptr_t at = range.base; at < range.base + range.bytes; at += PAGE)
        if (at < (uintptr_t)__image_end && at >= machine.image_base)
            continue; /* we stand on it */
        else
            expect_in(at);
}

static void expect_edges(struct range range)
{
    uint32_t value;

    expect_eq(try_read32(range.base - 4, &value).kind, FAULT_DATA);
    expect_eq(try_read32(range.base + range.bytes, &value).kind, FAULT_DATA);
}

static void expect_banks(const struct range *named, uint32_t count)
{
    uint32_t pages = 0;

    require_eq(machine.nr_banks, count);
    for (uint32_t n = 0; n < count; n++) {
        expect_eq(machine.bank[n].base, named[n].base);
        expect_eq(machine.bank[n].size, named[n].bytes);
        expect_usable(named[n]);
        pages += named[n].bytes / PAGE;
    }
    expect_eq(memory_query(XENMEM_current_reservation), pages);
    expect_eq(memory_query(XENMEM_maximum_reservation), pages);
}

static const struct range domain_1[] = {{RAM(0x20000000), 0x100000}, {RAM(0x28000000), 0x4000}};
static const struct range domain_2[] = {{RAM(0x20400000), 0x100000}, {RAM(0x28004000), 0x4000}};

TEST(static_mem, ram_is_the_ranges_that_the_configuration_names, IDS "S1-01 S0-01",
     WHY "tree, reservation and reachable memory agree", NEEDS "system=pair strategies=all")
{
    expect_banks(domain_1, 2);
    expect_edges(domain_1[0]);
    peers_meet();
    peer_signal(0);
    peer_wait(0);
}

PEER(2, static_mem, ram_is_the_ranges_that_the_configuration_names)
{
    expect_banks(domain_2, 2);
    expect_edges(domain_2[0]);
    peers_meet();
    peer_wait(0);
    peer_signal(0);
}

TEST(static_mem, ten_ranges_are_ten_banks, IDS "S1-01 S0-04", WHY "in the order of the configuration", NEEDS "system=many")
{
    static const struct range named[] = {
        {RAM(0x20000000), 0x100000}, {RAM(0x20200000), 0x4000}, {RAM(0x20210000), 0x4000}, {RAM(0x20220000), 0x4000}, {RAM(0x20230000), 0x4000},
        {RAM(0x20240000), 0x4000},   {RAM(0x20250000), 0x4000}, {RAM(0x20260000), 0x4000}, {RAM(0x20270000), 0x4000}, {RAM(0x28000000), 0x4000}};

    expect_banks(named, 10);
    for (uint32_t n = 0; n < 10; n++)
        expect_edges(named[n]);
}

TEST(static_mem, half_a_gibibyte_where_the_founding_document_has_it, IDS "S1-01", WHY "512 MiB at 0x30000000",
     NEEDS "system=heap strategies=window,switch,mask,shared")
{
    const struct range named = {RAM(0x30000000), 0x20000000};

    expect_eq(machine.bank[1].base, named.base);
    expect_eq(machine.bank[1].size, named.bytes);
    expect_eq(memory_query(XENMEM_current_reservation), 0x100 + 0x20000 + 1 + 4);
    expect_edges(named);
    for (uintptr_t at = named.base; at < named.base + named.bytes; at += 0x1000000)
        expect_in(at);
    expect_in(named.base + named.bytes - PAGE);
}

/* ---- xen,static-heap: where the hypervisor keeps the states of so many pages ---- */

enum { HEAP = RAM(0x50000000), HEAP_BYTES = 0x80000 };
#define HEAP_NEEDS "system=heap strategies=window,switch,mask,shared "

TEST(static_mem, the_hypervisors_own_range_is_out_of_reach, IDS "S1-02 S4-23", WHY "page states decide who reaches what",
     NEEDS HEAP_NEEDS)
{
    for (uintptr_t at = HEAP; at < HEAP + HEAP_BYTES; at += PAGE)
        if (!expect_out(at))
            break;
    expect_eq(decrease(HEAP, 0), 0);
    expect_eq(populate(HEAP, 0), 0);
    expect_eq(remove_page(HEAP), -XEN_ENOENT);
    expect_eq(events_register_shared_info((void *)HEAP), -XEN_EINVAL);
    expect_eq(hypercall_xen_version(XENVER_get_features, (void *)HEAP), -XEN_EFAULT);
}

TEST(static_mem, the_hypervisor_stays_inside_its_own_range, IDS "S1-02",
     WHY "pages on both sides hold what they held", NEEDS HEAP_NEEDS "fill=0x4fffe000+0x2000,0x50080000+0x1000")
{
    static const uint32_t places[] = {RAM(0x30000000), RAM(0x30001000), RAM(0x3ffff000), RAM(0x40000000), RAM(0x4fffd000)};

    for (uint32_t i = 0; i < 5; i++) {
        require_eq(decrease(places[i], 0), 1);
        expect_out(places[i]);
        require_eq(populate(places[i], 0), 1);
        expect_in(places[i]);
    }
    expect_words(HEAP - 2 * PAGE, HEAP, filled_word);
    expect_words(HEAP + HEAP_BYTES, HEAP + HEAP_BYTES + PAGE, filled_word);
}

TEST(static_mem, every_page_of_a_great_bank_has_a_state, IDS "S0-07 S1-05", WHY "first and last and both sides of the middle",
     NEEDS HEAP_NEEDS)
{
    for (uint32_t n = 0; n < 32; n++) {
        const uintptr_t at = RAM(0x30000000) + n * 0x1000000 + n * PAGE;

        require_eq(decrease(at, 9), 1);
        expect_out(at);
        expect_out(at + 511 * PAGE);
        expect_in(at + 512 * PAGE);
        expect_eq(decrease(at + 100 * PAGE, 0), 0);
        require_eq(populate(at, 9), 1);
    }
    require_eq(decrease(RAM(0x4ffff000), 0), 1);
    expect_out(RAM(0x4ffff000));
    expect_in(RAM(0x4fffe000));
    require_eq(populate(RAM(0x4ffff000), 0), 1);
}
