/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The binary configuration: the only thing syscfg (build machine) and the hypervisor share besides the
 * planner. One flat little-endian blob: this header, then the tables it names. All checks were made by
 * syscfg; the hypervisor verifies magic, version, size, checksum and that the board is the one it runs on,
 * and trusts the rest.
 *
 * Rules: every table offset is in bytes from the start of the header and a multiple of 8; the size of the
 * blob is a multiple of 4; `crc32` is CRC-32 (IEEE, reflected, as zlib) over the whole blob with the crc32
 * field taken as 0. Ranges are half-open; `limit` may be 2^32.
 */
#ifndef HV_CONFIG_H
#define HV_CONFIG_H

#include <stdint.h>

enum {
    CONFIG_MAGIC = 0x46435046, /* "FPCF" */
    CONFIG_VERSION = 5,

    CONFIG_MAX_CPUS = 2,
    CONFIG_MAX_DOMAINS = 8,
    CONFIG_MAX_VCPUS = 16,
    CONFIG_MAX_PORTS = 1024,   /* per domain, port 0 included */
    CONFIG_MAX_WINDOWS = 4,
    CONFIG_NAME_BYTES = 16,
    CONFIG_PRIORITIES = 8,     /* 0 is the lowest */

    MPU_FIXED_SLOTS = 5,       /* text+rodata, shared data, per-CPU data and stack, GIC, UART */
    MPU_MAX_SLOTS = 16, /* the plan uses no more; regions beyond them stay off on a part that has 20 or 24 */
};

/* Where a domain that is not direct-mapped finds its emulated devices: Xen's map for guests. */
#define GUEST_GICD_BASE 0x03001000u
#define GUEST_GICR_BASE 0x03020000u
#define GUEST_GICR_BYTES 0x01000000u
#define GUEST_VUART_BASE 0x22000000u
#define GUEST_VUART_INTID 32u
#define GUEST_RAM_BASE 0x40000000u

/* How EL2 reaches a page that the loaded view does not hold. */
enum access_strategy {
    ACCESS_WINDOW = 0,
    ACCESS_SWITCH = 1,
    ACCESS_AUTO = 2,
    ACCESS_MASK = 3,
    ACCESS_BACKGROUND = 4,
    ACCESS_SHARED = 5,
    ACCESS_RESIDENT = 6, /* boards with translation: everything is always reachable */
};

enum switch_when { SWITCH_ON_ACCESS = 0, SWITCH_ON_ENTRY = 1 };
enum window_granule { WINDOW_PAGE = 0, WINDOW_DOMAIN = 1 };
enum background_when { BACKGROUND_ON_ACCESS = 0, BACKGROUND_ALWAYS = 1 };

struct config_header {
    uint32_t magic;
    uint32_t version;
    uint32_t size; /* bytes, whole blob */
    uint32_t crc32;
    char board[CONFIG_NAME_BYTES]; /* "mps3-an536", NUL padded */
    char commit[CONFIG_NAME_BYTES]; /* what the console banner names; NUL padded, may be empty */

    uint32_t access;          /* enum access_strategy */
    uint32_t switch_when;     /* enum switch_when, ACCESS_SWITCH only */
    uint32_t window_granule;  /* enum window_granule, ACCESS_WINDOW only */
    uint32_t background_when; /* enum background_when, ACCESS_BACKGROUND only */
    uint32_t windows;         /* W: slots for windows, MPU_FIXED_SLOTS and up; 0 where none is needed */
    uint32_t slots;           /* regions the plan was made for; the CPU must have that many */
    uint32_t time_slice_us;   /* 0: none */
    uint32_t nr_cpus;

    uint32_t nr_domains, domains;   /* count, offset of struct config_domain[]; domid = index + 1 */
    uint32_t nr_vcpus, vcpus;       /* struct config_vcpu[], sorted by domain then id */
    uint32_t nr_ranges, ranges;     /* struct config_range[]: the ranges of all views */
    uint32_t nr_regions, regions;   /* struct config_region[]: register images of all views (MPU boards) */
    uint32_t nr_channels, channels; /* struct config_channel[]: static event channels */
    uint32_t nr_irqs, irqs;         /* struct config_irq[]: SPIs of assigned devices */

