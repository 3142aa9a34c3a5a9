/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of the virtual GICv3: one table for the distributor, two for a redistributor. Source: Arm
 * IHI 0069, chapter Programmers' model, for one security state with affinity routing and no LPIs.
 *
 * Interrupts that do not exist and SPIs that are not the domain's read as 0 and ignore writes. Every
 * interrupt is group 1. Triggers are fixed: SGIs edge, PPIs level, SPIs as the device tree says. A change of
 * a vCPU on the other CPU reaches its list registers a moment later; what is pending or active there cannot
 * be seen or cleared from here. An offset without a register, or a size it does not have, does not answer.
 */
#include "vgic_bits.h"

#include "abi/xen.h"
#include "hv/lock.h"

enum {
    SIZE_8 = 1,
    SIZE_32 = 4,
    SIZE_64 = 8, /* also one bit each in a mask of sizes */

    FRAME_STRIDE = 0x20000,
    SGI_FRAME = 0x10000,

    CTLR_READ = 1 << 6 | 1 << 4, /* DS: one security state; ARE: affinity routing is always on */
    CTLR_ENABLES = 3,
    TYPER_DISTRIBUTOR = 1 << 25 | 9 << 19 | (VGIC_NR_WORDS - 1), /* No1N, 10 bits of INTID, lines */
    TYPER_LAST = 1 << 4,
    IIDR = 0x43b,
    PIDR2_GICV3 = 0x3b,
    SGIS_ALWAYS_EDGE = (int)0xaaaaaaaa,
    PRIORITY_BITS = 0xf8,
    WAKER_ASLEEP = 1 << 2,
    UPCALL_RESAMPLE = INTID_EVENT_UPCALL,
};

/* Order of the blocks of one bit an interrupt, 0x80 bytes each from 0x80 on. */
enum block { IGROUPR, ISENABLER, ICENABLER, ISPENDR, ICPENDR, ISACTIVER, ICACTIVER };

struct access {
    struct domain *d;
    struct vcpu *target; /* whose redistributor; NULL: the distributor */
    uint32_t offset;     /* from the first register of the table's line */
    uint32_t size;
    bool write;
    uint32_t value, high; /* in or out; high: upper word of a 64-bit read */
};

struct registers {
    uint16_t first, limit; /* offsets in the frame */
    uint32_t sizes;        /* SIZE_ bits ORed */
    void (*access)(struct access *a);
    uint32_t constant; /* for read_constant */
};

static struct lock vgic_lock;

static bool is_here(const struct vcpu *v)
{
    return v->cpu == cpu_this();
}

/* The configuration of one vCPU, or of all, has changed. */
static void changed(const struct access *a)
{
    for (uint32_t i = 0; i < a->d->nr_vcpus; i++) {
        struct vcpu *const v = &a->d->vcpus[i];

        if (a->target != NULL && a->target != v)
            continue;
        if (is_here(v))
            vgic_refresh(v);
        else
            smp_request_inject(v, UPCALL_RESAMPLE);
    }
}

/* With the lock held. */
static void route_spi(struct domain *d, uint32_t spi)
{
    const struct vgic_domain *const g = &d->vgic;
    const uint32_t intid = VGIC_FIRST_SPI + spi;

    if (intid == g->emulated)
        return;
    if (g->spi[spi / 32].enabled >> spi % 32 & 1)
        gic_enable_spi(intid, d->vcpus[g->target[spi]].cpu_id);
    else
        gic_mask_spi(intid);
}

static void read_constant(struct access *a)
{
    (void)a; /* the value is there already */
}

static void distributor_ctlr(struct access *a)
{
    if (a->write) {
        a->d->vgic.ctlr = a->value & CTLR_ENABLES;
        vgic_update_spis(a->d);
    }
    a->value = CTLR_READ | a->d->vgic.ctlr;
}

