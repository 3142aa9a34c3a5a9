/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system as it has been read: filled in by the readers (board, strategy, domain and what a domain node
 * holds), completed by placement and views, written by the writers. Readers report what is wrong and leave a
 * harmless value, so that every later stage can run on whatever is here.
 */
#ifndef SYSCFG_MODEL_H
#define SYSCFG_MODEL_H

#include "hv/bus_firewall.h"
#include "hv/config.h"
#include "hv/types.h"
#include "options.h"
#include "tree.h"

enum {
    MAX_BANKS = 64, /* per domain; more than any MPU has slots, so that the budget can say what is missing */
    MAX_SHM = 8,
    MAX_DEVICES = 16,
    MAX_IRQS = 64,
    MAX_RANGES = 2 * MAX_BANKS + MAX_SHM + MAX_DEVICES + 2,
    MAX_MEMORY = 8,
    MAX_CHANNEL_ENDS = 128,
    MAX_RESETS = 64,
    GUEST_TREE_BYTES = 0x10000, /* a guest tree's place among the modules */
};

/* A channel of the DMA engine. */
struct channel {
    int node;
    struct span span;
};

struct board {
    char name[CONFIG_NAME_BYTES];
    struct cells cells; /* of the root */
    const char *cpu_compatible;
    uint32_t nr_cpus;
    bool translates; /* stage 2 tables instead of an MPU; then there are no slots */
    uint32_t slots;
    struct span memory[MAX_MEMORY];
    unsigned nr_memory;
    struct span hypervisor;  /* reserved-memory "fencepost,hypervisor" */
    struct span modules;     /* reserved-memory "fencepost,modules" */
    struct span guest_trees; /* the end of it */
    struct span engine;      /* reserved-memory "fencepost,dma-engine"; { 0, 0 }: none */
    int engine_node;         /* < 0: none */
    struct channel channels[FIREWALL_MAX_MASTERS];
    unsigned nr_channels;
    struct span config;      /* where the configuration is loaded */
    struct span distributor;
    struct span redistributors;
    uint32_t gic_phandle;
    uint64_t exec_limit;
    struct span background_normal;
    int console; /* node */
};

/* The one that stands before bus masters. */
struct smmu {
    int node; /* < 0: there is none */
    struct span window;
    uint32_t intid;
};

/* What vPL011 stands in for; all 0 when no domain has one. */
struct vuart {
    int node; /* of the UART */
    struct span window;
    uint32_t intid;
};

struct strategy {
    uint32_t access, switch_when, window_granule, background_when;
    uint32_t windows;
    uint32_t time_slice_us;
    bool bench; /* fencepost,bench */
    struct span event_pages; /* { 0, 0 } unless ACCESS_SHARED */
    bool cpu1_is_dma;
    const char *engine; /* --dma-engine: what CPU 1 runs; NULL: loaded by somebody else */
    uint64_t engine_bytes;
    int firewall[FIREWALL_MAX_MASTERS]; /* board nodes of the masters it checks */
    unsigned nr_firewall;
};

/* An image, a ramdisk or a partial tree. */
struct module {
    int node; /* < 0: none */
    struct span source;
    const char *file; /* NULL: loaded by somebody else */
    uint64_t target;
    uint64_t memory_bytes; /* what it occupies at target: at least its size */
    uint64_t load_address; /* a zImage linked for one address; 0: anywhere */
    uint64_t load_offset;  /* an arm64 Image: from the start of the first bank */
};

enum shm_role { SHM_NO_ROLE, SHM_OWNER, SHM_BORROWER };

struct shm {
    int node;
    const char *id;
    enum shm_role role;
    struct span span;
    uint64_t guest; /* where the domain sees it */
};

struct device {
    struct span span;
    int node;       /* in the partial tree */
    int host;       /* the node xen,path names, < 0: none */
};

struct vcpu {
    uint32_t cpu;
    uint32_t priority;
};

struct view {
    struct config_range ranges[MAX_RANGES]; /* sorted; neighbours of equal kind and attributes merged */
    unsigned nr_ranges;
    struct config_region regions[MAX_RANGES];
    unsigned nr_regions;
    unsigned first_slot;
    unsigned available; /* slots it may use */
};

struct domain {
    int node;
    const char *name;
    char path[96];
    struct cells cells; /* of its modules and shared memory */

    uint64_t memory_kib;
    uint32_t nr_vcpus;
    uint32_t flags; /* enum config_domain_flags */
    uint32_t restart;
    uint32_t priority;
    uint32_t max_port;
    uint32_t may_connect, may_map;
    bool hypervisor_node;

    struct span banks[MAX_BANKS]; /* physical */
    struct span guest_banks[MAX_BANKS]; /* as the domain sees them: the same when it is direct-mapped */
    unsigned nr_banks;
    struct module kernel, ramdisk, partial_tree;
    const char *bootargs;
    struct shm shm[MAX_SHM];
    unsigned nr_shm;
    struct vcpu vcpus[CONFIG_MAX_VCPUS];

    const void *partial_fdt; /* the tree that holds /passthrough: a file's or the system's own */
    int passthrough;         /* node, < 0: none */
    uint32_t gic_phandle;
    struct device devices[MAX_DEVICES];
    unsigned nr_devices;
    struct config_irq irqs[MAX_IRQS];
    unsigned nr_irqs;

