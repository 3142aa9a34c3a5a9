/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long a hypercall keeps interrupts masked: each call with its worst arguments, in the worst state the caller
 * can bring about. A series is one call, or one state and what follows from it; what is counted is the longest
 * stretch from one series' end to the next, preparations included. The names are printed at the end, because
 * printing is a hypercall too.
 */
#include "bench.h"

enum { MAX_SERIES = 64, LAST_PORT = EVTCHN_DOM0LESS_MAX_PORT, STATIC_PORT = 10 };

static const char *names[MAX_SERIES];
static uint32_t nr_series;

/* One series of one round: the state, then the call between the marks. */
#define LONGEST(name, state, ...)                          \
    do {                                                   \
        state;                                             \
        round_start();                                     \
        __VA_ARGS__;                                       \
        round_stop();                                      \
        __asm__ volatile("mov r10, r10" ::: "memory");     \
        names[nr_series++] = name;                         \
    } while (0)

static void print_names(void)
{
    for (uint32_t i = 0; i < nr_series; i++)
        note("series irqoff.%s", names[i]);
}

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
    struct sched_poll poll = {.ports = (uint32_t)list, .nr_ports = PORTS, .timeout = 1};

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

static void version(void)
{
    static const char *const misaligned[] = {"version.aligned", "version.misaligned"};

    for (uint32_t shift = 0; shift < 2; shift++) {
        char *const to = area + 4096 - 512 + shift;
        LONGEST(misaligned[shift], ,
                for (uint32_t command = 0; command <= XENVER_changeset2; command++) hypercall_xen_version(command, to));
    }
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

static void calls(void)
{
    irq_init();
    events();
    sched();
    console();
    version();
    firmware();
    hvm();
}

BENCH(irqoff, calls, IDS "S4-13", WHY "no call holds up an interrupt",
      NEEDS "system=bench-pair strategies=window,window-domain,switch,switch-entry,auto,mask,background,background-always,shared")
{
    calls();
    print_names();
}
