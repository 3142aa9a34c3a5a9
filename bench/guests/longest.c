/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of one domain; the worst lists and buffers, and an EL1 MPU whose every region the buffer crosses. */
#include "longest.h"

struct longest longest[MAX_SERIES];
uint32_t nr_longest;

static char area[4 * 4096] __attribute__((aligned(4096)));

/* ---- event channels ---- */

static void allocate_all(void)
{
    while (evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF) > 0)
        ;
}

/* As many loopback channels as there are ports: each close has two ends to look after. */
static void connect_all(void)
{
    int32_t port;

    while ((port = evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF)) > 0)
        evtchn_bind_interdomain(DOMID_SELF, (uint32_t)port);
}

static void events(void)
{
    uint32_t port = 0;

    LONGEST("events_init", , events_init());
    LONGEST("evtchn.alloc.last", allocate_all(); evtchn_close(LAST_PORT), evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF));
    LONGEST("evtchn.alloc.full", , evtchn_alloc_unbound(DOMID_SELF, DOMID_SELF));
    LONGEST("evtchn.bind_virq.full", , evtchn_bind_virq(VIRQ_TIMER, 0));
    LONGEST("evtchn.bind_ipi.full", , evtchn_bind_ipi(0));
    LONGEST("evtchn.bind_interdomain.full", , evtchn_bind_interdomain(DOMID_SELF, LAST_PORT));
    LONGEST("evtchn.bind_interdomain.last", evtchn_close(LAST_PORT), evtchn_bind_interdomain(DOMID_SELF, LAST_PORT - 1));
    LONGEST("evtchn.reset.full", , evtchn_reset(DOMID_SELF));
    LONGEST("evtchn.reset.loopbacks", connect_all(), evtchn_reset(DOMID_SELF));
    LONGEST("evtchn.reset.empty", , evtchn_reset(DOMID_SELF));
    LONGEST("evtchn.bind_virq", , port = (uint32_t)evtchn_bind_virq(VIRQ_TIMER, 0));
    LONGEST("evtchn.bind_virq.again", , evtchn_bind_virq(VIRQ_TIMER, 0));
    LONGEST("evtchn.close", , evtchn_close(port));

    struct loopback channel = loopback_open();
    struct evtchn_status_args status;
    LONGEST("evtchn.status", , evtchn_status(DOMID_SELF, channel.receives, &status));
    LONGEST("evtchn.bind_vcpu", , evtchn_bind_vcpu(channel.receives, 0));
    LONGEST("evtchn.send", , evtchn_send(channel.sends));
    LONGEST("evtchn.unmask", event_mask(channel.receives), evtchn_unmask(channel.receives));
    LONGEST("evtchn.close.connected", , evtchn_close(channel.sends));
}

/* ---- everything else ---- */

static void put_word(char *to, uint32_t value)
{
    memcpy(to, &value, sizeof(value));
}

/* 128 open ports, none pending, in a list that lies on no word and in two pages. */
static void poll_128(char *list)
{
    enum { PORTS = 128 };
    struct sched_poll poll = {.ports = (uintptr_t)list, .nr_ports = PORTS, .timeout = 1};

    evtchn_reset(DOMID_SELF);
    allocate_all();
    for (uint32_t i = 0; i < PORTS; i++) {
        put_word(list + 4 * i, LAST_PORT - i);
        event_clear(LAST_PORT - i);
    }
    events_quiet(0);
    hypercall_sched_op(SCHEDOP_poll, &poll);
}

static void sched(void)
{
    static struct sched_shutdown code = {.reason = SHUTDOWN_poweroff};
    static struct sched_remote_shutdown remote = {.domain_id = 2};
    static struct sched_watchdog watchdog = {.timeout = 1000};

    LONGEST("sched.poll.0", , struct sched_poll poll = {.timeout = 1}; hypercall_sched_op(SCHEDOP_poll, &poll));
    LONGEST("sched.poll.0", , struct sched_poll poll = {.timeout = 1}; hypercall_sched_op(SCHEDOP_poll, &poll));
    LONGEST("sched.poll.128", , poll_128(area + 4096 - 255));
    LONGEST("sched.yield", evtchn_reset(DOMID_SELF), sched_yield());
    LONGEST("sched.shutdown_code", , hypercall_sched_op(SCHEDOP_shutdown_code, &code));
    LONGEST("sched.remote_shutdown", , hypercall_sched_op(SCHEDOP_remote_shutdown, &remote));
    LONGEST("sched.watchdog", , hypercall_sched_op(SCHEDOP_watchdog, &watchdog));
    LONGEST("sched.watchdog.off", watchdog.timeout = 0; watchdog.id = 1, hypercall_sched_op(SCHEDOP_watchdog, &watchdog));
    LONGEST("vcpu.register_vcpu_info", , events_register_vcpu_info(0, event_page(1)));
}

static void say(const char *text, uint32_t count)
{
    hypercall_console_io(CONSOLEIO_write, count, text);
}

static void console(void)
{
    enum { LINE = 255 };

    LONGEST("console.newlines", memset(area, '\n', sizeof(area)), say(area, 64));
    LONGEST("console.full_line", memset(area, '#', sizeof(area)), say(area + 1, LINE + 1));
    LONGEST("console.long_text", say("\n", 1), say(area + 1, 1000));
    LONGEST("console.line", area[LINE] = '\n', say(area, LINE + 1));
    LONGEST("console.lines", memset(area, '\n', sizeof(area)); memset(area, '#', LINE), say(area, LINE + 64));
    LONGEST("console.dropped", memset(area, 0, sizeof(area)), say(area + 1, 4096));
    LONGEST("console.read", , hypercall_console_io(CONSOLEIO_read, 4096, area));
}