    uint32_t hyp_first_region; /* hypervisor view: all RAM, EL2 only; regions[hyp_first_region ...] */
    uint32_t hyp_nr_regions;
    uint32_t hyp_first_slot;   /* where they go: MPU_FIXED_SLOTS for `mask`, else up to the highest slot */

    uint32_t flags; /* enum config_flags */
    uint64_t event_pages_base; /* ACCESS_SHARED: [base, limit) mapped in every view; 0, 0 otherwise */
    uint64_t event_pages_limit;

    uint64_t pages;    /* address of the page tables: nr_pages state bytes, then as many pin bytes (hv/page.h) */
    uint64_t ram_limit; /* end of the highest RAM the hypervisor reaches */
    uint64_t translation_tables; /* MMU boards: address of the pool that config_domain.first_table counts in */
    uint64_t dma_entry; /* CPU 1 runs what lies there instead of the hypervisor; 0: it does not */
    uint64_t vuart_base; /* the UART that vPL011 stands in for; 0: no domain has one */
    uint64_t firewall_base; /* of the SMMU; 0: the machine has none */
    uint32_t nr_pages; /* of all static RAM and owned shared memory, rounded up to 64 */
    uint32_t nr_masters, masters; /* struct config_master[]: bus masters that domains own */
    uint32_t nr_resets, resets;   /* struct config_reset[]: what returns an assigned device to its reset state */
    uint32_t firewall_intid; /* of the SMMU's events */
};

enum config_flags {
    CONFIG_BENCH = 1u << 0, /* fencepost,bench: hypercall 62 measures primitives; never in a shipped system */
};

enum config_domain_flags {
    DOMAIN_ESSENTIAL = 1u << 0, /* fencepost,essential: the system ends when this domain stops */
    DOMAIN_DIRECT_MAP = 1u << 1,
    DOMAIN_KEEP_CONTENT = 1u << 2, /* static RAM is not scrubbed at first start */
    DOMAIN_SHAREABLE = 1u << 3,    /* its banks are used on both CPUs: Outer Shareable */
    DOMAIN_TRUSTED_DMA = 1u << 4,
    DOMAIN_SLOTS_RESIDENT = 1u << 5, /* `mask`: the view has slots of its own until a view must grow */
    DOMAIN_VPL011 = 1u << 6,         /* sees a PL011 at vuart_base */
    DOMAIN_RESERVE_PINNED = 1u << 7, /* fencepost,restart-pinned = "reserve": restarts without its pinned pages */
};

enum restart_policy { RESTART_NEVER = 0, RESTART_ON_REBOOT = 1, RESTART_ALWAYS = 2 };

/* A blob the loader put into memory; size 0: none. */
struct config_module {
    uint64_t source; /* physical address it was loaded at */
    uint64_t target; /* guest address it is copied to, inside the domain's RAM */
    uint32_t size;   /* bytes */
    uint32_t pad0;
};

struct config_domain {
    char name[CONFIG_NAME_BYTES]; /* node name, cut */
    uint32_t flags;
    uint32_t restart; /* enum restart_policy */

    uint32_t first_vcpu, nr_vcpus;
    uint32_t nr_ports;  /* ports 0 ... nr_ports - 1 exist; at most CONFIG_MAX_PORTS */
    uint32_t nr_pages;  /* it owns: static RAM and shared memory */

    uint32_t first_range, nr_ranges;   /* its view, in ranges[] */
    uint32_t first_region, nr_regions; /* the same as register images */
    uint32_t first_slot;               /* of its first region; the last has the highest slot unless resident */

    uint32_t may_connect; /* bit (domid - 1): event channels may be opened with that domain */
    uint32_t may_map;     /* bit (domid - 1): that domain's pages may be mapped */

    uint32_t vuart_intid; /* of its vPL011; 0: none */
    uint32_t first_table, nr_tables; /* MMU boards: its translation tables of 4 KiB */
    uint32_t pad0;
    uint64_t entry; /* guest address of vCPU 0's first instruction */
    struct config_module kernel, device_tree, ramdisk;
};