/* Aff3 ... Aff0 in the upper word; processor number; Last. */
static void redistributor_typer(struct access *a)
{
    const uint32_t id = a->target->id;
    const uint32_t low = id << 8 | (id + 1 == a->d->nr_vcpus ? (uint32_t)TYPER_LAST : 0);

    a->value = a->offset == 0 ? low : id;
    a->high = id;
}

static void redistributor_waker(struct access *a)
{
    if (a->write)
        a->target->vgic.waker = a->value & VGIC_WAKER_SLEEP;
    a->value = a->target->vgic.waker ? VGIC_WAKER_SLEEP | WAKER_ASLEEP : 0;
}

/* Pending or active state of 32 interrupts, as far as it is on this CPU. */
static uint32_t read_state(const struct access *a, uint32_t word, uint32_t lrc_state)
{
    uint32_t bits = 0;

    for (uint32_t i = 0; i < a->d->nr_vcpus; i++) {
        struct vcpu *const v = &a->d->vcpus[i];

        if (is_here(v) && (a->target == NULL || a->target == v))
            bits |= vgic_state_word(v, word, lrc_state);
    }
    if (word > 0 && lrc_state == LRC_STATE_PENDING)
        bits |= gic_spis_pending(32 * word);
    return bits;
}

static void set_pending(const struct access *a, uint32_t intid)
{
    struct vcpu *const v = a->target != NULL ? a->target : &a->d->vcpus[a->d->vgic.target[intid - VGIC_FIRST_SPI]];

    if (a->target == NULL && intid != a->d->vgic.emulated)
        gic_set_spi_pending(intid, true); /* comes back as the device's interrupt */
    else if (intid == INTID_EVENT_UPCALL)
        return; /* its line is the upcall flag */
    else
        vgic_post(v, intid);
}

static void clear_states(const struct access *a, uint32_t word, uint32_t mask, uint32_t lrc_state)
{
    for (uint32_t i = 0; i < a->d->nr_vcpus; i++) {
        struct vcpu *const v = &a->d->vcpus[i];

        if (is_here(v) && (a->target == NULL || a->target == v))
            vgic_withdraw(v, word, mask, lrc_state);
    }
}

/* What is done for each interrupt of a word. */
static void write_bit(const struct access *a, enum block block, uint32_t intid, bool switched)
{
    if (block == ISPENDR)
        set_pending(a, intid);
    else if (block == ICPENDR && a->target == NULL && intid != a->d->vgic.emulated)
        gic_set_spi_pending(intid, false);
    if (a->target == NULL) {
        vgic_update_spi(a->d, intid - VGIC_FIRST_SPI);
        if (switched)
            route_spi(a->d, intid - VGIC_FIRST_SPI);
    }
}

static void write_bits(struct access *a, enum block block, uint32_t word, struct vgic_bits *bits)
{
    const uint32_t before = bits->enabled;

    switch (block) {
    case IGROUPR:
        return;
    case ISENABLER:
        bits->enabled |= a->value;
        break;
    case ICENABLER:
        bits->enabled &= ~a->value;
        break;
    case ISACTIVER:
        bits->active |= a->value;
        break;
    case ICACTIVER:
        bits->active &= ~a->value;
        clear_states(a, word, a->value, LRC_STATE_ACTIVE);
        break;
    case ISPENDR:
        if (a->target != NULL && is_here(a->target)) { /* all at once: a write is one stretch with interrupts masked */
            vgic_pend(a->target, a->value);
            return;
        }
        break;
    case ICPENDR:
        break;
    }
    const bool each = a->target == NULL || block == ISPENDR;
    for (uint32_t left = each ? a->value : 0; left != 0; left &= left - 1) {
        const uint32_t bit = left & -left;

        write_bit(a, block, 32 * word + (uint32_t)__builtin_ctz(left), (before ^ bits->enabled) & bit);
    }
    if (block == ICPENDR)
        clear_states(a, word, a->value, LRC_STATE_PENDING);
}

