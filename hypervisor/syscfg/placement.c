// SPDX-License-Identifier: Apache-2.0
/*
 * Where image, guest tree and ramdisk land in the domain's RAM: the image at the base of the first bank (or
 * where it is linked for), the tree at the end of that bank, the ramdisk below the tree.
 */
#include "model.h"

#include "diag.h"

static struct span occupied(const struct module *module)
{
    return (struct span){module->target, module->target + module->memory_bytes};
}

static const struct span *bank_of(const struct domain *domain, struct span span)
{
    for (unsigned i = 0; i < domain->nr_banks; i++)
        if (span_holds(domain->guest_banks[i], span))
            return &domain->guest_banks[i];
    return NULL;
}

static void place_kernel(const struct system *system, struct domain *domain)
{
    struct module *kernel = &domain->kernel;
    const char *path = tree_path(system->fdt, kernel->node);
    struct span image;

    kernel->target = kernel->load_address ? kernel->load_address : domain->guest_banks[0].base + kernel->load_offset;
    image = occupied(kernel);
    if (!bank_of(domain, image))
        diag_error(path, "multiboot,kernel",
                   "image lands at " SPAN_FORMAT ", 0x%llx bytes: must fit one bank of the domain", SPAN_VALUES(image),
                   (unsigned long long)kernel->memory_bytes);
    else if (!system->board.translates && domain_is_event_bank(system, image))
        diag_error(path, "multiboot,kernel", "image lands at " SPAN_FORMAT ": event pages are not executable",
                   SPAN_VALUES(image));
    if (kernel->target % 8 != 0)
        diag_error(path, "multiboot,kernel", "image is linked for 0x%llx: must be a multiple of 8",
                   (unsigned long long)kernel->target);
    if (image.limit > system->board.exec_limit)
        diag_error(path, "multiboot,kernel",
                   "image lands at " SPAN_FORMAT ": with the EL1 MPU off nothing executes at or above 0x%llx",
                   SPAN_VALUES(image), (unsigned long long)system->board.exec_limit);
}

/* Below `top`; complains when it would meet the image or the start of the bank. */
static uint64_t place_below(const struct domain *domain, const char *path, const char *what, uint64_t top,
                            uint64_t bytes)
{
    struct span bank = domain->guest_banks[0];
    struct span image = occupied(&domain->kernel);
    uint64_t target = bytes < top ? (top - bytes) & ~(uint64_t)(PAGE_SIZE - 1) : 0;
    struct span span = {target, target + bytes};

    if (target >= bank.base && !span_overlaps(span, image))
        return target;
    diag_error(path, "reg",
               "%s of 0x%llx bytes does not fit below 0x%llx in bank " SPAN_FORMAT " beside the image at " SPAN_FORMAT,
               what, (unsigned long long)bytes, (unsigned long long)top, SPAN_VALUES(bank), SPAN_VALUES(image));
    return bank.base;
}

static void place_domain(struct system *system, struct domain *domain, unsigned index)
{
    uint64_t source = system->board.guest_trees.base + index * (uint64_t)GUEST_TREE_BYTES;

    place_kernel(system, domain);
    if (!guest_tree_make(system, domain))
        return;
    domain->tree_source = (struct span){source, source + domain->tree_bytes};
    domain->tree_target =
        place_below(domain, domain->path, "the guest tree", domain->guest_banks[0].limit, domain->tree_bytes);
    if (domain->ramdisk.node < 0)
        return;

    domain->ramdisk.target = place_below(domain, tree_path(system->fdt, domain->ramdisk.node), "the ramdisk",
                                         domain->tree_target, domain->ramdisk.memory_bytes);
    /* Once more, now that the tree can say where the ramdisk is; its size does not change. */
    (void)guest_tree_make(system, domain);
}

void placement_compute(struct system *system)
{
    for (unsigned i = 0; i < system->nr_domains; i++)
        if (system->domains[i].nr_banks > 0 && system->domains[i].kernel.node >= 0)
            place_domain(system, &system->domains[i], i);
}
