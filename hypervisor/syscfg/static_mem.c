// SPDX-License-Identifier: Apache-2.0
/* xen,static-mem: the only RAM a domain can have. Who may not share it with whom is claims.c's business. */
#include "model.h"

#include "diag.h"

/* The same bytes read with the domain node's cells, which Xen does not use for this property. */
static void hint_other_cells(const struct system *system, const struct domain *domain)
{
    const void *fdt = system->fdt;
    int address = fdt_address_cells(fdt, domain->node);
    int size = fdt_size_cells(fdt, domain->node);
    struct cells chosen = system->chosen_cells;
    uint64_t sum = 0;
    int length;
    const fdt32_t *data = fdt_getprop(fdt, domain->node, "xen,static-mem", &length);

    if (!data || address < 1 || address > 2 || size < 1 || size > 2 || length % (4 * (address + size)) != 0 ||
        ((unsigned)address == chosen.address && (unsigned)size == chosen.size))
        return;
    for (int at = 0; at < length / 4; at += address + size)
        sum += tree_number(data + at + address, (unsigned)size);
    if (sum == domain->memory_kib * 1024)
        diag_error(domain->path, "xen,static-mem",
                   "read with %u + %u cells of /chosen it is wrong, with %d + %d cells of the domain node it would "
                   "fit: the cells of /chosen count",
                   chosen.address, chosen.size, address, size);
}

static void check_bank(const struct system *system, const struct domain *domain, struct span bank)
{
    struct span events = system->strategy.event_pages;

    if ((bank.base | bank.limit) % PAGE_SIZE != 0)
        diag_error(domain->path, "xen,static-mem", SPAN_FORMAT ": must be multiples of 4 KiB", SPAN_VALUES(bank));
    if (!board_has_ram(&system->board, bank))
        diag_error(domain->path, "xen,static-mem", SPAN_FORMAT ": must lie inside one memory node of the board",
                   SPAN_VALUES(bank));
    if (span_overlaps(events, bank) && !span_holds(events, bank))
        diag_error(domain->path, "xen,static-mem",
                   SPAN_FORMAT ": must lie inside fencepost,event-pages " SPAN_FORMAT " as a whole or not at all",
                   SPAN_VALUES(bank), SPAN_VALUES(events));
}

static void check_sum(const struct system *system, const struct domain *domain)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < domain->nr_banks; i++)
        sum += domain->banks[i].limit - domain->banks[i].base;
    if (sum == domain->memory_kib * 1024)
        return;
    if (tree_has(system->fdt, domain->node, "memory"))
        diag_error(domain->path, "xen,static-mem",
                   "banks have 0x%llx bytes together, memory = 0x%llx KiB is 0x%llx bytes: must be equal",
                   (unsigned long long)sum, (unsigned long long)domain->memory_kib,
                   (unsigned long long)(domain->memory_kib * 1024));
    hint_other_cells(system, domain);
}

bool domain_is_event_bank(const struct system *system, struct span span)
{
    return span_overlaps(system->strategy.event_pages, span);
}

/* No heap: it holds the page tables (pages.c), which lie behind the configuration if it is absent. */
void static_heap_read(struct system *system)
{
    struct span heap[8];
    int nr = tree_read_spans(system->fdt, system->chosen, "xen,static-heap", system->board.cells, heap, ARRAY_SIZE(heap));

    if (nr < 1)
        return;
    if (nr > 1)
        diag_error("/chosen", "xen,static-heap", "%d ranges: must be exactly one", nr);
    if ((heap[0].base | heap[0].limit) % 0x10000 != 0)
        diag_error("/chosen", "xen,static-heap", SPAN_FORMAT ": must be multiples of 64 KiB",
                   SPAN_VALUES(heap[0]));
    system->static_heap = heap[0];
}

void static_mem_read(struct system *system, struct domain *domain)
{
    int nr;

    if (!tree_has(system->fdt, domain->node, "xen,static-mem")) {
        diag_error(domain->path, "xen,static-mem",
                   "missing: required, nothing allocates memory; every byte of a domain is named");
        return;
    }
    nr = tree_read_spans(system->fdt, domain->node, "xen,static-mem", system->chosen_cells, domain->banks,
                         MAX_BANKS);
    if (nr < 0) {
        hint_other_cells(system, domain);
        return;
    }
    domain->nr_banks = (unsigned)nr;
    for (unsigned i = 0; i < domain->nr_banks; i++)
        check_bank(system, domain, domain->banks[i]);
    check_sum(system, domain);
}
