/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest library: everything a test, a bench or a small guest of your own needs, in one header.
 *
 * Promise: a file that includes this header and says
 *
 *     TEST(mysuite, version_is_known, IDS "S4-01", WHY "guests print it", NEEDS "system=solo")
 *     {
 *         expect_true(hypercall_xen_version(XENVER_version, NULL) > 0);
 *     }
 *
 * is a complete guest. When the function starts, RAM, bss and stacks work, the vectors report any exception
 * and end the guest, IRQs are masked, nothing is registered with the hypervisor and no interrupt is enabled.
 * When it returns, the verdict is printed and the domain is shut down. There is no C library below.
 *
 * Rules: a failed expectation is reported and the function goes on; require_*() ends it. Functions marked
 * [irq] may be called from interrupt handlers. Results below 0 are minus an errno of abi/errno.h.
 */
#ifndef FENCEPOST_H
#define FENCEPOST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board_places.h"

#include "abi/console.h"
#include "abi/dma_engine.h"
#include "abi/errno.h"
#include "abi/event_channel.h"
#include "abi/hvm.h"
#include "abi/memory.h"
#include "abi/psci.h"
#include "abi/sched.h"
#include "abi/vcpu.h"
#include "abi/version.h"
#include "abi/xen.h"

/* ---- records: what the harness collects from the ELF file, and what runs ---- */

struct fp_record {                 /* nine words, whatever a word is */
    const char *suite, *name, *file;
    uintptr_t line;
    const char *ids, *why, *needs;
    void (*run)(void);
    uintptr_t kind; /* domain id that runs it, or FP_BENCH */
};

enum { FP_BENCH = 0x100 };

#define IDS   /* marks the arguments of TEST and BENCH; nothing else */
#define WHY
#define NEEDS

