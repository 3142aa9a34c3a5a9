/* SPDX-License-Identifier: Apache-2.0 */
#include "gic.h"

struct taken taken;

void note_taken(uint32_t intid)
{
    const uint32_t at = taken.count;

    if (at < LOG_SIZE)
        taken.intid[at] = intid;
    taken.count = at + 1;
}

void enable_noted(uint32_t intid, uint8_t priority)
{
    irq_set_handler(intid, note_taken);
    irq_enable_source(intid);
    irq_set_priority(intid, priority);
}
