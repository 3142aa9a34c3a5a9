/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start of the system. The order, once: MPU on; configuration verified; domains and views built; GIC on;
 * images copied; static channels made; vCPUs ready; both CPUs enter their schedulers.
 */
#include "hv/main.h"

#include "abi/xen.h"
#include "hv/arch.h"
#include "hv/board.h"
#include "hv/bus_firewall.h"
#include "hv/console.h"
#include "hv/content.h"
#include "hv/cpu.h"
#include "hv/direct_map.h"
#include "hv/domain.h"
#include "hv/evtchn.h"
#include "hv/gic.h"
#include "hv/hypercall.h"
#include "hv/master.h"
#include "hv/page.h"
#include "hv/panic.h"
#include "hv/protect.h"
#include "hv/sched.h"
#include "hv/shared_info.h"
#include "hv/smp.h"
#include "hv/strategy.h"
#include "hv/time.h"
#include "hv/trap.h"
#include "hv/vgic.h"
#include "hv/vuart.h"

struct domain *irq_owner[VGIC_NR_INTIDS - 32];

/* In .data: CPU 1 may look before CPU 0 has cleared .bss. */
struct secondary_start secondary_start __attribute__((section(".data")));

/* What a CPU that runs no vCPU has as "current": nobody outranks it, everybody is news. */
static struct vcpu idle_vcpus[CONFIG_MAX_CPUS];
static struct domain nobody;

static const void *table(const struct config_header *config, uint32_t offset)
{
    return (const char *)config + offset;
}

static void init_cpu_block(struct cpu *cpu, unsigned id)
{
    struct vcpu *const idle = &idle_vcpus[id];

    cpu->id = id;
    idle->notice_mask = UINT32_MAX;
    idle->domain = &nobody;
    idle->cpu = cpu;
    cpu->idle = idle;
    cpu->current = idle;
    cpus[id] = cpu;
}

static void init_domain(struct domain *d, const struct config_header *config, uint32_t index)
{
    const struct config_domain *const c = (const struct config_domain *)table(config, config->domains) + index;
    const struct config_vcpu *const list = (const struct config_vcpu *)table(config, config->vcpus) + c->first_vcpu;

    d->config = c;
    d->ranges = (const struct config_range *)table(config, config->ranges) + c->first_range;
    d->domid = (domid_t)(index + 1);
    d->bit = BIT(index);
    d->nr_ports = c->nr_ports;
    d->nr_vcpus = (uint8_t)c->nr_vcpus;
    d->vcpus = &vcpus[c->first_vcpu];
    d->shutdown_code = SHUTDOWN_CODE_NONE;
    for (uint32_t i = 0; i < ARRAY_SIZE(d->watchdog); i++)
        d->watchdog[i] = DEADLINE_NONE;
    for (uint32_t id = 0; id < c->nr_vcpus; id++) {
        struct vcpu *const v = &d->vcpus[id];

        v->domain = d;
        v->id = id;
        v->priority = list[id].priority;
        v->cpu = arch_cpu_block(list[id].cpu);
        v->cpu_id = list[id].cpu;
        v->deadline = DEADLINE_NONE;
        d->cpus |= BIT(list[id].cpu);
    }
    d->balloons_usually = config->nr_cpus == 1 && c->nr_vcpus == 1;
    evtchn_init_domain(d);
    shared_info_reset(d);
    vgic_init_domain(d);
    vuart_reset(d);
    for (uint32_t id = 0; id < c->nr_vcpus; id++)
        vgic_init_vcpu(&d->vcpus[id]);
}

/* Own RAM scrubbed unless its content is to be kept, then the images at their places. */
static void fill_memory(const struct domain *d)
{
    const struct config_domain *const c = d->config;

    for (uint32_t i = 0; i < c->nr_ranges; i++) {
        const struct config_range *const range = &d->ranges[i];

        if (range->first_page != PAGE_NONE && !(c->flags & DOMAIN_KEEP_CONTENT))
            content_scrub(page_address(range, (uintptr_t)range->base).addr, (uint32_t)(range->limit - range->base));
    }
    content_copy(d, &c->kernel, 0, c->kernel.size);
    content_copy(d, &c->device_tree, 0, c->device_tree.size);
    content_copy(d, &c->ramdisk, 0, c->ramdisk.size);
}

