/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arm's SMMU, version 3, as a bus firewall: it translates nothing. A stream is either closed, then every access of its
 * master is refused and told, or open, then it passes as it is. Source: Arm IHI 0070.
 *
 * Rules: a machine without one has no firewall_base in its configuration, and nothing here touches the hardware then.
 * Closed is stage 2 with a table that maps nothing, because the event of a fault says address and direction; that of an
 * aborting or invalid entry does not. Streams of nobody have an invalid entry, or none. Changes are made under memory_lock
 * or before any guest runs, one at a time, and are complete when the call returns. The event queue is CPU 0's.
 */
#include "hv/bus_firewall.h"

#include "hv/arch.h"
#include "hv/gic.h"
#include "hv/mmio.h"
#include "hv/panic.h"

enum { /* registers */
    IDR0 = 0x00,
    IDR1 = 0x04,
    IDR5 = 0x14,
    CR0 = 0x20,
    CR0ACK = 0x24,
    CR1 = 0x28,
    CR2 = 0x2c,
    GBPA = 0x44,
    IRQ_CTRL = 0x50,
    IRQ_CTRLACK = 0x54,
    STRTAB_BASE = 0x80,
    STRTAB_BASE_CFG = 0x88,
    CMDQ_BASE = 0x90,
    CMDQ_PROD = 0x98,
    CMDQ_CONS = 0x9c,
    EVENTQ_BASE = 0xa0,
    EVENTQ_IRQ_CFG0 = 0xb0,
    EVENTQ_PROD = 0x100a8,
    EVENTQ_CONS = 0x100ac,
};

enum {
    IDR0_S2P = 1 << 0,
    IDR0_TTF_AARCH64 = 2 << 2,
    IDR0_COHACC = 1 << 4,
    IDR0_ATS_SHIFT = 10,
    IDR0_TTENDIAN = 3 << 21, /* 3: big-endian alone */
    IDR1_SIDSIZE = 0x3f,
    IDR1_EVENTQS_SHIFT = 16,
    IDR1_CMDQS_SHIFT = 21,
    IDR1_QUEUE_MASK = 0x1f,
    IDR1_PRESET = 3 << 29, /* tables or queues in places of its own */
    IDR5_OAS = 7,
    IDR5_GRAN4K = 1 << 4,

    CR0_SMMUEN = 1 << 0,
    CR0_EVENTQEN = 1 << 2,
    CR0_CMDQEN = 1 << 3,
    CR0_ATSCHK_SHIFT = 4,
    CR1_COHERENT = 0xd75, /* tables and queues: Inner Shareable, write-back */
    CR2_RECINVSID = 1 << 1, /* a stream beyond the table is an event too */
    CR2_PTM = 1 << 2,       /* TLBI of CPUs is about their own TLBs */
    GBPA_ABORT = 1 << 20,
    IRQ_CTRL_EVENTQ = 1 << 2,

    STREAM_BITS = 8,
    COMMAND_BITS = 3,
    EVENT_BITS = 5,
    TABLE_ENTRIES = 512,
    STAGE2_BITS = 39, /* a table of 512 gigabytes */
    OAS_40_BITS = 2,

    CMD_CFGI_STE = 0x03,
    CMD_CFGI_ALL = 0x04,
    CMD_TLBI_NSNH_ALL = 0x30,
    CMD_SYNC = 0x46,
    CFGI_LEAF = 1,
    CFGI_EVERYTHING = 31,

    PATIENCE = 100000, /* looks */
};
#define GBPA_UPDATE 0x80000000u
#define QUEUE_OVERFLOW 0x80000000u
#define READ_ALLOCATE (1u << 30) /* of the upper word of a base */
#define EVENT_READ (1ull << 35)

#define STE_VALID 1ull
#define STE_CLOSED (STE_VALID | 6ull << 1) /* stage 2 alone */
#define STE_OPEN (STE_VALID | 4ull << 1)   /* bypass */
#define STE_SHARE_AS_IT_COMES (1ull << 44)
/* Levels 1 ... 3 of 4 KiB, walked as EL2 writes them; the access flag is not looked at, a fault is recorded. */
#define STE_STAGE2 (((64ull - STAGE2_BITS) << 32) | 1ull << 38 | 1ull << 40 | 1ull << 42 | 3ull << 44 | (uint64_t)OAS_40_BITS << 48 | 1ull << 51 | 1ull << 53 | \
                    1ull << 58)

#define NOT_AT_BOOT __attribute__((section(".noinit"))) /* cleared where there is an SMMU */

static struct {
    uint64_t word[8];
} streams[1 << STREAM_BITS] NOT_AT_BOOT __attribute__((aligned(64 << STREAM_BITS)));

_Static_assert(1 << STREAM_BITS == FIREWALL_MAX_STREAMS, "a table of one level");

