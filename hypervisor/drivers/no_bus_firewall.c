/* SPDX-License-Identifier: Apache-2.0 */
/* A board without a bus firewall: its masters are trusted, nothing here is asked for more than that. */
#include "hv/bus_firewall.h"

const uintptr_t firewall_table;
uint32_t firewall_intid;

void firewall_init(const struct config_header *config)
{
    (void)config;
}

void firewall_close(uint32_t master)
{
    (void)master;
}

bool firewall_is_obeyed(uint32_t master)
{
    (void)master;
    return true;
}

void firewall_set_ranges(uint32_t master, const struct firewall_range *ranges, uint32_t nr)
{
    (void)master;
    (void)ranges;
    (void)nr;
}

void firewall_open(uint32_t master, bool checked)
{
    (void)master;
    (void)checked;
}

uint32_t firewall_refused(uint32_t master, uintptr_t *address)
{
    (void)master;
    *address = 0;
    return 0;
}
