/* SPDX-License-Identifier: Apache-2.0 */
/* A bus firewall whose register file is a table in memory (boards/mps3-an536/dma). */
#include "hv/bus_firewall.h"

#include "hv/arch.h"

static struct firewall bus_firewall;

const uintptr_t firewall_table = (uintptr_t)&bus_firewall;
uint32_t firewall_intid = 127;

void firewall_init(const struct config_header *config)
{
    (void)config; /* the table is all zero: nobody passes */
}

/* Every change is another value, so that `obeyed` never tells of an older one. */
static void set_control(struct firewall_master *m, uint32_t bits)
{
    const uint32_t count = m->control / FIREWALL_STEP + 1;

    arch_dmb(); /* ranges before the word that says they stand */
    m->control = count * FIREWALL_STEP | bits;
}

void firewall_close(uint32_t master)
{
    struct firewall_master *const m = &bus_firewall.masters[master];

    if (m->control & FIREWALL_OPEN)
        set_control(m, 0);
}

bool firewall_is_obeyed(uint32_t master)
{
    const struct firewall_master *const m = &bus_firewall.masters[master];

    if (m->obeyed != m->control)
        return false;
    arch_dmb(); /* the master's last burst before what relies on it */
    return true;
}

void firewall_set_ranges(uint32_t master, const struct firewall_range *ranges, uint32_t nr)
{
    struct firewall_master *const m = &bus_firewall.masters[master];

    for (uint32_t i = 0; i < nr; i++) {
        m->ranges[i].base = ranges[i].base;
        m->ranges[i].limit = ranges[i].limit;
    }
    m->nr_ranges = nr;
}

void firewall_open(uint32_t master, bool checked)
{
    set_control(&bus_firewall.masters[master], FIREWALL_OPEN | (checked ? FIREWALL_CHECKED : 0));
}

uint32_t firewall_refused(uint32_t master, uintptr_t *address)
{
    const struct firewall_master *const m = &bus_firewall.masters[master];

    *address = m->refused_address;
    return m->refused;
}