static uint64_t nothing[TABLE_ENTRIES] NOT_AT_BOOT __attribute__((aligned(4096)));
static uint64_t commands[1 << COMMAND_BITS][2] NOT_AT_BOOT __attribute__((aligned(16 << COMMAND_BITS)));
static uint64_t volatile events[1 << EVENT_BITS][4] NOT_AT_BOOT __attribute__((aligned(32 << EVENT_BITS)));

const uintptr_t firewall_table;
uint32_t firewall_intid;

static uintptr_t base;
static uint32_t producer; /* of commands; the bit above the index is that of the round */
static uint32_t stream_of[FIREWALL_MAX_MASTERS];

static struct {
    uint32_t count;
    uintptr_t address; /* bit 0: it was a write */
} refused[FIREWALL_MAX_MASTERS];

static uint32_t read(uint32_t offset)
{
    return mmio_read32(base + offset);
}

static void write(uint32_t offset, uint32_t value)
{
    mmio_write32(base + offset, value);
}

static void write_base(uint32_t offset, const volatile void *table, uint32_t low_bits)
{
    write(offset, (uint32_t)(uintptr_t)table | low_bits);
    write(offset + 4, (uint32_t)((uint64_t)(uintptr_t)table >> 32) | READ_ALLOCATE);
}

static void wait_for(uint32_t offset, uint32_t mask, uint32_t value, const char *name)
{
    for (uint32_t looks = 0; (read(offset) & mask) != value; looks++) {
        if (looks == PATIENCE)
            panic("the SMMU does not answer: %s is 0x%x", name, (unsigned)read(offset));
        arch_relax();
    }
}

/* A PCI device that says that it has translated by itself is checked like any other, where the part knows of such. */
static void set_control(uint32_t value)
{
    write(CR0, value | (read(IDR0) >> IDR0_ATS_SHIFT & 1) << CR0_ATSCHK_SHIFT);
    wait_for(CR0ACK, CR0_SMMUEN | CR0_EVENTQEN | CR0_CMDQEN, value, "CR0ACK");
}

static bool is_fit(uint32_t idr0, uint32_t idr1, uint32_t idr5)
{
    const uint32_t needed = IDR0_S2P | IDR0_TTF_AARCH64 | IDR0_COHACC;

    return (idr0 & needed) == needed && (idr0 & IDR0_TTENDIAN) != IDR0_TTENDIAN && !(idr1 & IDR1_PRESET) &&
           (idr1 & IDR1_SIDSIZE) >= STREAM_BITS && (idr1 >> IDR1_EVENTQS_SHIFT & IDR1_QUEUE_MASK) >= EVENT_BITS &&
           (idr1 >> IDR1_CMDQS_SHIFT & IDR1_QUEUE_MASK) >= COMMAND_BITS && idr5 & IDR5_GRAN4K && (idr5 & IDR5_OAS) >= OAS_40_BITS;
}

static void check_part(void)
{
    if (!is_fit(read(IDR0), read(IDR1), read(IDR5)))
        panic("no SMMU for this driver: IDR0 0x%x IDR1 0x%x IDR5 0x%x; it needs stage 2 of AArch64 with 4 KiB and 40 bits, coherent, "
              "and tables and queues in memory",
              (unsigned)read(IDR0), (unsigned)read(IDR1), (unsigned)read(IDR5));
}

/* From here on nothing passes, whoever had it before. */
static void shut(void)
{
    write(GBPA, GBPA_UPDATE | GBPA_ABORT);
    wait_for(GBPA, GBPA_UPDATE, 0, "GBPA");
    set_control(0);
    write(IRQ_CTRL, 0);
    wait_for(IRQ_CTRLACK, IRQ_CTRL_EVENTQ, 0, "IRQ_CTRLACK");
}

/* One command, and when it returns that is done and what passed before it has arrived. */
static void command(uint64_t first, uint64_t second)
{
    const uint64_t sequence[][2] = {{first, second}, {CMD_SYNC, 0}};

    for (uint32_t i = 0; i < ARRAY_SIZE(sequence); i++) {
        uint64_t *const slot = commands[producer % ARRAY_SIZE(commands)];

        slot[0] = sequence[i][0];
        slot[1] = sequence[i][1];
        producer = (producer + 1) % (2 * ARRAY_SIZE(commands));
    }
    arch_dsb(); /* the tables and the commands are there before the word that says so */
    write(CMDQ_PROD, producer);
    wait_for(CMDQ_CONS, 2 * ARRAY_SIZE(commands) - 1, producer, "CMDQ_CONS");
    arch_dsb(); /* and what relies on it comes after */
}

/* One doubleword: the entry is whole before and after. */
static void set_stream(uint32_t master, uint64_t word)
{
    uint64_t volatile *const entry = streams[stream_of[master]].word;

    if (entry[0] == word)
        return;
    entry[0] = word;
    command(CMD_CFGI_STE | (uint64_t)stream_of[master] << 32, CFGI_LEAF);
}

