/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bus masters: devices of a domain that write memory by themselves. A checked master reaches its domain's
 * static pages, shared memory and whatever the domain has mapped of others, and nothing else; the firewall's
 * ranges follow every foreign map, so a foreign page that such a domain has mapped carries a second pin.
 *
 * Rules: called under memory_lock or before any guest runs.
 */
#ifndef HV_MASTER_H
#define HV_MASTER_H

#include "hv/config.h"
#include "hv/domain.h"

enum { MASTER_LOOKS = 100 };

/* Boot: every master may reach what its domain owns, and runs. */
void master_init(const struct config_header *config);

/* The domain has a master behind the firewall. */
bool master_is_checked(const struct domain *d);

/*
 * The domain's foreign maps changed (protect_view_*): when it returns, no transfer to a page that is no longer
 * mapped is under way. Waits for at most one burst.
 */
void master_update_ranges(struct domain *d);

static inline void master_update(struct domain *d)
{
    if (d->pin_weight != 1) /* it has a checked master */
        master_update_ranges(d);
}

/* Restart, in this order: close; poll is_quiet until true (each call is short); write the resets; open. */
void master_close(struct domain *d);
must_check bool master_is_quiet(const struct domain *d, const char **name); /* *name: the one that is not */
uint32_t master_look_ns(const struct domain *d); /* from one look to the next; after MASTER_LOOKS it stays down */
void master_open(struct domain *d);

/* The firewall's interrupt: says on the console what was refused. */
void master_report_refusals(void);

#endif
