/* SPDX-License-Identifier: Apache-2.0 */
#include "stretch.h"

static bool end(struct stretch *stretch)
{
    const bool longer = stretch->started && !stretch->left_out && stretch->instructions > stretch->longest;

    if (longer) {
        stretch->longest = stretch->instructions;
    }
    stretch->instructions = 0;
    stretch->left_out = false;
    return longer;
}

/* A CPU is followed from its first exception on: not while it boots. */
void stretch_enter(struct stretch *stretch, bool booting)
{
    stretch->started = !booting;
    stretch->instructions = 0;
    stretch->left_out = false;
}

void stretch_mask(struct stretch *stretch, bool masked)
{
    stretch->unmasked = !masked;
}

bool stretch_insn(struct stretch *stretch, const struct site *site)
{
    bool longer = (site->irq_poll || stretch->unmasked) && end(stretch);

    if (stretch->unmasked) {
        return longer;
    }
    stretch->left_out |= site->irq_out;
    stretch->instructions++;
    if (site->wfi || site->class == CLASS_ERET) {
        longer |= end(stretch);
    }
    return longer;
}
