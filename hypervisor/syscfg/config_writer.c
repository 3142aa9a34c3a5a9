// SPDX-License-Identifier: Apache-2.0
/* The system as hv/config.h lays it out. Host and target are both little-endian, so structs are copied. */
#include "writers.h"

#include "crc32.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the blob is little-endian");

enum { TABLE_ALIGN = 8 };

struct blob {
    uint8_t *data;
    uint32_t used;
};

/* Appends a table and returns its offset. The blob was made large enough: config_bytes(). */
static uint32_t append(struct blob *blob, const void *data, size_t bytes)
{
    uint32_t offset = blob->used;

    if (bytes > 0)
        memcpy(blob->data + offset, data, bytes);
    blob->used += (uint32_t)(bytes + TABLE_ALIGN - 1) & ~(uint32_t)(TABLE_ALIGN - 1);
    return offset;
}

static struct config_module as_config_module(const struct module *module)
{
    if (module->node < 0)
        return (struct config_module){.size = 0};
    return (struct config_module){.source = module->source.base,
                                  .target = module->target,
                                  .size = (uint32_t)(module->source.limit - module->source.base)};
}

/* Static RAM and the shared memory it owns. */
static uint32_t owned_pages(const struct domain *domain)
{
    uint64_t bytes = domain->memory_kib * 1024;

    for (unsigned i = 0; i < domain->nr_shm; i++)
        if (domain->shm[i].role == SHM_OWNER)
            bytes += domain->shm[i].span.limit - domain->shm[i].span.base;
    return (uint32_t)(bytes / PAGE_SIZE);
}

static struct config_domain as_config_domain(const struct domain *domain)
{
    struct config_domain out = {
        .flags = domain->flags,
        .restart = domain->restart,
        .nr_vcpus = domain->nr_vcpus,
        .nr_ports = domain->max_port + 1,
        .nr_pages = owned_pages(domain),
        .nr_ranges = domain->view.nr_ranges,
        .nr_regions = domain->view.nr_regions,
        .first_slot = domain->view.first_slot,
        .may_connect = domain->may_connect,
        .may_map = domain->may_map,
        .vuart_intid = domain->flags & DOMAIN_VPL011 ? domain->vuart_intid : 0,
        .first_table = domain->first_table,
        .nr_tables = domain->nr_tables,
        .entry = domain->kernel.target,
        .kernel = as_config_module(&domain->kernel),
        .ramdisk = as_config_module(&domain->ramdisk),
        .device_tree = {.source = domain->tree_source.base,
                        .target = domain->tree_target,
                        .size = domain->tree_bytes},
    };

    memcpy(out.name, domain->name, strnlen(domain->name, sizeof(out.name) - 1));
    return out;
}

static void append_domains(struct blob *blob, const struct system *system, struct config_header *header)
{
    struct config_domain domains[CONFIG_MAX_DOMAINS];
    struct config_vcpu vcpus[CONFIG_MAX_VCPUS];
    uint32_t nr_vcpus = 0;

    header->nr_domains = system->nr_domains;
    for (unsigned i = 0; i < system->nr_domains; i++) {
        const struct domain *domain = &system->domains[i];

        domains[i] = as_config_domain(domain);
        domains[i].first_vcpu = nr_vcpus;
        domains[i].first_range = header->nr_ranges;
        domains[i].first_region = header->nr_regions;
        header->nr_ranges += domain->view.nr_ranges;
        header->nr_regions += domain->view.nr_regions;
        for (uint32_t id = 0; id < domain->nr_vcpus; id++)
            vcpus[nr_vcpus++] = (struct config_vcpu){.domain = (uint16_t)i,
                                                     .id = (uint16_t)id,
                                                     .cpu = (uint16_t)domain->vcpus[id].cpu,
                                                     .priority = (uint16_t)domain->vcpus[id].priority};
    }
    header->nr_vcpus = nr_vcpus;
    header->domains = append(blob, domains, system->nr_domains * sizeof(domains[0]));
    header->vcpus = append(blob, vcpus, nr_vcpus * sizeof(vcpus[0]));
}

/* Ranges of the domains in order; regions likewise, then the hypervisor's. Their sizes keep the alignment. */
static void append_views(struct blob *blob, const struct system *system, struct config_header *header)
{
    header->ranges = blob->used;
    for (unsigned i = 0; i < system->nr_domains; i++)
        append(blob, system->domains[i].view.ranges,
               system->domains[i].view.nr_ranges * sizeof(struct config_range));

    header->regions = blob->used;
    for (unsigned i = 0; i < system->nr_domains; i++)
        append(blob, system->domains[i].view.regions,
               system->domains[i].view.nr_regions * sizeof(struct config_region));
    header->hyp_first_region = header->nr_regions;
    header->hyp_nr_regions = system->hyp.nr_regions;
    header->hyp_first_slot = system->hyp.first_slot;
    header->nr_regions += system->hyp.nr_regions;
    append(blob, system->hyp.regions, system->hyp.nr_regions * sizeof(struct config_region));
}