    uint32_t vuart_intid;
    uint32_t spare_tables;           /* for what it maps of others */
    uint32_t first_table, nr_tables; /* MMU boards: its part of the translation tables */
    struct span tree_source;
    uint64_t tree_target;
    void *tree;
    uint32_t tree_bytes;
    struct view view;
};

struct system {
    const void *fdt;
    struct options options;
    struct board board;
    struct strategy strategy;
    struct vuart vuart;
    struct smmu smmu;
    int chosen;
    struct cells chosen_cells;
    struct span static_heap; /* { 0, 0 }: none */
    uint32_t nr_pages;       /* of all domains, rounded up */
    struct span page_tables;
    struct span translation_tables; /* MMU boards */
    struct domain domains[CONFIG_MAX_DOMAINS];
    unsigned nr_domains;
    struct config_channel channels[MAX_CHANNEL_ENDS];
    unsigned nr_channels;
    struct config_master masters[FIREWALL_MAX_MASTERS];
    unsigned nr_masters;
    struct config_reset resets[MAX_RESETS];
    unsigned nr_resets;
    struct view hyp;
    unsigned hyp_resident; /* slots the hypervisor's view keeps while a guest runs (`mask`) */
    bool all_resident;     /* `mask`: every guest view has slots of its own */
};

/* Readers, in the order they run. */
void board_read(struct system *system);
void strategy_read(struct system *system);
void engine_read(struct system *system);
void smmu_read(struct system *system);
void firewall_read(struct system *system);
void domains_read(struct system *system);

/* One domain's parts. */
void properties_check_domain(const struct system *system, const struct domain *domain);
void properties_check_chosen(const struct system *system);
void static_heap_read(struct system *system);
void static_mem_read(struct system *system, struct domain *domain);
void modules_read(struct system *system, struct domain *domain);
void vcpus_read(struct system *system, struct domain *domain);
void shared_mem_read(struct system *system, struct domain *domain);
void devices_read(struct system *system, struct domain *domain);
void interrupts_read(const struct system *system, struct domain *domain, int host);

/* What concerns several domains. */
void channels_read(struct system *system);
void shared_mem_check(const struct system *system);
void devices_check(const struct system *system);
void interrupts_check(const struct system *system);
void masters_read(struct system *system);
void resets_read(struct system *system);
void vuart_read(struct system *system);
void policy_read(struct system *system);
void claims_check(struct system *system);

/* Results. */
void placement_compute(struct system *system);
void ranges_collect(const struct system *system, struct domain *domain);
void ranges_collect_hyp(struct system *system);
void views_compute(struct system *system);
void pages_compute(struct system *system);
void translation_place_banks(const struct system *system, struct domain *domain);
/* Tables of 4 KiB for all domains. */
uint32_t translation_count(struct system *system);
bool guest_tree_make(struct system *system, struct domain *domain);
/* Copies `node` and what is below it into the guest tree under construction. Returns a libfdt error. */
int guest_devices_copy(void *guest, const void *from, int node);

/* The node is a PCI function; its registers as board_read_reg has them. */
bool pci_is_function(const void *fdt, int node);
int pci_read_reg(const void *fdt, int node, struct span *spans, unsigned max);
/* The three cells of its interrupt at the interrupt controller; NULL: it has none. */
const fdt32_t *pci_interrupt(const void *fdt, int node);
/* Bus, device and function as it names itself on the bus. */
uint32_t pci_requester(const void *fdt, int node);

/* The registers of a board node, as tree_read_spans has them: `reg` in its parent's cells, or those of a PCI function. */
int board_read_reg(const void *fdt, int node, struct span *spans, unsigned max);
/* The span lies inside one memory node. */
bool board_has_ram(const struct board *board, struct span span);
/* The SMMU stands before this board node, and knows it by this stream. */
bool smmu_find_stream(const struct system *system, int host, uint32_t *stream);
/* The domain's node for it says xen,force-assign-without-iommu. */
bool device_is_forced(const struct domain *domain, int host);
/* The bus firewall checks this board node. */
bool master_is_checked(const struct system *system, int host);
/*
 * True, and *address set, if the word at `offset` in the device's registers, one range after the other, is passed through
 * to the domain.
 */
bool device_find_word(const struct system *system, const struct domain *domain, int host, uint32_t offset,
                      uint64_t *address);
/* The first region of its host device: each assigned board node is met once that way. */
bool device_is_first(const struct domain *domain, unsigned index);
/* Property of an assigned device: its DMA shall go wrong. */
extern const char device_dma_force[];
/* Bit per physical CPU that runs a vCPU of the domain. */
uint32_t domain_cpus(const struct domain *domain);
/* True when `span` is the part of the domain's RAM that `shared` maps for everybody. */
bool domain_is_event_bank(const struct system *system, struct span span);
/* CPUs the hypervisor runs on: up to the last that has a vCPU. */
uint32_t system_cpus(const struct system *system);
/* The domain that is this node, or NULL. */
const struct domain *domain_of_node(const struct system *system, int node);

#endif