static uint32_t read_bits(const struct access *a, enum block block, uint32_t word, const struct vgic_bits *bits)
{
    switch (block) {
    case IGROUPR:
        return ~0u;
    case ISENABLER:
    case ICENABLER:
        return bits->enabled;
    case ISPENDR:
    case ICPENDR:
        return read_state(a, word, LRC_STATE_PENDING);
    default:
        return bits->active | read_state(a, word, LRC_STATE_ACTIVE);
    }
}

/* All blocks of one bit an interrupt. A redistributor has word 0 only, the distributor all others. */
static void bit_registers(struct access *a)
{
    const enum block block = (enum block)(a->offset / 0x80);
    const uint32_t word = a->offset % 0x80 / 4;
    uint32_t exists = 0;
    struct vgic_bits *bits = NULL;

    if (a->target != NULL && word == 0) {
        exists = ~0u;
        bits = &a->target->vgic.local;
    } else if (a->target == NULL && word > 0 && word < VGIC_NR_WORDS) {
        exists = a->d->vgic.own[word - 1];
        bits = &a->d->vgic.spi[word - 1];
    }
    a->value &= exists;
    if (exists == 0)
        return;
    if (a->write)
        write_bits(a, block, word, bits);
    else
        a->value = read_bits(a, block, word, bits) & exists;
}

/* Where the priority of an interrupt is kept, or NULL. */
static uint8_t *priority_of(const struct access *a, uint32_t intid)
{
    if (a->target != NULL)
        return intid < VGIC_FIRST_SPI ? &a->target->vgic.priority[intid] : NULL;
    if (intid < VGIC_FIRST_SPI || intid >= VGIC_NR_INTIDS || !vgic_test_bit(a->d->vgic.own, intid - VGIC_FIRST_SPI))
        return NULL;
    return &a->d->vgic.priority[intid - VGIC_FIRST_SPI];
}

static void priority_registers(struct access *a)
{
    uint32_t result = 0;

    for (uint32_t i = 0; i < a->size; i++) {
        const uint32_t intid = a->offset + i;
        uint8_t *const priority = priority_of(a, intid);

        if (priority == NULL)
            continue;
        if (a->write) {
            *priority = (uint8_t)(a->value >> 8 * i & PRIORITY_BITS);
            if (a->target == NULL)
                vgic_update_spi(a->d, intid - VGIC_FIRST_SPI);
        }
        result |= (uint32_t)*priority << 8 * i;
    }
    a->value = result;
}

static void trigger_registers(struct access *a)
{
    const uint32_t first = a->offset * 4; /* two bits an interrupt */

    a->value = a->target != NULL && first == 0 ? (uint32_t)SGIS_ALWAYS_EDGE : 0;
    if (a->target != NULL || first < VGIC_FIRST_SPI || first >= VGIC_NR_INTIDS)
        return;
    for (uint32_t i = 0; i < 16; i++) {
        if (vgic_test_bit(a->d->vgic.edge, first - VGIC_FIRST_SPI + i))
            a->value |= 2u << 2 * i;
    }
}

/* Aff0 names a vCPU; another value, and any upper word, is ignored. */
static void router_registers(struct access *a)
{
    const uint32_t spi = a->offset / 8;
    struct vgic_domain *const g = &a->d->vgic;
    const uint32_t vcpu = a->value;

    a->high = 0;
    a->value = 0;
    if (a->offset % 8 != 0 || spi >= VGIC_NR_SPIS || !vgic_test_bit(g->own, spi))
        return;
    if (a->write && vcpu < a->d->nr_vcpus && vcpu != g->target[spi]) {
        if (VGIC_FIRST_SPI + spi == g->emulated)
            clear_states(a, g->emulated / 32, BIT(g->emulated % 32), LRC_STATE_PENDING); /* the new target looks at the line */
        g->target[spi] = (uint8_t)vcpu;
        route_spi(a->d, spi);
    }
    a->value = g->target[spi];
}