struct config_vcpu {
    uint16_t domain; /* index into domains[] */
    uint16_t id;     /* within the domain: 0, 1, ... = MPIDR.Aff0 the guest sees */
    uint16_t cpu;    /* physical CPU it is pinned to */
    uint16_t priority;
};

enum range_kind {
    RANGE_RAM = 0,         /* static RAM of the domain */
    RANGE_SHM_OWNER = 1,   /* static shared memory, this domain owns it */
    RANGE_SHM_BORROWER = 2,
    RANGE_DEVICE = 3,
    RANGE_EVENT_PAGES = 4, /* ACCESS_SHARED: everybody's event pages */
    RANGE_POOL = 5,        /* xen,static-heap: the page tables, EL2 only, in every view */
};

enum range_attr {
    RANGE_WRITE = 1u << 0,
    RANGE_EXEC = 1u << 1,  /* by EL1 */
    RANGE_EL1 = 1u << 2,   /* EL1 has the access; otherwise EL2 only */
    RANGE_SHAREABLE = 1u << 3, /* Outer Shareable; otherwise Non-shareable */
    RANGE_IS_DEVICE = 1u << 4, /* Device-nGnRE; otherwise Normal write-back */
};

struct config_range {
    uint64_t base;
    uint64_t limit;
    uint32_t attr; /* enum range_attr */
    uint32_t kind; /* enum range_kind */
    uint32_t first_page; /* RANGE_RAM, RANGE_SHM_OWNER: of its first page in the page tables; else UINT32_MAX */
    uint32_t frame; /* physical frame number of `base`; its own unless the domain's addresses are translated */
};

/* One MPU region as the two registers hold it (HPRBAR, HPRLAR with EN = 1). */
struct config_region {
    uint32_t rbar;
    uint32_t rlar;
};

/* End A (the one met first in node order) is unbound first, end B is bound to it and starts pending. */
struct config_channel {
    uint16_t domain_a, domain_b; /* index into domains[] */
    uint16_t port_a, port_b;
};

struct config_irq {
    uint16_t domain; /* index into domains[] */
    uint16_t intid;  /* physical = virtual */
    uint32_t edge;   /* 0 level, 1 edge */
};

enum config_master_flags { /* none: no firewall stands before it */
    MASTER_CHECKED = 1u << 0,  /* while its domain runs it reaches what that may reach */
    MASTER_CLOSABLE = 1u << 1, /* while its domain runs it reaches everything */
    MASTER_REFUSED = 1u << 2,  /* it reaches nothing */
};

/* A device that writes memory by itself. */
struct config_master {
    uint16_t domain; /* index into domains[] */
    uint8_t number;  /* as the bus firewall counts them */
    uint8_t flags;   /* enum config_master_flags */
    uint32_t idle_mask, idle_value; /* it is quiet when (word there & idle_mask) == idle_value; mask 0: nothing tells */
    uint32_t idle_ms; /* how long that may take once nobody starts it again */
    uint64_t idle_address;
    char name[CONFIG_NAME_BYTES]; /* node name, cut */
    uint32_t stream; /* as the SMMU knows it */
    uint32_t pad0;
};

/* One 32-bit write, in order, with the domain's own view loaded. */
struct config_reset {
    uint32_t domain; /* index into domains[] */
    uint32_t value;
    uint64_t address;
};

_Static_assert(sizeof(struct config_header) == 16 + 32 + 32 + 48 + 16 + 64 + 24, "config ABI");
_Static_assert(sizeof(struct config_domain) == 16 + 13 * 4 + 16 + 8 + 72 + 4, "config ABI");
_Static_assert(sizeof(struct config_vcpu) == 8, "config ABI");
_Static_assert(sizeof(struct config_range) == 32, "config ABI");
_Static_assert(sizeof(struct config_master) == 48, "config ABI");
_Static_assert(sizeof(struct config_reset) == 16, "config ABI");
_Static_assert(sizeof(struct config_region) == 8, "config ABI");
_Static_assert(sizeof(struct config_channel) == 8, "config ABI");
_Static_assert(sizeof(struct config_irq) == 8, "config ABI");

#endif