static void every_version(char *to)
{
    for (uint32_t command = 0; command <= XENVER_changeset2; command++)
        hypercall_xen_version(command, to);
}

static void version(void)
{
    LONGEST("version.aligned", , every_version(area + 4096 - 512));
    LONGEST("version.misaligned", , every_version(area + 4096 - 511));
}

static void firmware(void)
{
    static const uint32_t functions[] = {PSCI_VERSION, PSCI_CPU_ON, PSCI_AFFINITY_INFO, PSCI_FEATURES, PSCI_MIGRATE_INFO_TYPE};

    LONGEST("psci", , for (uint32_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) psci(functions[i], 0, 0, 0));
}

static void hvm(void)
{
    static struct xen_hvm_param param = {.domid = DOMID_SELF};

    LONGEST("hvm", , for (uint32_t op = 0; op < 2; op++) hypercall_hvm_op(op, &param));
}

/* ---- lists of pages ---- */

enum { SPARE_PAGES = 0x90000, EXTENTS = 64 }; /* behind the image, as in memory.c */

static uint64_t frames[EXTENTS];

static void list_pages(uint32_t step)
{
    for (uint32_t i = 0; i < EXTENTS; i++)
        frames[i] = ((uint32_t)machine.bank[0].base + SPARE_PAGES + i * step * XEN_PAGE_SIZE) >> XEN_PAGE_SHIFT;
}

static int32_t reservation(uint32_t op, uint32_t count, uint32_t order)
{
    const struct xen_memory_reservation extents = {
        .extent_start = (uintptr_t)frames, .nr_extents = count, .extent_order = order, .domid = DOMID_SELF};

    return hypercall_memory_op(op, &extents);
}

static void remove_pages(uint32_t count)
{
    struct xen_remove_from_physmap request = {.domid = DOMID_SELF};

    for (uint32_t i = 0; i < count; i++) {
        request.gpfn = frames[i];
        hypercall_memory_op(XENMEM_remove_from_physmap, &request);
    }
}

/* Runs of pages, then single ones until there is no slot for one more hole. */
static void memory(void)
{
    LONGEST("memory.out.64", list_pages(1), reservation(XENMEM_decrease_reservation, EXTENTS, 0));
    LONGEST("memory.out.again", , reservation(XENMEM_decrease_reservation, EXTENTS, 0));
    LONGEST("memory.in.64", , reservation(XENMEM_populate_physmap, EXTENTS, 0));
    LONGEST("memory.in.again", , reservation(XENMEM_populate_physmap, EXTENTS, 0));
    LONGEST("memory.out.order_6", , reservation(XENMEM_decrease_reservation, 1, 6));
    LONGEST("memory.in.order_6", , reservation(XENMEM_populate_physmap, 1, 6));
    LONGEST("memory.out.scattered", list_pages(2), reservation(XENMEM_decrease_reservation, EXTENTS / 2, 0));
    LONGEST("memory.in.scattered", , reservation(XENMEM_populate_physmap, 8, 0));
    LONGEST("memory.remove", list_pages(1), remove_pages(EXTENTS));
    LONGEST("memory.in.removed", , reservation(XENMEM_populate_physmap, EXTENTS, 0));
    LONGEST("memory.maximum_gpfn", , hypercall_memory_op(XENMEM_maximum_gpfn, &(uint16_t){DOMID_SELF}));
}

#include "longest_mpu.h"

/* ---- the emulated interrupt controller: every interrupt of the vCPU enabled, pending, withdrawn ---- */

static void gic(void)
{
    enum { ISENABLER = 0x10100, ICENABLER = 0x10180, ISPENDR = 0x10200, ICPENDR = 0x10280 };
    const uint32_t sgi = machine.gicr;

    LONGEST("gic.pend", , *(volatile uint32_t *)(uintptr_t)(sgi + ISPENDR) = UINT32_MAX);
    LONGEST("gic.enable", , *(volatile uint32_t *)(uintptr_t)(sgi + ISENABLER) = UINT32_MAX);
    LONGEST("gic.disable", , *(volatile uint32_t *)(uintptr_t)(sgi + ICENABLER) = UINT32_MAX);
    LONGEST("gic.enable.again", , *(volatile uint32_t *)(uintptr_t)(sgi + ISENABLER) = UINT32_MAX);
    LONGEST("gic.withdraw", , *(volatile uint32_t *)(uintptr_t)(sgi + ICPENDR) = UINT32_MAX);
    LONGEST("gic.pend.again", , *(volatile uint32_t *)(uintptr_t)(sgi + ISPENDR) = UINT32_MAX);
    LONGEST("gic.withdraw.again", , *(volatile uint32_t *)(uintptr_t)(sgi + ICPENDR) = UINT32_MAX);
}

BENCH(irqoff, calls, IDS "S4-13", WHY "no call holds up an interrupt", NEEDS "system=bench-pair " EVERY_STRATEGY)
{
    irq_init();
    events();
    sched();
    console();
    version();
    firmware();
    hvm();
    memory();
    mpu_walked();
    gic();
    longest_end();
}
