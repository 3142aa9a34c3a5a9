// SPDX-License-Identifier: Apache-2.0
/*
 * The device tree a guest finds: its RAM, CPUs, PSCI, interrupt controller and timer, its devices, and the
 * hypervisor node. Addresses are the board's own, because every domain is direct-mapped.
 */
#include "model.h"

#include "abi/version.h"
#include "diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PPI = 1,
    PPI_FLAGS = 0xf08, /* level low, every CPU */
    PPI_TIMER_SECURE = 13,
    PPI_TIMER_PHYSICAL = 14,
    PPI_TIMER_VIRTUAL = 11,
    PPI_EVENT_UPCALL = 15,
    SPI = 0,
    SPI_LEVEL_HIGH = 4,
    FIRST_SPI = 32,
    REDISTRIBUTOR_BYTES = 0x20000,
};

/* The tree under construction; the first libfdt error stays and ends the rest. */
struct guest_tree {
    void *fdt;
    int error;
};

static void keep(struct guest_tree *tree, int result)
{
    if (tree->error == 0 && result < 0)
        tree->error = result;
}

static void begin(struct guest_tree *tree, const char *name)
{
    keep(tree, fdt_begin_node(tree->fdt, name));
}

static void end(struct guest_tree *tree)
{
    keep(tree, fdt_end_node(tree->fdt));
}

static void begin_at(struct guest_tree *tree, const char *name, uint64_t address)
{
    char full[64];

    snprintf(full, sizeof(full), "%s@%llx", name, (unsigned long long)address);
    begin(tree, full);
}

/* `bytes` counts the NULs: a string literal's sizeof. */
static void put_strings(struct guest_tree *tree, const char *name, const char *values, size_t bytes)
{
    keep(tree, fdt_property(tree->fdt, name, values, (int)bytes));
}

static void put_string(struct guest_tree *tree, const char *name, const char *value)
{
    put_strings(tree, name, value, strlen(value) + 1);
}

static void put_u32(struct guest_tree *tree, const char *name, uint32_t value)
{
    keep(tree, fdt_property_u32(tree->fdt, name, value));
}

static void put_u64(struct guest_tree *tree, const char *name, uint64_t value)
{
    keep(tree, fdt_property_u64(tree->fdt, name, value));
}

static void put_flag(struct guest_tree *tree, const char *name)
{
    keep(tree, fdt_property(tree->fdt, name, NULL, 0));
}

static void put_cells(struct guest_tree *tree, const char *name, const uint32_t *values, unsigned nr)
{
    fdt32_t cells[16];

    for (unsigned i = 0; i < nr; i++)
        cells[i] = cpu_to_fdt32(values[i]);
    keep(tree, fdt_property(tree->fdt, name, cells, (int)(nr * sizeof(cells[0]))));
}

static void put_spans(struct guest_tree *tree, const struct span *spans, unsigned nr)
{
    fdt64_t reg[2 * MAX_BANKS];

    for (unsigned i = 0; i < nr; i++) {
        reg[2 * i] = cpu_to_fdt64(spans[i].base);
        reg[2 * i + 1] = cpu_to_fdt64(spans[i].limit - spans[i].base);
    }
    keep(tree, fdt_property(tree->fdt, "reg", reg, (int)(2 * nr * sizeof(reg[0]))));
}

static void put_chosen(struct guest_tree *tree, const struct domain *domain)
{
    begin(tree, "chosen");
    if (domain->bootargs)
        put_string(tree, "bootargs", domain->bootargs);
    if (domain->ramdisk.node >= 0) {
        put_u64(tree, "linux,initrd-start", domain->ramdisk.target);
        put_u64(tree, "linux,initrd-end", domain->ramdisk.target + domain->ramdisk.memory_bytes);
    }
    end(tree);
}

static void put_cpus(struct guest_tree *tree, const struct system *system, const struct domain *domain)
{
    begin(tree, "cpus");
    put_u32(tree, "#address-cells", 1);
    put_u32(tree, "#size-cells", 0);
    for (uint32_t i = 0; i < domain->nr_vcpus; i++) {
        begin_at(tree, "cpu", i);
        put_string(tree, "device_type", "cpu");
        put_string(tree, "compatible", system->board.cpu_compatible);
        put_string(tree, "enable-method", "psci");
        put_u32(tree, "reg", i);
        end(tree);
    }
    end(tree);
}

static void put_memory_node(struct guest_tree *tree, const struct span *spans, unsigned nr)
{
    begin_at(tree, "memory", spans[0].base);
    put_string(tree, "device_type", "memory");
    put_spans(tree, spans, nr);
    end(tree);
}

static struct span shm_as_seen(const struct shm *shm)
{
    return (struct span){shm->guest, shm->guest + (shm->span.limit - shm->span.base)};
}

/* The banks in the order of xen,static-mem, then each shared region in a node of its own. */
static void put_memory(struct guest_tree *tree, const struct domain *domain)
{
    put_memory_node(tree, domain->guest_banks, domain->nr_banks);
    for (unsigned i = 0; i < domain->nr_shm; i++) {
        struct span span = shm_as_seen(&domain->shm[i]);

        put_memory_node(tree, &span, 1);
    }
    if (domain->nr_shm == 0)
        return;

    begin(tree, "reserved-memory");
    put_u32(tree, "#address-cells", 2);
    put_u32(tree, "#size-cells", 2);
    put_flag(tree, "ranges");
    for (unsigned i = 0; i < domain->nr_shm; i++) {
        struct span span = shm_as_seen(&domain->shm[i]);

        begin_at(tree, "xen-shmem", span.base);
        put_string(tree, "compatible", "xen,shared-memory-v1");
        put_spans(tree, &span, 1);
        put_string(tree, "xen,id", domain->shm[i].id ? domain->shm[i].id : "");
        put_u64(tree, "xen,offset", 0);
        end(tree);
    }
    end(tree);
}

