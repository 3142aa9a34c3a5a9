/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bus masters of domains. What the firewall lets a checked one reach is derived, never stored here: the domain's
 * own pages as configured, whatever their state, and what its view holds of others.
 */
#include "hv/master.h"

#include "hv/bus_firewall.h"
#include "hv/console.h"
#include "hv/direct_map.h"
#include "hv/gic.h"
#include "hv/mmio.h"
#include "hv/page.h"
#include "hv/protect.h"
#include "hv/smp.h"

enum { QUIET_PATIENCE = 10 }; /* looks; then a closed firewall is enough for a master that does not become idle */

static const struct config_master *masters;
static uint32_t nr_masters;

/* By master, as the configuration lists them. */
static struct {
    uint32_t looks; /* in vain, since it was closed */
    bool is_wedged; /* stays behind its closed firewall for ever */
    uint32_t told;  /* refusals when the console last spoke of them */
} state[FIREWALL_MAX_MASTERS];

static bool belongs_to(const struct config_master *m, const struct domain *d)
{
    return &domains[m->domain] == d;
}

static bool is_checked(const struct config_master *m)
{
    return m->flags & MASTER_CHECKED;
}

/* The firewall can stop it. */
static bool is_behind(const struct config_master *m)
{
    return m->flags != 0;
}

bool master_is_checked(const struct domain *d)
{
    for (uint32_t i = 0; i < nr_masters; i++) {
        if (belongs_to(&masters[i], d) && is_checked(&masters[i]))
            return true;
    }
    return false;
}

/* Static shared memory that the domain borrows, perhaps from nobody. */
static bool is_borrowed(const struct domain *d, uintptr_t base)
{
    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *const range = &d->ranges[i];

        if (range->kind == RANGE_SHM_BORROWER && range->base <= base && base < range->limit)
            return true;
    }
    return false;
}

/*
 * Some of this piece of the domain's view is memory of others; it is no device. Pages of several owners that touch and
 * have equal attributes are one piece.
 */
static bool has_foreign(const struct domain *d, const struct view_span *span)
{
    const struct config_range *range;
    const struct domain *const owner = page_owner(protect_span_address(span), &range);

    if (owner == d)
        return span->last > page_limit(range, span->base, protect_span_address(span)) - 1;
    return owner || is_borrowed(d, span->base);
}

struct range_list {
    uint32_t nr;
    struct firewall_range at[FIREWALL_MAX_RANGES];
};

/* What finds no room is out of reach. */
static void add_range(struct range_list *list, uint32_t base, uint32_t limit)
{
    if (list->nr && list->at[list->nr - 1].limit == base)
        list->at[list->nr - 1].limit = limit;
    else if (list->nr < FIREWALL_MAX_RANGES)
        list->at[list->nr++] = (struct firewall_range){base, limit};
}

/* Its own memory first, also what it has given back: that never goes to anybody else. */
static void collect_ranges(struct domain *d, struct range_list *list)
{
    struct view_span span;

    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *const range = &d->ranges[i];

        if (range->first_page != PAGE_NONE)
            add_range(list, (uint32_t)range->base, (uint32_t)range->limit);
    }
    for (uint32_t n = 0; protect_view_region(d, n, &span); n++) {
        if (has_foreign(d, &span))
            add_range(list, (uint32_t)span.base, (uint32_t)span.last + 1);
    }
}

static bool has_any(const struct domain *d)
{
    for (uint32_t i = 0; i < nr_masters; i++) {
        if (belongs_to(&masters[i], d))
            return true;
    }
    return false;
}

/* Nobody looks at the ranges of one that is not checked, and a view may have many pieces. */
static void open(struct domain *d)
{
    struct range_list list;

    if (!has_any(d))
        return;
    list.nr = 0;
    if (master_is_checked(d))
        collect_ranges(d, &list);

    for (uint32_t i = 0; i < nr_masters; i++) {
        const struct config_master *const m = &masters[i];

        if (!belongs_to(m, d) || state[i].is_wedged || m->flags & MASTER_REFUSED)
            continue;
        firewall_set_ranges(m->number, list.at, list.nr);
        firewall_open(m->number, is_checked(m));
    }
}

void master_close(struct domain *d)
{
    for (uint32_t i = 0; i < nr_masters; i++) {
        if (belongs_to(&masters[i], d) && is_behind(&masters[i]))
            firewall_close(masters[i].number);
    }
}

void master_update_ranges(struct domain *d)
{
    master_close(d);
    for (uint32_t i = 0; i < nr_masters; i++) {
        while (belongs_to(&masters[i], d) && is_checked(&masters[i]) && !firewall_is_obeyed(masters[i].number))
            smp_relax();
    }
    open(d);
}

static bool is_idle(const struct config_master *m)
{
    return m->idle_mask && (mmio_read32((uintptr_t)m->idle_address) & m->idle_mask) == m->idle_value;
}

static bool is_quiet(uint32_t i)
{
    const struct config_master *const m = &masters[i];

    if (is_behind(m) && !firewall_is_obeyed(m->number))
        return false;
    if (is_idle(m))
        return true;
    if (!is_behind(m) || state[i].looks++ < QUIET_PATIENCE)
        return false;
    state[i].is_wedged = true;
    return true;
}

bool master_is_quiet(const struct domain *d, const char **name)
{
    bool quiet = true;

    for (uint32_t i = 0; i < nr_masters; i++) {
        if (!belongs_to(&masters[i], d) || is_quiet(i))
            continue;
        *name = masters[i].name;
        quiet = false;
    }
    return quiet;
}

uint32_t master_look_ns(const struct domain *d)
{
    uint32_t ms = 0;

    for (uint32_t i = 0; i < nr_masters; i++) {
        if (belongs_to(&masters[i], d) && masters[i].idle_ms > ms)
            ms = masters[i].idle_ms;
    }
    return ms * (1000 * 1000 / MASTER_LOOKS);
}

void master_open(struct domain *d)
{
    for (uint32_t i = 0; i < nr_masters; i++) {
        if (!belongs_to(&masters[i], d))
            continue;
        state[i].looks = 0;
        if (state[i].is_wedged)
            console_log("d%u restarts without its bus master %s, which does not stop: its firewall stays closed",
                        (unsigned)d->domid, masters[i].name);
    }
    open(d);
}

/* A guest can make its master be refused as often as it likes, so lines get rarer: each tells of twice as many. */
void master_report_refusals(void)
{
    for (uint32_t i = 0; i < nr_masters; i++) {
        uintptr_t address;
        const uint32_t refused = firewall_refused(masters[i].number, &address);

        if (refused == 0 || refused < 2 * state[i].told)
            continue;
        state[i].told = refused;
        console_log("d%u %s: bus firewall refused access %u, a %s at 0x%lx", masters[i].domain + 1u, masters[i].name,
                    (unsigned)refused, address & 1 ? "write" : "read", (unsigned long)(address & ~(uintptr_t)1));
    }
}

void master_init(const struct config_header *config)
{
    masters = (const struct config_master *)((const char *)config + config->masters);
    nr_masters = config->nr_masters;
    firewall_init(config);
    if (nr_masters == 0)
        return;
    if (firewall_intid) {
        gic_set_edge(firewall_intid);
        gic_enable_spi(firewall_intid, 0);
    }
    for (uint32_t i = 0; i < nr_domains; i++)
        open(&domains[i]);
}
