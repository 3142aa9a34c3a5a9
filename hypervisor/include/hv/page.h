/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of static RAM: who owns one follows from the configuration; its state and its pins are two byte
 * arrays. A page never meets an allocator and never changes its owner.
 *
 *   mapped     in its owner's view
 *   reserved   its owner's, not in use: before start, removed from the map, while its owner is down
 *   ballooned  its owner's, given back
 *
 * Pins: each map of the page by another domain counts one, and one more if that domain has a master behind
 * the bus firewall; PAGE_PIN_EVENT says that shared_info or a vcpu_info lies in it. A page with counted pins is
 * neither used again nor scrubbed before the last one is gone (founding document 002).
 *
 * Rules: everything here changes under memory_lock. Indices come from page_index().
 */
#ifndef HV_PAGE_H
#define HV_PAGE_H

#include "hv/config.h"
#include "hv/domain.h"
#include "hv/lock.h"
#include "hv/main.h"
#include "hv/types.h"

enum page_state { PAGE_MAPPED = 0, PAGE_RESERVED = 1, PAGE_BALLOONED = 2 };

enum {
    PAGE_PIN_COUNT = 0x7f,
    PAGE_PIN_EVENT = 0x80,
};

#define PAGE_NONE UINT32_MAX

extern uint8_t *page_states, *page_pins;
extern struct lock memory_lock;

/* Boot: the tables of the configuration, all pages mapped, shared memory pinned. */
void page_init(const struct config_header *config);

/* The range of the domain's own RAM or shared memory that holds [base, base + bytes) as the domain sees it, or NULL. */
const struct config_range *page_range(const struct domain *d, uintptr_t base, uint32_t bytes);

/* Index of the page at `address`, which the range holds. */
static inline uint32_t page_index(const struct config_range *range, uintptr_t address)
{
    return range->first_page + (uint32_t)((address - (uintptr_t)range->base) >> PAGE_SHIFT);
}

/* The domain that owns the page at the physical address, with its range; NULL: nobody. */
struct domain *page_owner(paddr_t address, const struct config_range **range);

/* Strategy `shared`: every view holds this page for ever, and nobody counts. */
static inline bool page_is_common(uintptr_t base)
{
    return base >= (uintptr_t)config_verified->event_pages_base && base < (uintptr_t)config_verified->event_pages_limit;
}

/* Sets the state of `nr` pages, at least one. */
void page_set_many(uint32_t first, uint32_t nr, enum page_state state);

static inline void page_set_states(uint32_t first, uint32_t nr, enum page_state state)
{
    if (likely(nr == 1))
        page_states[first] = (uint8_t)state;
    else
        page_set_many(first, nr, state);
}

/* The pins of `nr` pages ORed: PAGE_PIN_COUNT bits say that some are counted, PAGE_PIN_EVENT that event words are there. */
uint32_t page_all_pins(uint32_t first, uint32_t nr);

static inline uint32_t page_pins_of(uint32_t first, uint32_t nr)
{
    return likely(nr == 1) ? page_pins[first] : page_all_pins(first, nr);
}

static inline bool page_any_pinned(uint32_t first, uint32_t nr)
{
    return page_pins_of(first, nr) & PAGE_PIN_COUNT;
}

static inline bool page_any_watched(uint32_t first, uint32_t nr)
{
    return page_pins_of(first, nr) & PAGE_PIN_EVENT;
}

/* A map by this domain begins, ends: domain.pin_weight counted pins. */
static inline void page_pin(const struct domain *d, uint32_t index)
{
    page_pins[index] = (uint8_t)(page_pins[index] + d->pin_weight);
}

static inline void page_unpin(const struct domain *d, uint32_t index)
{
    page_pins[index] = (uint8_t)(page_pins[index] - d->pin_weight);
}

/* A domain starts: it maps all the static shared memory that it borrows. */
void page_pin_borrowed(const struct domain *d);

/*
 * Every page has one state, its owner's view holds it exactly when it is mapped, its pins match the maps.
 * Panics in the checked build after each change; at the end of the system it says so on the console.
 */
must_check bool page_audit(void);

#endif