static void close_stream(uint32_t stream)
{
    uint64_t *const word = streams[stream].word;

    word[1] = STE_SHARE_AS_IT_COMES;
    word[2] = STE_STAGE2;
    word[3] = (uintptr_t)nothing;
    word[0] = STE_CLOSED;
}

static void make_tables(const struct config_header *config)
{
    const struct config_master *const masters = (const struct config_master *)((const char *)config + config->masters);

    arch_zero_words((uint32_t *)streams, (uint32_t *)(streams + ARRAY_SIZE(streams)));
    arch_zero_words((uint32_t *)nothing, (uint32_t *)(nothing + ARRAY_SIZE(nothing)));
    for (uint32_t i = 0; i < FIREWALL_MAX_MASTERS; i++)
        stream_of[i] = ARRAY_SIZE(streams); /* of nobody */
    for (uint32_t i = 0; i < config->nr_masters; i++) {
        if (!masters[i].flags)
            continue;
        stream_of[masters[i].number] = masters[i].stream;
        close_stream(masters[i].stream);
    }
}

static void start(void)
{
    write(CR1, CR1_COHERENT);
    write(CR2, CR2_RECINVSID | CR2_PTM);
    write_base(STRTAB_BASE, streams, 0);
    write(STRTAB_BASE_CFG, STREAM_BITS); /* one level */
    write_base(CMDQ_BASE, commands, COMMAND_BITS);
    write(CMDQ_PROD, 0);
    write(CMDQ_CONS, 0);
    write_base(EVENTQ_BASE, events, EVENT_BITS);
    write(EVENTQ_PROD, 0);
    write(EVENTQ_CONS, 0);
    arch_dsb();
    set_control(CR0_CMDQEN);
    command(CMD_CFGI_ALL, CFGI_EVERYTHING);
    command(CMD_TLBI_NSNH_ALL, 0);
    set_control(CR0_CMDQEN | CR0_EVENTQEN);
    write(EVENTQ_IRQ_CFG0, 0); /* no message: the wire */
    write(EVENTQ_IRQ_CFG0 + 4, 0);
    write(IRQ_CTRL, IRQ_CTRL_EVENTQ);
    wait_for(IRQ_CTRLACK, IRQ_CTRL_EVENTQ, IRQ_CTRL_EVENTQ, "IRQ_CTRLACK");
    set_control(CR0_CMDQEN | CR0_EVENTQEN | CR0_SMMUEN);
}

void firewall_init(const struct config_header *config)
{
    base = (uintptr_t)config->firewall_base;
    if (base == 0)
        return;
    firewall_intid = config->firewall_intid;
    gic_set_edge(firewall_intid); /* the first event may come before anybody listens */
    check_part();
    shut();
    make_tables(config);
    start();
}

void firewall_close(uint32_t master)
{
    set_stream(master, STE_CLOSED);
}

bool firewall_is_obeyed(uint32_t master)
{
    (void)master;
    return true;
}

void firewall_set_ranges(uint32_t master, const struct firewall_range *ranges, uint32_t nr)
{
    (void)master;
    (void)ranges;
    (void)nr;
}

void firewall_open(uint32_t master, bool checked)
{
    (void)checked; /* syscfg lets no master of such a board be checked */
    if (base && stream_of[master] < ARRAY_SIZE(streams)) /* others are beside it */
        set_stream(master, STE_OPEN);
}

static void record(const uint64_t volatile *event)
{
    for (uint32_t i = 0; i < FIREWALL_MAX_MASTERS; i++) {
        if (stream_of[i] != event[0] >> 32)
            continue;
        refused[i].count++;
        refused[i].address = (event[2] & ~1ull) | !(event[1] & EVENT_READ);
    }
}

/*
 * Until none has come meanwhile: the next interrupt is of a queue that was empty. One that is refilled as fast as this is
 * left as it is, and nothing is told any more.
 */
static void take_events(void)
{
    const uint32_t mask = 2 * ARRAY_SIZE(events) - 1;
    uint32_t consumer = read(EVENTQ_CONS) & mask;

    for (uint32_t n = 0; n < 2 * ARRAY_SIZE(events); n++) {
        const uint32_t last = read(EVENTQ_PROD);

        if (consumer == (last & mask))
            break;
        arch_dmb(); /* the word that says it is there before the event */
        record(events[consumer % ARRAY_SIZE(events)]);
        consumer = (consumer + 1) & mask;
        arch_dmb(); /* the event before the word that gives its place away */
        write(EVENTQ_CONS, consumer | (last & QUEUE_OVERFLOW));
    }
}

/* After its interrupt, so there is one. */
uint32_t firewall_refused(uint32_t master, uintptr_t *address)
{
    take_events();
    *address = refused[master].address;
    return refused[master].count;
}
