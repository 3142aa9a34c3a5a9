/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A DMA engine as a program: CPU 1 at EL2, MPU and caches off, so nothing but the bus firewall below stands
 * between it and memory. One burst of one channel at a time, round robin; between two bursts it obeys the
 * firewall (hv/bus_firewall.h) and its own registers (abi/dma_engine.h).
 *
 * Rules: no interrupts, no stack deeper than a few frames, no memory of its own but this image. It trusts nobody:
 * what it reads from registers and descriptors may be anything.
 */
#include "abi/dma_engine.h"
#include "hv/bus_firewall.h"

enum {
    REGISTERS = 0x2f010000,
    REGISTERS_STRIDE = 0x1000,
    FIRST_INTID = 32 + 64,   /* of channel 0; one each */
    FIREWALL_INTID = 32 + 95,
    LATE_TURNS = 100,
    GICD_ISPENDR3 = (int)0xf000020c, /* INTIDs 96 ... 127 */
};

/* Where memory answers. The engine's own is not on its bus. */
static const struct firewall_range memory[] = {
    {0x10000000, 0x10080000}, /* BRAM */
    {0x20000000, 0x2f000000}, /* DDR below the engine */
    {REGISTERS + DMA_NR_CHANNELS * REGISTERS_STRIDE, 0xe0000000},
};

/* Channel 2 has 26 address lines: DDR's first 64 MiB. */
static const struct firewall_range everywhere[] = {{0, 0}}, first_64_mib[] = {{0x20000000, 0x24000000}};

enum state { IDLE, FETCH, MOVE };

struct channel {
    struct dma_registers *registers;
    struct firewall_master *gate;
    const struct firewall_range *reach;
    uint32_t number;
    enum state state;
    uint32_t next;             /* FETCH: where the descriptor lies */
    struct dma_descriptor now; /* MOVE: what is done, and how much of it */
    uint32_t done;
};

enum access { READ = 0, WRITE = 1 };

static struct channel channels[DMA_NR_CHANNELS];

static void dmb(void) { __asm__ volatile("dmb" ::: "memory"); }
static void dsb(void) { __asm__ volatile("dsb" ::: "memory"); }
static void yield(void) { __asm__ volatile("yield" ::: "memory"); }

/* Edge-triggered: what was written before is visible to whoever takes it. */
static void raise_interrupt(uint32_t intid)
{
    dsb();
    *(uint32_t volatile *)(uintptr_t)GICD_ISPENDR3 = BIT(intid & 31);
}

/* All of [address, address + bytes) in one of the ranges; bytes is not 0. */
static bool is_inside(const struct firewall_range volatile *ranges, uint32_t nr, uint32_t address, uint32_t bytes)
{
    const uint32_t last = address + bytes - 1;

    for (uint32_t i = 0; i < nr; i++) {
        if (address >= ranges[i].base && last >= address && last <= ranges[i].limit - 1)
            return true;
    }
    return false;
}

/* The firewall's look before each burst. Returns its control word. */
static uint32_t obey(struct firewall_master *gate)
{
    const uint32_t control = gate->control;

    if (gate->obeyed != control) {
        dmb(); /* the bursts before */
        gate->obeyed = control;
    }
    dmb(); /* ranges after the control word that says they stand */
    return control;
}

static void refuse(struct firewall_master *gate, uint32_t address, enum access access)
{
    gate->refused_address = (address & ~1u) | access;
    gate->refused++;
    raise_interrupt(FIREWALL_INTID);
}

/* May this burst be on the bus? */
static enum dma_error check(const struct channel *c, uint32_t address, uint32_t bytes, enum access access)
{
    struct firewall_master *const gate = c->gate;

    if (!is_inside(memory, ARRAY_SIZE(memory), address, bytes))
        return DMA_ERROR_BUS;
    if (!is_inside(c->reach, 1, address, bytes))
        return DMA_ERROR_REACH;
    if (gate->obeyed & FIREWALL_CHECKED && !is_inside(gate->ranges, gate->nr_ranges, address, bytes)) {
        refuse(gate, address, access);
        return DMA_ERROR_FIREWALL;
    }
    return DMA_ERROR_NONE;
}

static void reset(struct channel *c)
{
    struct dma_registers *const r = c->registers;

    c->state = IDLE;
    r->doorbell = 0;
    r->status = 0;
    r->descriptor = 0;
    r->irq_enable = 0;
    r->completed = 0;
    r->error = 0;
    r->error_address = 0;
    r->moved = 0;
    r->id = DMA_ID;
    dmb();
    r->control = 0;
}

static void interrupt(const struct channel *c)
{
    if (c->registers->irq_enable)
        raise_interrupt(FIRST_INTID + c->number);
}

static void fail(struct channel *c, enum dma_error error, uint32_t address)
{
    c->state = IDLE;
    c->registers->error = error;
    c->registers->error_address = address;
    c->registers->status = DMA_FAILED;
    interrupt(c);
}

