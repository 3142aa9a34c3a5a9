/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check of every page (S0-07, S1-04, S1-14, S2-11): right books pass, and each kind of wrong entry is found. The views
 * are made up here; on a board they are the MPU's.
 */
#include "hv/console.h"
#include "hv/main.h"
#include "hv/page.h"
#include "hv/protect.h"

#include "check.h"

#include <string.h>

enum { A_PAGES = 8, B_PAGES = 4, NR_PAGES = A_PAGES + B_PAGES };

struct domain domains[CONFIG_MAX_DOMAINS];
uint32_t nr_domains = 2;
static uint8_t tables[2 * NR_PAGES];
uint8_t *page_states = tables, *page_pins = tables + NR_PAGES;

static const struct config_header header;
const struct config_header *config_verified = &header;

static const struct config_range range_of_a = {
    .base = 0x20000000, .limit = 0x20000000 + A_PAGES * PAGE_SIZE, .kind = RANGE_RAM, .first_page = 0};
static const struct config_range range_of_b = {
    .base = 0x30000000, .limit = 0x30000000 + B_PAGES * PAGE_SIZE, .kind = RANGE_RAM, .first_page = A_PAGES};
static const struct config_domain config = {.nr_ranges = 1};
static struct domain *const a = &domains[0], *const b = &domains[1];
static struct vcpu vcpu_of_a;

/* What each domain's view holds, by index of the page. */
static bool holds[2][NR_PAGES];
static unsigned complaints;

bool protect_view_holds(struct domain *d, uintptr_t base, uint32_t bytes)
{
    const uintptr_t offset = base - (base >= 0x30000000 ? 0x30000000 - A_PAGES * PAGE_SIZE : 0x20000000);

    (void)bytes;
    return holds[d - domains][offset / PAGE_SIZE];
}

void console_log(const char *format, ...)
{
    (void)format;
    complaints++;
}

/* Everybody has his own pages; b has mapped page 2 of a, whose shared_info lies in page 5. */
static void start(void)
{
    memset(tables, 0, sizeof(tables));
    memset(holds, 0, sizeof(holds));
    *a = (struct domain){.config = &config, .ranges = &range_of_a, .nr_vcpus = 1, .vcpus = &vcpu_of_a, .pin_weight = 1};
    *b = (struct domain){.config = &config, .ranges = &range_of_b, .pin_weight = 2};
    for (unsigned i = 0; i < NR_PAGES; i++)
        holds[i >= A_PAGES][i] = true;
    holds[1][2] = true;
    page_pins[2] = 2;
    a->shared_registered = true;
    a->pending = (uint32_t *)(uintptr_t)(0x20005000 + 0x800);
    page_pins[5] = PAGE_PIN_EVENT;
    complaints = 0;
}

static void expect(bool right)
{
    CHECK_EQUAL(page_audit(), right);
    CHECK_EQUAL(complaints, right ? 0 : 1);
}

static void right_books_pass(void)
{
    start();
    expect(true);
    page_states[1] = PAGE_BALLOONED;
    page_states[A_PAGES + 3] = PAGE_RESERVED;
    holds[0][1] = holds[1][A_PAGES + 3] = false;
    expect(true);
}

static void a_state_that_the_view_contradicts_is_found(void)
{
    for (unsigned i = 0; i < NR_PAGES; i++) {
        start();
        page_states[i] = PAGE_BALLOONED;
        expect(false);
        start();
        holds[i >= A_PAGES][i] = false;
        expect(false);
        start();
        page_states[i] = PAGE_BALLOONED + 1;
        expect(false);
    }
}

static void a_pin_too_many_or_too_few_is_found(void)
{
    for (unsigned i = 0; i < NR_PAGES; i++) {
        start();
        page_pins[i] ^= 1;
        expect(false);
        start();
        page_pins[i] ^= PAGE_PIN_EVENT;
        expect(false);
    }
    start();
    holds[1][2] = false; /* a map that went without its pin */
    expect(false);
    start();
    holds[1][3] = true; /* and one that came without */
    expect(false);
}

static void a_registration_without_its_pin_is_found(void)
{
    start();
    vcpu_of_a.info_registered = true;
    vcpu_of_a.info = (struct vcpu_info *)(uintptr_t)0x20007040;
    expect(false);
    page_pins[7] = PAGE_PIN_EVENT;
    complaints = 0;
    expect(true);
    vcpu_of_a.info_registered = false;
}

int main(void)
{
    right_books_pass();
    a_state_that_the_view_contradicts_is_found();
    a_pin_too_many_or_too_few_is_found();
    a_registration_without_its_pin_is_found();
    return check_result();
}
