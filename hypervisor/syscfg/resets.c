// SPDX-License-Identifier: Apache-2.0
/* fencepost,reset of a board node: the writes that return its registers to what they are after power on. */
#include "model.h"

#include "diag.h"

static void add_reset(struct system *system, unsigned index, int host, uint32_t offset, uint32_t value)
{
    const struct domain *domain = &system->domains[index];
    struct config_reset reset = {.domain = index, .value = value};

    if (!device_find_word(system, domain, host, offset, &reset.address))
        diag_error(tree_path(system->fdt, host), "fencepost,reset",
                   "<0x%x 0x%x>: the offset must be that of a word of its registers that %s has", offset, value,
                   domain->path);
    else if (system->nr_resets == MAX_RESETS)
        diag_error(tree_path(system->fdt, host), "fencepost,reset", "<0x%x 0x%x>: one too many, at most %d", offset,
                   value, MAX_RESETS);
    else
        system->resets[system->nr_resets++] = reset;
}

static void read_resets(struct system *system, unsigned index, int host)
{
    int length;
    const fdt32_t *data = fdt_getprop(system->fdt, host, "fencepost,reset", &length);

    if (!data)
        return;
    if (length % 8 != 0)
        diag_error(tree_path(system->fdt, host), "fencepost,reset", "%d bytes: must be a list of <offset value>",
                   length);
    for (int i = 0; i + 2 <= length / 4; i += 2)
        add_reset(system, index, host, (uint32_t)tree_number(data + i, 1), (uint32_t)tree_number(data + i + 1, 1));
}

void resets_read(struct system *system)
{
    for (unsigned i = 0; i < system->nr_domains; i++) {
        const struct domain *domain = &system->domains[i];

        for (unsigned k = 0; k < domain->nr_devices; k++)
            if (device_is_first(domain, k))
                read_resets(system, i, domain->devices[k].host);
    }
}
