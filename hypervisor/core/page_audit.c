/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The books against the views: every page in one state, mapped exactly when its owner's view holds it, pinned
 * as often as others hold it, event pins where something is registered.
 */
#include "hv/console.h"
#include "hv/direct_map.h"
#include "hv/page.h"
#include "hv/protect.h"

static uint32_t event_pin(const struct domain *d, paddr_t page)
{
    const uintptr_t mask = ~(uintptr_t)(PAGE_SIZE - 1);

    if (d->shared_registered && ((uintptr_t)d->pending & mask) == page.addr)
        return PAGE_PIN_EVENT;
    for (uint32_t id = 0; id < d->nr_vcpus; id++) {
        if (d->vcpus[id].info_registered && ((uintptr_t)d->vcpus[id].info & mask) == page.addr)
            return PAGE_PIN_EVENT;
    }
    return 0;
}

static uint32_t expected_pins(const struct domain *owner, paddr_t page)
{
    uint32_t pins = event_pin(owner, page);

    for (uint32_t i = 0; !page_is_common(page.addr) && i < nr_domains; i++) {
        struct domain *const d = &domains[i];

        if (d != owner)
            pins += protect_view_maps(d, page) * d->pin_weight;
    }
    return pins;
}

static bool is_right(struct domain *owner, const struct config_range *range, uintptr_t base)
{
    const uint32_t index = page_index(range, base);
    const uint32_t state = page_states[index], pins = expected_pins(owner, page_address(range, base));
    const bool held = protect_view_holds(owner, base, PAGE_SIZE);
    const bool settled = owner->state == DOMAIN_RUNNING; /* else its steps change view and states one by one */

    if (state <= PAGE_BALLOONED && page_pins[index] == pins && (!settled || held == (state == PAGE_MAPPED)))
        return true;
    console_log("page 0x%lx of d%u: state %u, %s its view, pins 0x%x, should be 0x%x", (unsigned long)base,
                (unsigned)owner->domid, (unsigned)state, held ? "in" : "not in", (unsigned)page_pins[index],
                (unsigned)pins);
    return false;
}

bool page_audit(void)
{
    for (uint32_t i = 0; i < nr_domains; i++) {
        struct domain *const d = &domains[i];

        for (uint32_t n = 0; n < d->config->nr_ranges; n++) {
            const struct config_range *const range = &d->ranges[n];

            if (range->first_page == PAGE_NONE)
                continue;
            for (uintptr_t at = (uintptr_t)range->base; at < range->limit; at += PAGE_SIZE) {
                if (!is_right(d, range, at))
                    return false;
            }
        }
    }
    return true;
}