static const struct registers distributor[] = {
    {0x0000, 0x0004, SIZE_32, distributor_ctlr, 0},
    {0x0004, 0x0008, SIZE_32, read_constant, TYPER_DISTRIBUTOR},
    {0x0008, 0x000c, SIZE_32, read_constant, IIDR},
    {0x000c, 0x0014, SIZE_32, read_constant, 0}, /* TYPER2, STATUSR */
    {0x0080, 0x0400, SIZE_32, bit_registers, 0},
    {0x0400, 0x0800, SIZE_32 | SIZE_8, priority_registers, 0},
    {0x0800, 0x0c00, SIZE_32 | SIZE_8, read_constant, 0}, /* ITARGETSR: affinity routing is on */
    {0x0c00, 0x0d00, SIZE_32, trigger_registers, 0},
    {0x0d00, 0x0f00, SIZE_32, read_constant, 0}, /* IGRPMODR, NSACR */
    {0x6100, 0x8000, SIZE_32 | SIZE_64, router_registers, 0},
    {0xffd0, 0xffe8, SIZE_32, read_constant, 0},
    {0xffe8, 0xffec, SIZE_32, read_constant, PIDR2_GICV3},
    {0xffec, 0xfffc, SIZE_32, read_constant, 0},
};

static const struct registers redistributor[] = {
    {0x0000, 0x0004, SIZE_32, read_constant, 0}, /* CTLR: no LPIs */
    {0x0004, 0x0008, SIZE_32, read_constant, IIDR},
    {0x0008, 0x0010, SIZE_32 | SIZE_64, redistributor_typer, 0},
    {0x0010, 0x0014, SIZE_32, read_constant, 0}, /* STATUSR */
    {0x0014, 0x0018, SIZE_32, redistributor_waker, 0},
    {0xffd0, 0xffe8, SIZE_32, read_constant, 0},
    {0xffe8, 0xffec, SIZE_32, read_constant, PIDR2_GICV3},
    {0xffec, 0xfffc, SIZE_32, read_constant, 0},
};

static const struct registers sgi_frame[] = {
    {0x0080, 0x0400, SIZE_32, bit_registers, 0},
    {0x0400, 0x0420, SIZE_32 | SIZE_8, priority_registers, 0},
    {0x0c00, 0x0c08, SIZE_32, trigger_registers, 0},
    {0x0d00, 0x0d04, SIZE_32, read_constant, 0}, /* IGRPMODR0 */
    {0x0e00, 0x0e04, SIZE_32, read_constant, 0}, /* NSACR */
};

static bool perform(struct access *a, const struct registers *table, size_t lines, uint32_t offset, reg_t *value)
{
    const struct registers *line = table;

    while (line < table + lines && (offset < line->first || offset >= line->limit))
        line++;
    if (line == table + lines || !(line->sizes & a->size) || offset % a->size != 0)
        return false;
    a->offset = offset - line->first;
    a->value = a->write ? (uint32_t)*value : line->constant;
    lock_acquire(&vgic_lock);
    line->access(a);
    lock_release(&vgic_lock);
    if (a->write)
        changed(a);
    else
        *value = (reg_t)((uint64_t)a->high << 32 | a->value);
    return true;
}

bool vgic_distributor_access(struct vcpu *v, uint32_t offset, uint32_t size, bool write, reg_t *value)
{
    struct access a = {.d = v->domain, .target = NULL, .size = size, .write = write};

    return perform(&a, distributor, ARRAY_SIZE(distributor), offset, value);
}

bool vgic_redistributor_access(struct vcpu *v, uint32_t offset, uint32_t size, bool write, reg_t *value)
{
    struct access a = {.d = v->domain, .size = size, .write = write};
    const uint32_t id = offset / FRAME_STRIDE;

    if (id >= v->domain->nr_vcpus)
        return false;
    a.target = &v->domain->vcpus[id];
    offset %= FRAME_STRIDE;
    if (offset < SGI_FRAME)
        return perform(&a, redistributor, ARRAY_SIZE(redistributor), offset, value);
    return perform(&a, sgi_frame, ARRAY_SIZE(sgi_frame), offset - SGI_FRAME, value);
}