static void init_irqs(const struct config_header *config)
{
    const struct config_irq *const irqs = table(config, config->irqs);

    for (uint32_t i = 0; i < config->nr_irqs; i++) {
        struct domain *const d = &domains[irqs[i].domain];

        irq_owner[irqs[i].intid - 32] = d;
        vgic_assign_spi(d, irqs[i].intid, irqs[i].edge);
    }
}

/* The CPU takes the vCPUs that are pinned to it and starts the first of each domain. */
static void adopt_vcpus(struct cpu *cpu)
{
    for (uint32_t i = 0; i < config_verified->nr_vcpus; i++) {
        if (vcpus[i].cpu == cpu)
            cpu->vcpus[cpu->nr_vcpus++] = &vcpus[i];
    }
    sched_init_cpu(cpu);
    for (uint32_t i = 0; i < cpu->nr_vcpus; i++) {
        struct vcpu *const v = cpu->vcpus[i];
        const struct config_domain *const c = v->domain->config;

        if (v->id != 0)
            continue;
        arch_vcpu_reset(v, (reg_t)c->entry, ARCH_BOOT_ARGUMENTS((reg_t)c->device_tree.target));
        v->power = VCPU_ON;
        v->wake_bit = v->bit;
        cpu->ready |= v->bit;
        console_log("d%u %s start entry=0x%x", (unsigned)v->domain->domid, c->name, (unsigned)c->entry);
    }
}

static const char *access_name(const struct config_header *config)
{
    return config->access == ACCESS_SHARED ? "shared" : strategy->name;
}

/* The other CPU runs vCPUs, a program that is no part of the hypervisor, or nothing. */
static void start_secondary(const struct config_header *config)
{
    secondary_start.argument = firewall_table;
    arch_dmb();
    secondary_start.go = config->dma_entry ? (uint32_t)config->dma_entry : config->nr_cpus > 1 ? SECONDARY_RUNS_US : 0;
    arch_wake_secondary();
}

noreturn_fn void main_boot_cpu(struct cpu *cpu)
{
    const struct config_header *config;

    init_cpu_block(cpu, 0);
    nobody.bit = UINT32_MAX; /* at boot the hypervisor's view is loaded: every page is held */
    protect_init_cpu(cpu);
    uart_init(board_uart_base);
    config = config_verify();
    time_init(config->time_slice_us);
    strategy_bind(config);
    hypercall_init(config);
    nr_domains = config->nr_domains;
    for (uint32_t i = 0; i < nr_domains; i++)
        init_domain(&domains[i], config, i);
    for (uint32_t i = 0; i < nr_domains; i++)
        protect_build_view(&domains[i]);
    ram_limit = config->ram_limit;
    gic_init_distributor();
    gic_init_cpu(0);
    protect_configure_cpu(cpu, config);
    arch_init_traps();
    init_irqs(config);
    vuart_init();
    console_log("fencepost %s board=%s access=%s slots=%u cpus=%u", config->commit[0] ? config->commit : "-", board_name,
                access_name(config), (unsigned)config->slots, (unsigned)config->nr_cpus);
    if (config->flags & CONFIG_BENCH)
        arch_let_guests_count_cycles();
    protect_load_hypervisor_view();
    master_init(config);
    page_init(config);
    for (uint32_t i = 0; i < nr_domains; i++)
        fill_memory(&domains[i]);
    arch_sync_instructions();
    adopt_vcpus(cpu);
    evtchn_make_static(config);
    start_secondary(config);
    arch_enter_first(cpu);
}

noreturn_fn void main_secondary_cpu(struct cpu *cpu, unsigned id)
{
    init_cpu_block(cpu, id);
    protect_init_cpu(cpu);
    gic_init_cpu(id);
    protect_configure_cpu(cpu, config_verified);
    arch_init_traps();
    if (config_verified->flags & CONFIG_BENCH)
        arch_let_guests_count_cycles();
    protect_load_hypervisor_view();
    adopt_vcpus(cpu);
    smp_serve(); /* what was posted before this CPU could be kicked */
    arch_enter_first(cpu);
}