#define FP_RECORD(domid, tag, suite_, name_, ids_, why_, needs_)                                    \
    static void fp_run_##tag##_##suite_##_##name_(void);                                            \
    static const struct fp_record fp_record_##tag##_##suite_##_##name_                              \
        __attribute__((used, section("fp_tests"), aligned(sizeof(uintptr_t)))) = {                                  \
            .suite = #suite_, .name = #name_, .file = __FILE__, .line = __LINE__, .ids = ids_,      \
            .why = why_, .needs = needs_, .run = fp_run_##tag##_##suite_##_##name_, .kind = domid}; \
    static void fp_run_##tag##_##suite_##_##name_(void)

#define TEST(suite, name, ids, why, needs) FP_RECORD(1, d1, suite, name, ids, why, needs)
#define PEER(domid, suite, name) FP_RECORD(domid, d##domid, suite, name, "", "", "")
#define BENCH(suite, name, ids, why, needs) FP_RECORD(FP_BENCH, bench, suite, name, ids, why, needs)

/*
 * A guest that is no test defines this; it runs when the boot arguments name no test, and the domain is
 * shut down when it returns. Without it the first TEST or BENCH of the image runs.
 */
void guest_main(void);

/* ---- reporting ---- */

/* Formats: %d %u %x %X %o %c %s %p %%, width, 0 and -, l, ll (64 bits), z. A line is cut after 240 characters. */
void console_write(const char *text, size_t bytes);
void print(const char *format, ...);
int format_text(char *buffer, size_t size, const char *format, ...);
int format_text_v(char *buffer, size_t size, const char *format, va_list arguments);

void note(const char *format, ...);
void metric(const char *name, uint64_t value, const char *unit);
_Noreturn void skip_(const char *format, ...);
_Noreturn void finish(void); /* ends the test now, with the verdict so far */
void fp_fail(const char *file, int line, const char *format, ...);
bool fp_expect_eq(const char *file, int line, const char *text, int64_t actual, int64_t expected);
bool fp_expect_true(const char *file, int line, const char *text, bool holds);

#define fail_(...) fp_fail(__FILE__, __LINE__, __VA_ARGS__)
#define expect_eq(actual, expected) \
    fp_expect_eq(__FILE__, __LINE__, #actual, (int64_t)(actual), (int64_t)(expected))
#define expect_true(condition) fp_expect_true(__FILE__, __LINE__, #condition, (condition))
#define require_eq(actual, expected) (expect_eq(actual, expected) ? (void)0 : finish())
#define require_true(condition) (expect_true(condition) ? (void)0 : finish())

_Noreturn void shutdown(uint32_t reason); /* enum shutdown_reason */

/* One round of a bench is what lies between the two marks; the harness drops the first four of 1004. */
enum { BENCH_ROUND_COUNT = 1004 };
#define BENCH_ROUNDS(rounds, ...)                               \
    for (uint32_t fp_round = 0; fp_round < (rounds); fp_round++) { \
        __asm__ volatile(FP_MARK_START ::: "memory");            \
        __VA_ARGS__;                                            \
        __asm__ volatile(FP_MARK_STOP ::: "memory");            \
    }

/* ---- hypercalls: one stub per line of abi/hypercalls.def -------------------------------------------------- */

#define FP_TEXT_(x) #x
#define FP_TEXT(x) FP_TEXT_(x)

/*
 * hypercall(number, a1, ..., a5), hypercall_2() and hypercall_3(): any number, any arguments. Results are the
 * register as it is, so that one which is not sign-extended shows.
 */
#include "isa.h"

/* hypercall_memory_op(command, pointer), hypercall_console_io(command, count, pointer), ... */
#define FP_STUB_2(number, name)                                                              \
    static inline intptr_t hypercall_##name(uint32_t command, const volatile void *pointer)   \
    {                                                                                        \
        return hypercall_2(number, command, (uintptr_t)pointer);                              \
    }
#define FP_STUB_3(number, name)                                                              \
    static inline intptr_t hypercall_##name(uint32_t command, uint32_t second,                \
                                           const volatile void *pointer)                     \
    {                                                                                        \
        return hypercall_3(number, command, second, (uintptr_t)pointer);                      \
    }
#define HYPERCALL(number, name, arguments) FP_STUB_##arguments(number, name)
#include "abi/hypercalls.def"
#undef HYPERCALL

/* PSCI and SMCCC by HVC #0; HVC(immediate, value) is any other, the first register in and out. */
int32_t psci(uint32_t function, uintptr_t a1, uintptr_t a2, uintptr_t a3);

/* ---- the machine, as the device tree tells ---- */

enum { MACHINE_MAX_BANKS = 24 }; /* more than any MPU has regions */

struct machine {
    const void *device_tree;
    uintptr_t image_base; /* where this image was loaded */
    uint32_t nr_banks;   /* of RAM, as /memory lists them */
    struct { uint64_t base, size; } bank[MACHINE_MAX_BANKS];
    uintptr_t gicd, gicr, uart; /* 0: not in the tree */
    uint32_t nr_cpus;
    uint32_t upcall_intid; /* 0: no hypervisor node */
    uint32_t domain;       /* from `fp1 domain=N`; 1 where nothing is said */
    const char *bootargs;
};

extern struct machine machine;

/* Whether the tree lists it: a domain that is not direct-mapped may have RAM of its own at a board's address. */
static inline bool is_own_ram(uint64_t address)
{
    bool own = false;

    for (uint32_t n = 0; n < machine.nr_banks; n++)
        own |= address - machine.bank[n].base < machine.bank[n].size;
    return own;
}

/* The tree itself. Nodes are visited in order; depth of the root is 0. */
struct fdt_node {
    const char *name;
    uint32_t depth;
    const uint32_t *next, *properties; /* private */
};
bool fdt_first_node(const void *tree, struct fdt_node *node);
bool fdt_next_node(const void *tree, struct fdt_node *node);
const void *fdt_property(const void *tree, const struct fdt_node *node, const char *name, uint32_t *bytes);
bool fdt_is_compatible(const void *tree, const struct fdt_node *node, const char *compatible);
uint32_t fdt_word(const void *cells, uint32_t index); /* one big-endian cell */

/* ---- exceptions that are expected ---- */

enum fault_kind {
    FAULT_NONE = 0,
    FAULT_UNDEFINED = 1,
    FAULT_PREFETCH = 2,
    FAULT_DATA = 3,
    FAULT_SVC = 4,
};

struct fault {
    enum fault_kind kind;
    uintptr_t pc;
    uint32_t fsr;  /* status of an abort: IFSR, DFSR, or of ESR status code and WnR; 0 for the others */
    uintptr_t far; /* its address; 0 for the others */
};
/* An access that the hypervisor denied has the status FSR_DENIED, with FSR_WRITE if it was a write. */

/* Runs function(argument) and comes back also when it faults. One level, one at a time per vCPU. */
struct fault fault_catch(void (*function)(void *), void *argument);
struct fault fault_catch_el0(void (*function)(void *), void *argument);

struct fault try_read32(uintptr_t address, uint32_t *value);
struct fault try_write32(uintptr_t address, uint32_t value);
struct fault try_read8(uintptr_t address, uint8_t *value);
struct fault try_write8(uintptr_t address, uint8_t value);
struct fault try_exec(uintptr_t address); /* calls it; what it finds there should be a return */
struct fault try_read32_el0(uintptr_t address, uint32_t *value);
struct fault try_write32_el0(uintptr_t address, uint32_t value);
struct fault try_exec_el0(uintptr_t address);

/* try_instruction(instruction, registers) executes one that is made at run time: INSTRUCTION_HVC, _SMC, _UDF. */
void code_changed(const void *from, size_t bytes); /* makes written instructions visible to fetches */

/* ---- interrupts ---- */

typedef void (*irq_handler_t)(uint32_t intid);

void irq_init(void); /* GIC CPU interface and redistributor of the calling vCPU, distributor; no source enabled */
void irq_set_handler(uint32_t intid, irq_handler_t handler);
void irq_enable_source(uint32_t intid); /* SGI and PPI: for the calling vCPU */
void irq_disable_source(uint32_t intid);
void irq_set_priority(uint32_t intid, uint8_t priority);
void irq_drop(uint32_t intid);        /* if it is the one that would be taken now; IRQs are masked */
bool irq_is_pending(uint32_t intid); /* as the distributor or redistributor says */
void irq_send_sgi(uint32_t intid, uint32_t cpu);
uint32_t irq_count(uint32_t cpu, uint32_t intid); /* interrupts taken */
uint32_t irq_spurious_count(void);

/* irq_mask(), irq_unmask(), irq_is_masked(): of the calling vCPU. */

/* ---- events ---- */

enum { EVENT_PAGES = 4 }; /* pages set aside for event_page() */

/*
 * Page n for sharing with the hypervisor: in the last RAM bank if there is more than one, else in the image.
 * shared_info goes to page 0 by default, vcpu_info of a vCPU into page 1.
 */
void *event_page(uint32_t n);

int32_t events_init(void); /* registers event_page(0) as shared_info */
int32_t events_register_shared_info(void *page);
int32_t events_register_vcpu_info(uint32_t vcpu, void *info);

struct shared_info *shared_info(void);      /* the page last registered */
struct vcpu_info *vcpu_info(uint32_t vcpu); /* where the hypervisor writes for that vCPU; NULL: nowhere */

/* Words of shared_info: single atomic accesses, nothing else happens. [irq] */
bool event_is_pending(uint32_t port);
bool event_clear(uint32_t port);   /* pending bit; returns what it was */
void event_set(uint32_t port);     /* sets the pending bit as a guest may by mistake */
bool event_is_masked(uint32_t port);
bool event_mask(uint32_t port);    /* returns what the bit was */
bool event_unmask_bit(uint32_t port); /* clears the bit only; EVTCHNOP_unmask also delivers */
bool upcall_flag(uint32_t vcpu);
void upcall_clear(uint32_t vcpu);
uint64_t selector(uint32_t vcpu);
uint64_t selector_take(uint32_t vcpu); /* exchange with 0 */
void events_quiet(uint32_t vcpu);      /* flag and selector to 0, every pending bit too */

/* Upcall by interrupt: after irq_init(); the handler scans, clears, counts, and calls the port's function. */
void upcall_enable(void); /* for the calling vCPU; an upcall whose flag was cleared since is dropped */
void upcall_disable(void);
void upcall_set_handler(irq_handler_t handler); /* instead of the scan; NULL: the scan again */
void event_set_handler(uint32_t port, void (*function)(uint32_t port));
uint32_t event_count(uint32_t port);            /* deliveries the scan saw */
uint32_t upcall_count(uint32_t vcpu);           /* upcall interrupts */
void event_scan(uint32_t vcpu);                 /* what the upcall handler does [irq] */

/* Waits for the pending bit and clears it; sleeps by SCHEDOP_poll. */
void event_wait(uint32_t port);
bool event_wait_ns(uint32_t port, uint64_t nanoseconds);

/* EVTCHNOP_*; alloc and bind return the port or minus an errno. */
int32_t evtchn_alloc_unbound(uint32_t domid, uint32_t remote_domid);
int32_t evtchn_bind_interdomain(uint32_t remote_domid, uint32_t remote_port);
int32_t evtchn_bind_virq(uint32_t virq, uint32_t vcpu);
int32_t evtchn_bind_ipi(uint32_t vcpu);
int32_t evtchn_bind_vcpu(uint32_t port, uint32_t vcpu);
int32_t evtchn_close(uint32_t port);
int32_t evtchn_send(uint32_t port);
int32_t evtchn_unmask(uint32_t port);
int32_t evtchn_reset(uint32_t domid);
int32_t evtchn_status(uint32_t domid, uint32_t port, struct evtchn_status_args *status);
uint32_t evtchn_count_open(void); /* ports of this domain that are not closed */

/* ---- a test with a peer ----
 * Domains 1 and 2 of the system `pair` talk over its two static channels: 1:10-2:11 (lane 0), 1:12-2:13
 * (lane 1). The B side starts pending, so both begin with peers_meet(); afterwards both domains run, and no
 * port is pending but perhaps domain 1's end of lane 1 (cleared before its peers_meet() returns). Then every
 * peer_signal() has its peer_wait() at the other end. Signals that nobody has waited for yet are merged, so
 * each signal of a lane answers the one before it; the peer's first one on lane 1 needs a wait before it.
 */
enum { PEER_LANES = 2 };
void peers_meet(void); /* registers shared_info if that was not done */
void peer_signal(uint32_t lane);
void peer_wait(uint32_t lane);
uint32_t peer_port(uint32_t lane); /* the calling domain's end */

/* ---- time ---- */

uint64_t counter(void);           /* CNTVCT */
uint32_t counter_frequency(void); /* Hz */
uint64_t now_ns(void);
void delay_ns(uint64_t nanoseconds); /* busy, with yield hints */
void timer_arm_ns(uint64_t nanoseconds); /* CNTV from now; INTID_TIMER is level until timer_disarm() [irq] */
void timer_disarm(void);
enum { INTID_TIMER = 27 };

/* ---- scheduling ---- */

static inline int32_t sched_yield(void) { return (int32_t)hypercall_sched_op(SCHEDOP_yield, NULL); }
static inline int32_t sched_block(void) { return (int32_t)hypercall_sched_op(SCHEDOP_block, NULL); } /* unmasks IRQs */
int32_t sched_poll(const uint32_t *ports, uint32_t count, uint64_t deadline_ns); /* 0: none */
static inline void wait_for_interrupt(void) { __asm__ volatile("dsb sy\n\twfi" ::: "memory"); }
static inline void relax(void) { __asm__ volatile("yield" ::: "memory"); }
#define spin_until(condition) do { relax(); } while (!(condition))
_Noreturn void idle_for_ever(void); /* sleeps; no interrupt is taken any more */

/* ---- vCPUs ---- */

uint32_t this_cpu(void); /* MPIDR.Aff0 */
/* PSCI CPU_ON with stacks and vectors made; runs function(argument), then CPU_OFF. The PSCI result. */
int32_t cpu_start(uint32_t cpu, void (*function)(void *), void *argument);
bool cpu_is_off(uint32_t cpu);
_Noreturn void cpu_off(void);

/* ---- the EL1 MPU, on boards that have one ---- */

enum mpu_access {
    MPU_EL1_RW = 0,
    MPU_ALL_RW = 1,
    MPU_EL1_RO = 2,
    MPU_ALL_RO = 3,
};
enum mpu_memory { MPU_NORMAL = 0, MPU_DEVICE = 1 };
enum mpu_execute { MPU_EXECUTE = 0, MPU_NO_EXECUTE = 1 };

uint32_t mpu_region_count(void);
/* [base, limit) on 64 bytes; limit 0 means the end of the address space. */
void mpu_set_region(uint32_t region, uintptr_t base, uintptr_t limit, enum mpu_access access,
                    enum mpu_memory memory, enum mpu_execute execute);
void mpu_clear_region(uint32_t region);
void mpu_enable(void); /* privileged code keeps the default map where no region is */
void mpu_enable_strict(void); /* no default map: regions must hold code, data, stacks, GIC */
void mpu_disable(void);

/* ---- the DMA engine: channels passed through to this domain, abi/dma_engine.h ----
 * Addresses in descriptors are physical, so only a direct-mapped domain can use it. Caches: the engine reads and
 * writes memory itself; a buffer it writes must not be read before the transfer, or lie in uncached memory.
 */
struct dma {
    struct dma_registers *registers;
    uint32_t intid;
};

void dma_open(struct dma *dma, uint32_t nth); /* the n-th in the tree, 0 ...; waits for the engine to run */
void dma_start(const struct dma *dma, const struct dma_descriptor *first); /* returns at once */
bool dma_is_busy(const struct dma *dma);
enum dma_error dma_wait(const struct dma *dma);                            /* until it is not busy */
enum dma_error dma_run(const struct dma *dma, const struct dma_descriptor *first);
void dma_stop(const struct dma *dma);                        /* nothing is written any more; registers as at reset */
void dma_await_bytes(const struct dma *dma, uint32_t bytes); /* until so many more have been written */

/* ---- what a C compiler calls ---- */

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t bytes);

#endif
