/* SPDX-License-Identifier: Apache-2.0 */
#include "hv/page.h"

#include "hv/arch.h"
#include "hv/direct_map.h"
#include "hv/master.h"

uint8_t *page_states, *page_pins;
struct lock memory_lock;

static bool is_owned(const struct config_range *range)
{
    return range->first_page != PAGE_NONE;
}

hot const struct config_range *page_range(const struct domain *d, uintptr_t base, uint32_t bytes)
{
    const struct config_range *range = d->ranges, *const end = range + d->config->nr_ranges;

    for (; range < end; range++) {
        const uintptr_t offset = base - (uintptr_t)range->base, size = (uintptr_t)(range->limit - range->base);

        if (offset < size && bytes <= size - offset && is_owned(range))
            return range;
    }
    return NULL;
}

struct domain *page_owner(paddr_t address, const struct config_range **range)
{
    for (uint32_t i = 0; i < nr_domains; i++) {
        *range = page_range_of(&domains[i], address, 1);
        if (*range)
            return &domains[i];
    }
    return NULL;
}

/* Bytes before the first word boundary and behind the last one by hand. */
void page_set_many(uint32_t first, uint32_t nr, enum page_state state)
{
    uint8_t *byte = page_states + first, *const end = byte + nr;
    const uint32_t word = (uint32_t)state * 0x01010101u;

    for (; byte < end && (uintptr_t)byte % sizeof(word); byte++)
        *byte = (uint8_t)state;
    for (; end - byte >= (ptrdiff_t)sizeof(word); byte += sizeof(word))
        *(uint32_t *)(uintptr_t)byte = word;
    for (; byte < end; byte++)
        *byte = (uint8_t)state;
}

uint32_t page_all_pins(uint32_t first, uint32_t nr)
{
    const uint8_t *byte = page_pins + first, *const end = byte + nr;
    uint32_t all = 0, words = 0;

    for (; byte < end && (uintptr_t)byte % sizeof(words); byte++)
        all |= *byte;
    for (; end - byte >= (ptrdiff_t)sizeof(words); byte += sizeof(words))
        words |= *(const uint32_t *)(uintptr_t)byte;
    for (; byte < end; byte++)
        all |= *byte;
    words |= words >> 16;
    return all | ((words | words >> 8) & 0xff);
}

void page_pin_borrowed(const struct domain *d)
{
    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *const borrowed = &d->ranges[i], *range;

        if (borrowed->kind != RANGE_SHM_BORROWER ||
            page_owner(page_address(borrowed, (uintptr_t)borrowed->base), &range) == NULL)
            continue;
        for (uintptr_t at = (uintptr_t)borrowed->base; at < borrowed->limit; at += PAGE_SIZE)
            page_pin(d, page_index(range, page_base(range, page_address(borrowed, at))));
    }
}

/* For the short ways of memory operations. Everybody holds what lies among the event pages. */
static void init_bank(struct domain *d, const struct config_header *config)
{
    const struct config_range *const range = d->ranges;

    if (range->kind != RANGE_RAM || (range->base < config->event_pages_limit && config->event_pages_base < range->limit))
        return;
    d->bank.first_frame = (uint32_t)(range->base >> PAGE_SHIFT);
    d->bank.nr_frames = (uint32_t)((range->limit - range->base) >> PAGE_SHIFT);
    d->bank.states = page_states + range->first_page;
    d->bank.pins = page_pins + range->first_page;
}

void page_init(const struct config_header *config)
{
    const uint32_t bytes = 2 * config->nr_pages;

    page_states = (uint8_t *)(uintptr_t)config->pages;
    page_pins = page_states + config->nr_pages;
    arch_zero_words((uint32_t *)(uintptr_t)config->pages, (uint32_t *)((uintptr_t)config->pages + bytes));
    for (uint32_t i = 0; i < nr_domains; i++) {
        domains[i].pin_weight = master_is_checked(&domains[i]) ? 2 : 1;
        domains[i].usual_owners =
            config->nr_cpus == 1 && domains[i].pin_weight == 1 ? domains[i].config->may_map & direct_map_equals(&domains[i]) : 0;
        init_bank(&domains[i], config);
        page_pin_borrowed(&domains[i]);
    }
}