static void begin(struct channel *c)
{
    struct dma_registers *const r = c->registers;

    if (!r->doorbell)
        return;
    dmb();
    c->next = r->descriptor;
    c->state = FETCH;
    r->error = DMA_ERROR_NONE;
    r->error_address = 0;
    r->status = DMA_BUSY;
    dmb();
    r->doorbell = 0; /* begun: whoever sees this sees it busy */
}

static void fetch(struct channel *c)
{
    enum { ALL = DMA_FILL | DMA_LOOP | DMA_IRQ | DMA_HANG | DMA_LATE };
    const uint32_t volatile *const from = (const uint32_t volatile *)(uintptr_t)c->next;
    enum dma_error error = c->next % sizeof(uint32_t) ? DMA_ERROR_DESCRIPTOR : DMA_ERROR_NONE;

    if (!error)
        error = check(c, c->next, sizeof(c->now), READ);
    if (!error) {
        c->now = (struct dma_descriptor){from[0], from[1], from[2], from[3], from[4]};
        error = c->now.flags & ~(uint32_t)ALL ? DMA_ERROR_DESCRIPTOR : DMA_ERROR_NONE;
    }
    if (error) {
        fail(c, error, c->next);
        return;
    }
    c->done = 0;
    c->state = MOVE;
}

/* The last byte of the descriptor is written. */
static void finish(struct channel *c)
{
    struct dma_registers *const r = c->registers;

    c->done = 0;
    if (!(c->now.flags & DMA_LOOP)) {
        c->next = c->now.next;
        c->state = c->next ? FETCH : IDLE;
    }
    if (c->state == IDLE) {
        r->completed++;
        dmb();
        r->status = DMA_DONE;
    }
    if (c->now.flags & DMA_IRQ)
        interrupt(c);
}

static uint32_t up_to_boundary(uint32_t address)
{
    return DMA_BURST_BYTES - address % DMA_BURST_BYTES;
}

static void copy(uint32_t to, uint32_t from, uint32_t bytes)
{
    if ((to | from | bytes) % sizeof(uint32_t) == 0) {
        for (uint32_t i = 0; i < bytes; i += sizeof(uint32_t))
            *(uint32_t volatile *)(uintptr_t)(to + i) = *(const uint32_t volatile *)(uintptr_t)(from + i);
        return;
    }
    for (uint32_t i = 0; i < bytes; i++)
        *(uint8_t volatile *)(uintptr_t)(to + i) = *(const uint8_t volatile *)(uintptr_t)(from + i);
}

static void fill(uint32_t to, uint32_t word, uint32_t bytes)
{
    for (const uint32_t end = to + bytes; to != end; to++)
        *(uint8_t volatile *)(uintptr_t)to = (uint8_t)(word >> 8 * (to % sizeof(word)));
}

/* The other CPU goes on meanwhile. */
static void dawdle(void)
{
    for (uint32_t i = 0; i < LATE_TURNS; i++)
        yield();
}

/* One burst: it crosses no 64-byte boundary, so it lies in one page on either side. */
static void move(struct channel *c)
{
    const bool fills = c->now.flags & DMA_FILL;
    const uint32_t to = c->now.destination + c->done, from = fills ? c->now.source : c->now.source + c->done;
    uint32_t bytes = c->now.bytes - c->done;
    enum dma_error error = DMA_ERROR_NONE;

    if (bytes > up_to_boundary(to))
        bytes = up_to_boundary(to);
    if (!fills && bytes > up_to_boundary(from))
        bytes = up_to_boundary(from);
    if (bytes == 0) {
        finish(c);
        return;
    }
    if (!fills && (error = check(c, from, bytes, READ)) != DMA_ERROR_NONE) {
        fail(c, error, from);
        return;
    }
    error = check(c, to, bytes, WRITE);
    if (error) {
        fail(c, error, to);
        return;
    }
    if (c->now.flags & DMA_LATE)
        dawdle();
    if (fills)
        fill(to, from, bytes);
    else
        copy(to, from, bytes);
    c->registers->moved += bytes;
    c->done += bytes;
    if (c->done == c->now.bytes)
        finish(c);
}

static void step(struct channel *c)
{
    const uint32_t control = obey(c->gate);

    if (c->registers->control & DMA_STOP && !(c->state == MOVE && c->now.flags & DMA_HANG))
        reset(c);
    if (!(control & FIREWALL_OPEN))
        return;
    switch (c->state) {
    case IDLE:
        begin(c);
        break;
    case FETCH:
        fetch(c);
        break;
    case MOVE:
        move(c);
        break;
    }
}

static void init(struct channel *c, uint32_t number, struct firewall *firewall)
{
    c->registers = (struct dma_registers *)(uintptr_t)(REGISTERS + number * REGISTERS_STRIDE);
    c->gate = &firewall->masters[number];
    c->reach = number == 2 ? first_64_mib : everywhere;
    c->number = number;
    reset(c);
}

noreturn_fn void engine_main(struct firewall *firewall)
{
    for (uint32_t n = 0; n < DMA_NR_CHANNELS; n++)
        init(&channels[n], n, firewall);
    for (;;) {
        for (uint32_t n = 0; n < DMA_NR_CHANNELS; n++)
            step(&channels[n]);
        yield(); /* an emulator that runs one CPU at a time lets the other one go on */
    }
}