static void append_wiring(struct blob *blob, const struct system *system, struct config_header *header)
{
    struct config_irq irqs[CONFIG_MAX_DOMAINS * MAX_IRQS];
    uint32_t nr = 0;

    header->nr_channels = system->nr_channels;
    header->channels = append(blob, system->channels, system->nr_channels * sizeof(system->channels[0]));
    for (unsigned i = 0; i < system->nr_domains; i++)
        for (unsigned k = 0; k < system->domains[i].nr_irqs; k++) {
            irqs[nr] = system->domains[i].irqs[k];
            irqs[nr++].domain = (uint16_t)i;
        }
    header->nr_irqs = nr;
    header->irqs = append(blob, irqs, nr * sizeof(irqs[0]));
    header->nr_masters = system->nr_masters;
    header->masters = append(blob, system->masters, system->nr_masters * sizeof(system->masters[0]));
    header->nr_resets = system->nr_resets;
    header->resets = append(blob, system->resets, system->nr_resets * sizeof(system->resets[0]));
}

/* Of all RAM that EL2 reaches; what the loader and the hypervisor keep for themselves may lie above. */
static uint64_t ram_limit(const struct system *system)
{
    uint64_t limit = 0;

    for (unsigned i = 0; i < system->hyp.nr_ranges; i++)
        if (system->hyp.ranges[i].limit > limit)
            limit = system->hyp.ranges[i].limit;
    return limit;
}

static struct config_header start_header(const struct system *system)
{
    const struct strategy *strategy = &system->strategy;
    struct config_header header = {
        .magic = CONFIG_MAGIC,
        .version = CONFIG_VERSION,
        .access = strategy->access,
        .switch_when = strategy->switch_when,
        .window_granule = strategy->window_granule,
        .background_when = strategy->background_when,
        .windows = strategy->windows,
        .slots = system->board.slots,
        .time_slice_us = strategy->time_slice_us,
        .flags = strategy->bench ? CONFIG_BENCH : 0,
        .nr_cpus = system_cpus(system),
        .event_pages_base = strategy->event_pages.base,
        .event_pages_limit = strategy->event_pages.limit,
        .pages = system->page_tables.base,
        .ram_limit = ram_limit(system),
        .translation_tables = system->translation_tables.base,
        .nr_pages = system->nr_pages,
        .dma_entry = strategy->cpu1_is_dma ? system->board.engine.base : 0,
        .vuart_base = system->vuart.window.base,
        .firewall_base = system->smmu.window.base,
        .firewall_intid = system->smmu.intid,
    };
    const char *commit = system->options.commit;

    memcpy(header.board, system->board.name, sizeof(header.board));
    memcpy(header.commit, commit, strnlen(commit, sizeof(header.commit) - 1));
    return header;
}

static uint32_t table_bytes(size_t nr, size_t each)
{
    return (uint32_t)(nr * each + TABLE_ALIGN - 1) & ~(uint32_t)(TABLE_ALIGN - 1);
}

uint32_t config_bytes(const struct system *system)
{
    uint32_t bytes = table_bytes(1, sizeof(struct config_header)) +
                     table_bytes(system->nr_domains, sizeof(struct config_domain)) +
                     table_bytes(system->nr_channels, sizeof(struct config_channel)) +
                     table_bytes(system->nr_masters, sizeof(struct config_master)) +
                     table_bytes(system->nr_resets, sizeof(struct config_reset)) +
                     table_bytes(system->hyp.nr_regions, sizeof(struct config_region));

    for (unsigned i = 0; i < system->nr_domains; i++) {
        const struct domain *domain = &system->domains[i];

        bytes += table_bytes(domain->nr_vcpus, sizeof(struct config_vcpu)) +
                 table_bytes(domain->view.nr_ranges, sizeof(struct config_range)) +
                 table_bytes(domain->view.nr_regions, sizeof(struct config_region)) +
                 table_bytes(domain->nr_irqs, sizeof(struct config_irq));
    }
    return bytes;
}

void *config_write(const struct system *system)
{
    struct blob blob = {.data = calloc(1, config_bytes(system))};
    struct config_header header = start_header(system);

    if (!blob.data)
        return NULL;
    append(&blob, &header, sizeof(header));
    append_domains(&blob, system, &header);
    append_views(&blob, system, &header);
    append_wiring(&blob, system, &header);
    header.size = blob.used;
    memcpy(blob.data, &header, sizeof(header));
    header.crc32 = crc32(blob.data, blob.used);
    memcpy(blob.data, &header, sizeof(header));
    return blob.data;
}