static void put_gic(struct guest_tree *tree, const struct board *board, const struct domain *domain)
{
    const bool direct = domain->flags & DOMAIN_DIRECT_MAP;
    uint64_t first = direct ? board->redistributors.base : GUEST_GICR_BASE;
    uint64_t distributor = direct ? board->distributor.base : GUEST_GICD_BASE;
    struct span reg[] = {{distributor, distributor + 0x10000}, {first, first + (uint64_t)domain->nr_vcpus * REDISTRIBUTOR_BYTES}};

    begin_at(tree, "interrupt-controller", distributor);
    put_string(tree, "compatible", "arm,gic-v3");
    put_u32(tree, "#interrupt-cells", 3);
    put_u32(tree, "#address-cells", 0);
    put_flag(tree, "interrupt-controller");
    put_spans(tree, reg, 2);
    put_u32(tree, "phandle", domain->gic_phandle);
    end(tree);
}

static void put_timer_and_psci(struct guest_tree *tree, const struct system *system)
{
    static const uint32_t interrupts[] = {PPI, PPI_TIMER_SECURE,  PPI_FLAGS, PPI, PPI_TIMER_PHYSICAL,
                                          PPI_FLAGS, PPI, PPI_TIMER_VIRTUAL, PPI_FLAGS};
    static const char psci[] = "arm,psci-1.0\0arm,psci-0.2\0arm,psci";

    begin(tree, "timer");
    put_string(tree, "compatible", system->board.translates ? "arm,armv8-timer" : "arm,armv7-timer");
    put_cells(tree, "interrupts", interrupts, ARRAY_SIZE(interrupts));
    end(tree);

    begin(tree, "psci");
    put_strings(tree, "compatible", psci, sizeof(psci));
    put_string(tree, "method", "hvc");
    end(tree);
}

static void put_uart(struct guest_tree *tree, const struct vuart *vuart, const struct domain *domain)
{
    const uint32_t interrupt[] = {SPI, domain->vuart_intid - FIRST_SPI, SPI_LEVEL_HIGH};
    const bool direct = domain->flags & DOMAIN_DIRECT_MAP;
    struct span window = direct ? vuart->window : (struct span){GUEST_VUART_BASE, GUEST_VUART_BASE + PAGE_SIZE};

    begin_at(tree, "sbsa-uart", window.base);
    put_string(tree, "compatible", "arm,sbsa-uart");
    put_spans(tree, &window, 1);
    put_cells(tree, "interrupts", interrupt, ARRAY_SIZE(interrupt));
    put_u32(tree, "current-speed", 115200);
    end(tree);
}

/* reg[0], the grant-table window, is <0, 0>: there are no grant tables. */
static void put_hypervisor(struct guest_tree *tree)
{
    static const uint32_t interrupt[] = {PPI, PPI_EVENT_UPCALL, PPI_FLAGS};
    static const struct span no_grants = {0, 0};
    char compatible[64];
    int length = snprintf(compatible, sizeof(compatible), "xen,xen-%d.%d%cxen,xen", FENCEPOST_XEN_MAJOR,
                          FENCEPOST_XEN_MINOR, '\0');

    begin(tree, "hypervisor");
    put_strings(tree, "compatible", compatible, (size_t)length + 1);
    put_spans(tree, &no_grants, 1);
    put_cells(tree, "interrupts", interrupt, ARRAY_SIZE(interrupt));
    end(tree);
}

static void put_root(struct guest_tree *tree, const struct system *system, const struct domain *domain)
{
    begin(tree, "");
    put_string(tree, "compatible", "xen,xenvm");
    put_string(tree, "model", "XENVM");
    put_u32(tree, "#address-cells", 2);
    put_u32(tree, "#size-cells", 2);
    put_u32(tree, "interrupt-parent", domain->gic_phandle);
    put_chosen(tree, domain);
    put_cpus(tree, system, domain);
    put_memory(tree, domain);
    put_gic(tree, &system->board, domain);
    put_timer_and_psci(tree, system);
    if (domain->flags & DOMAIN_VPL011)
        put_uart(tree, &system->vuart, domain);
    if (domain->hypervisor_node)
        put_hypervisor(tree);
    if (domain->passthrough >= 0)
        keep(tree, guest_devices_copy(tree->fdt, domain->partial_fdt, domain->passthrough));
    end(tree);
}

bool guest_tree_make(struct system *system, struct domain *domain)
{
    struct guest_tree tree = {.fdt = domain->tree ? domain->tree : calloc(1, GUEST_TREE_BYTES)};

    domain->tree = tree.fdt;
    if (!tree.fdt)
        return false;
    keep(&tree, fdt_create(tree.fdt, GUEST_TREE_BYTES));
    keep(&tree, fdt_finish_reservemap(tree.fdt));
    put_root(&tree, system, domain);
    keep(&tree, fdt_finish(tree.fdt));
    if (tree.error != 0) {
        diag_error(domain->path, NULL, "its device tree cannot be made in %d bytes: %s", GUEST_TREE_BYTES,
                   fdt_strerror(tree.error));
        return false;
    }
    domain->tree_bytes = fdt_totalsize(tree.fdt);
    return true;
}
