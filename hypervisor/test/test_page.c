/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The books of static RAM (S0-07, S1-04, S1-14, S2-03): who owns a page, in which state it is, who holds it. There is
 * no list of pages: the owner follows from the range, state and pins are one byte each.
 */
#include "hv/page.h"

#include "hv/main.h"
#include "hv/master.h"

#include "check.h"

#include <string.h>

enum {
    A_FIRST = 0,      /* pages of A's first bank: 0 ... 15 */
    A_SECOND = 16,    /* 16 ... 19 */
    B_FIRST = 20,     /* 20 ... 27, right behind A's first bank */
    B_SHARED = 28,    /* 28, 29: static shared memory, borrowed by A */
    NR_PAGES = 30,
};

struct domain domains[CONFIG_MAX_DOMAINS];
uint32_t nr_domains = 2;

static const struct config_header no_event_pages;
const struct config_header *config_verified = &no_event_pages;

static bool a_is_checked;
static uint8_t tables[2 * NR_PAGES + 2];

static const struct config_range ranges_of_a[] = {
    {.base = 0x20000000, .limit = 0x20010000, .kind = RANGE_RAM, .first_page = A_FIRST},
    {.base = 0xfffff000 - 0x3000, .limit = UINT64_C(1) << 32, .kind = RANGE_RAM, .first_page = A_SECOND},
    {.base = 0x30000000, .limit = 0x30002000, .kind = RANGE_SHM_BORROWER, .first_page = PAGE_NONE},
};
static const struct config_range ranges_of_b[] = {
    {.base = 0x20010000, .limit = 0x20018000, .kind = RANGE_RAM, .first_page = B_FIRST},
    {.base = 0x30000000, .limit = 0x30002000, .kind = RANGE_SHM_OWNER, .first_page = B_SHARED},
};
static const struct config_domain config_of_a = {.nr_ranges = 3}, config_of_b = {.nr_ranges = 2};
static struct domain *const a = &domains[0], *const b = &domains[1];

bool master_is_checked(const struct domain *d)
{
    return d == a && a_is_checked;
}

void arch_zero_words(uint32_t *from, uint32_t *limit)
{
    memset(from, 0, (size_t)((char *)limit - (char *)from));
}

static void start(bool with_checked_master)
{
    a->config = &config_of_a;
    a->ranges = ranges_of_a;
    b->config = &config_of_b;
    b->ranges = ranges_of_b;
    a_is_checked = with_checked_master;
    a->pin_weight = with_checked_master ? 2 : 1;
    b->pin_weight = 1;
    page_states = tables;
    page_pins = tables + NR_PAGES;
    memset(tables, 0, sizeof(tables));
}

static void check_owner(uintptr_t address, const struct domain *owner, uint32_t index)
{
    const struct config_range *range;

    CHECK_EQUAL((uintptr_t)page_owner((paddr_t){address}, &range), (uintptr_t)owner);
    if (owner && range)
        CHECK_EQUAL(page_index(range, address), index);
}

static void the_edges_of_every_bank_have_the_right_owner(void)
{
    start(false);
    check_owner(0x20000000 - 1, NULL, 0);
    check_owner(0x20000000, a, 0);
    check_owner(0x2000ffff, a, 15);
    check_owner(0x20010000, b, B_FIRST);
    check_owner(0x20017fff, b, B_FIRST + 7);
    check_owner(0x20018000, NULL, 0);
    check_owner(0xffffbfff, NULL, 0);
    check_owner(0xffffc000, a, A_SECOND);
    check_owner(0xffffffff, a, A_SECOND + 3);
    check_owner(0, NULL, 0);
}

/* A borrower has the page in its view and does not own it. */
static void shared_memory_is_its_owners(void)
{
    start(false);
    check_owner(0x30000000, b, B_SHARED);
    check_owner(0x30001fff, b, B_SHARED + 1);
    CHECK_EQUAL(page_range(a, 0x30000000, 1) == NULL, true);
}

static void a_run_must_lie_in_one_bank(void)
{
    start(false);
    CHECK_EQUAL(page_range(a, 0x20000000, 0x10000) == &ranges_of_a[0], true);
    CHECK_EQUAL(page_range(a, 0x20000000, 0x10001) == NULL, true);
    CHECK_EQUAL(page_range(a, 0x2000f000, 0x2000) == NULL, true);
    CHECK_EQUAL(page_range(a, 0xffffc000, 0x4000) == &ranges_of_a[1], true);
    CHECK_EQUAL(page_range(a, 0xfffff000, 0x2000) == NULL, true);
    CHECK_EQUAL(page_range(b, 0x2000f000, 1) == NULL, true);
}

/* Every start and every length: the neighbours keep their state. */
static void states_change_where_they_should(void)
{
    start(false);
    for (uint32_t first = 0; first < NR_PAGES; first++) {
        for (uint32_t nr = 0; first + nr <= NR_PAGES; nr++) {
            memset(tables, PAGE_RESERVED, NR_PAGES);
            page_set_states(first, nr, PAGE_BALLOONED);
            for (uint32_t i = 0; i < NR_PAGES; i++)
                CHECK_EQUAL(tables[i], i >= first && i < first + nr ? PAGE_BALLOONED : PAGE_RESERVED);
        }
    }
    CHECK_EQUAL(tables[NR_PAGES], 0); /* the first pin byte */
}

static void a_pin_is_found_wherever_it_is(void)
{
    start(false);
    for (uint32_t pinned = 0; pinned < NR_PAGES; pinned++) {
        memset(page_pins, 0, NR_PAGES);
        page_pin(b, pinned);
        for (uint32_t first = 0; first < NR_PAGES; first++)
            for (uint32_t nr = 0; first + nr <= NR_PAGES; nr++)
                CHECK_EQUAL(page_any_pinned(first, nr), pinned >= first && pinned < first + nr);
    }
}

static void the_last_of_several_holders_frees_a_page(void)
{
    start(true);
    page_pin(b, 3);  /* a foreign map of b: one */
    page_pin(a, 3);  /* a map of a domain with a master behind the firewall: the map and the firewall's entry */
    CHECK_EQUAL(page_pins[3], 3);
    page_unpin(b, 3);
    CHECK_EQUAL(page_any_pinned(3, 1), true);
    page_unpin(a, 3);
    CHECK_EQUAL(page_any_pinned(3, 1), false);
    CHECK_EQUAL(page_pins[2] + page_pins[4], 0);
}

static void an_event_page_is_watched_and_not_held(void)
{
    start(false);
    page_pins[5] = PAGE_PIN_EVENT;
    CHECK_EQUAL(page_any_pinned(0, NR_PAGES), false);
    CHECK_EQUAL(page_any_watched(0, NR_PAGES), true);
    page_pin(b, 5);
    page_unpin(b, 5);
    CHECK_EQUAL(page_pins[5], PAGE_PIN_EVENT);
    CHECK_EQUAL(page_any_watched(0, 5), false);
    CHECK_EQUAL(page_any_watched(6, NR_PAGES - 6), false);
}

int main(void)
{
    the_edges_of_every_bank_have_the_right_owner();
    shared_memory_is_its_owners();
    a_run_must_lie_in_one_bank();
    states_change_where_they_should();
    a_pin_is_found_wherever_it_is();
    the_last_of_several_holders_frees_a_page();
    an_event_page_is_watched_and_not_held();
    return check_result();
}
