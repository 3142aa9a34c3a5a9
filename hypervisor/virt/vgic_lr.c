/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a vCPU's list registers hold, and what waits for them. Source: Arm IHI 0069 (GICv3), chapter
 * Virtualization.
 *
 * List registers 1 ... 3 hold the most urgent pending interrupts. What finds no room stays in `pending`, and
 * the hardware reports when nothing is pending in a list register (NPIE) or at most one is in use (UIE).
 * Everything here works on the vCPU's context: of the loaded vCPU it is fetched from the hardware first and
 * put back afterwards. The fast ways in and out are in vgic_irq.c.
 */
#include "vgic_bits.h"

#include "abi/xen.h"

enum {
    NR_LRS = VGIC_LIST_REGISTERS - 1, /* ctx.lr[i] is list register i + 1 */
    NONE = VGIC_NR_INTIDS,
};
#define LRC_PRIORITY_MASK (0xffu << LRC_PRIORITY_SHIFT)

static void fetch(struct vcpu *v)
{
    const struct vgic_domain *const g = &v->domain->vgic;
    struct vcpu_context *const ctx = &v->ctx;

    if (g->line && g->target[g->emulated - VGIC_FIRST_SPI] == v->id)
        vgic_set_bit(v->vgic.pending, g->emulated);
    if (!vcpu_is_loaded(v))
        return;
    ctx->lrc0 = arch_upcall_lr_read();
    ctx->lr[0] = arch_lr_read(1);
    ctx->lr[1] = arch_lr_read(2);
    ctx->lr[2] = arch_lr_read(3);
    ctx->lrc[0] = arch_lrc_read(1);
    ctx->lrc[1] = arch_lrc_read(2);
    ctx->lrc[2] = arch_lrc_read(3);
}

static void put_back(struct vcpu *v)
{
    struct vcpu_context *const ctx = &v->ctx;

    ctx->lr_used &= LR_USED_TIMER;
    ctx->ich_hcr &= ~(uint32_t)ICH_HCR_LRENPIE;
    if (ctx->ich_hcr != ICH_HCR_EN)
        ctx->lr_used |= LR_USED_OVERFLOW;
    for (unsigned i = 0; i < NR_LRS; i++) {
        if (!(ctx->lrc[i] & LRC_STATE_MASK)) {
            ctx->lrc[i] = 0; /* an EOI that was asked for is reported until then */
            continue;
        }
        ctx->lr_used |= BIT(i + 1);
        if (ctx->lrc[i] & LRC_EOI)
            ctx->ich_hcr |= ICH_HCR_LRENPIE;
    }
    if (!vcpu_is_loaded(v))
        return;
    arch_lr_write(1, ctx->lr[0], ctx->lrc[0]);
    arch_lr_write(2, ctx->lr[1], ctx->lrc[1]);
    arch_lr_write(3, ctx->lr[2], ctx->lrc[2]);
    arch_ich_hcr_write(ctx->ich_hcr);
    vgic_upcall_write(v->cpu, ctx->lrc0);
}

/* List register control word that makes the interrupt pending; 0 while the guest's configuration forbids it. */
static uint32_t irq_control(const struct vcpu *v, uint32_t intid)
{
    const struct vgic_vcpu *const g = &v->vgic;
    uint32_t lrc;

    if (intid >= VGIC_FIRST_SPI)
        return v->domain->vgic.lrc[intid - VGIC_FIRST_SPI];
    if (!(v->domain->vgic.ctlr & VGIC_CTLR_ENABLE_GRP1) || !(g->local.enabled & ~g->local.active & BIT(intid)))
        return 0;
    lrc = LRC_STATE_PENDING | LRC_GROUP1 | (uint32_t)g->priority[intid] << LRC_PRIORITY_SHIFT;
    if (intid == INTID_VIRTUAL_TIMER)
        lrc |= LRC_HW | INTID_VIRTUAL_TIMER;
    return lrc;
}

/* Bits of one word of `pending` that the guest's configuration lets through. */
static uint32_t waiting(const struct vcpu *v, uint32_t word)
{
    const struct vgic_bits *const local = &v->vgic.local;

    if (word > 0)
        return v->vgic.pending[word];
    return v->domain->vgic.ctlr & VGIC_CTLR_ENABLE_GRP1 ? v->vgic.pending[0] & local->enabled & ~local->active : 0;
}

/* The most urgent interrupt that waits for a list register, or NONE. Bounds a write to the redistributor: be quick. */
hot static uint32_t best_waiting(const struct vcpu *v, uint32_t *best_lrc)
{
    uint32_t best = NONE, best_priority = ~0u;

    for (uint32_t left = waiting(v, 0); left != 0; left &= left - 1) {
        const uint32_t intid = (uint32_t)__builtin_ctz(left), priority = v->vgic.priority[intid];

        if (priority < best_priority) {
            best = intid;
            best_priority = priority;
        }
    }
    for (uint32_t w = 1; w < VGIC_NR_WORDS; w++) {
        for (uint32_t left = waiting(v, w); left != 0; left &= left - 1) {
            const uint32_t intid = 32 * w + (uint32_t)__builtin_ctz(left);
            const uint32_t lrc = v->domain->vgic.lrc[intid - VGIC_FIRST_SPI];

            if (lrc != 0 && (lrc >> LRC_PRIORITY_SHIFT & 0xff) < best_priority) {
                best = intid;
                best_priority = lrc >> LRC_PRIORITY_SHIFT & 0xff;
            }
        }
    }
    if (best != NONE)
        *best_lrc = irq_control(v, best);
    return best;
}

/*
 * Puts one interrupt into a list register: its own if it is still active there, a free one, or the least
 * urgent that is only pending, whose interrupt waits again. False: all are more urgent or active.
 */
hot static bool place(struct vcpu *v, uint32_t intid, uint32_t lrc)
{
    struct vcpu_context *const ctx = &v->ctx;
    unsigned victim = NR_LRS;
    uint32_t worst = lrc & LRC_PRIORITY_MASK;

    for (unsigned i = 0; i < NR_LRS; i++) {
        const uint32_t held = ctx->lrc[i], state = held & LRC_STATE_MASK;

        if (state != 0 && ctx->lr[i] == intid) {
            if (!(held & LRC_HW)) /* else the physical interrupt fires again after the guest's EOI */
                ctx->lrc[i] = held | LRC_STATE_PENDING;
            return true;
        }
        if (state == 0) {
            victim = i;
            worst = UINT32_MAX;
        } else if (state == LRC_STATE_PENDING && (held & LRC_PRIORITY_MASK) > worst) {
            victim = i;
            worst = held & LRC_PRIORITY_MASK;
        }
    }
    if (victim == NR_LRS)
        return false;
    if (worst != UINT32_MAX)
        vgic_set_bit(v->vgic.pending, ctx->lr[victim]);
    ctx->lr[victim] = intid;
    ctx->lrc[victim] = lrc;
    return true;
}

/* Something waits. NPIE only while something is pending in a list register, or it would fire for ever. */
static uint32_t overflow_hcr(const struct vcpu_context *ctx)
{
    uint32_t hcr = ICH_HCR_EN | ICH_HCR_UIE;

    for (unsigned i = 0; i < NR_LRS; i++) {
        if ((ctx->lrc[i] & LRC_STATE_MASK) == LRC_STATE_PENDING)
            hcr |= ICH_HCR_NPIE;
    }
    return hcr;
}

hot static void place_waiting(struct vcpu *v)
{
    uint32_t lrc = 0, intid;

    v->ctx.ich_hcr = ICH_HCR_EN;
    while ((intid = best_waiting(v, &lrc)) != NONE) {
        vgic_clear_bit(v->vgic.pending, intid);
        if (!place(v, intid, lrc)) {
            vgic_set_bit(v->vgic.pending, intid);
            v->ctx.ich_hcr = overflow_hcr(&v->ctx);
            return;
        }
    }
}

void vgic_fill(struct vcpu *v)
{
    fetch(v);
    place_waiting(v);
    put_back(v);
    vgic_wake(v);
}

void vgic_inject(struct vcpu *v, uint32_t intid)
{
    if (intid == INTID_EVENT_UPCALL) {
        vgic_refresh(v);
        return;
    }
    vgic_set_bit(v->vgic.pending, intid);
    if (irq_control(v, intid) != 0)
        vgic_fill(v);
}

static void refresh_upcall(struct vcpu *v)
{
    const uint32_t enabled = vcpu_has_info(v) ? irq_control(v, INTID_EVENT_UPCALL) : 0;
    struct vcpu_context *const ctx = &v->ctx;

    v->upcall_lrc = enabled != 0 ? enabled | LRC_EOI : 0;
    if (enabled == 0)
        ctx->lrc0 &= ~(uint32_t)LRC_STATE_PENDING;
    else if (!(ctx->lrc0 & LRC_STATE_MASK) && vgic_upcall_line(v))
        ctx->lrc0 = v->upcall_lrc;
}

void vgic_refresh(struct vcpu *v)
{
    struct vcpu_context *const ctx = &v->ctx;

    fetch(v);
    refresh_upcall(v);
    for (unsigned i = 0; i < NR_LRS; i++) {
        if ((ctx->lrc[i] & LRC_STATE_PENDING) && irq_control(v, ctx->lr[i]) == 0) {
            vgic_set_bit(v->vgic.pending, ctx->lr[i]);
            ctx->lrc[i] &= ~(uint32_t)LRC_STATE_PENDING;
        }
    }
    place_waiting(v);
    put_back(v);
    if (vgic_has_pending(v))
        vgic_wake(v);
}

uint32_t vgic_state_word(struct vcpu *v, uint32_t word, uint32_t lrc_state)
{
    const struct vcpu_context *const ctx = &v->ctx;
    uint32_t bits;

    fetch(v);
    bits = lrc_state == LRC_STATE_PENDING ? v->vgic.pending[word] : 0;
    for (unsigned i = 0; i < NR_LRS; i++) {
        if ((ctx->lrc[i] & lrc_state) && ctx->lr[i] / 32 == word)
            bits |= BIT(ctx->lr[i] % 32);
    }
    if (word == 0 && ((ctx->lrc0 & lrc_state) || (lrc_state == LRC_STATE_PENDING && vgic_upcall_line(v))))
        bits |= BIT(INTID_EVENT_UPCALL);
    return bits;
}

void vgic_withdraw(struct vcpu *v, uint32_t word, uint32_t mask, uint32_t lrc_state)
{
    struct vcpu_context *const ctx = &v->ctx;
    uint32_t gone = 0;

    fetch(v);
    if (lrc_state & LRC_STATE_PENDING) {
        gone = v->vgic.pending[word] & mask;
        v->vgic.pending[word] &= ~mask;
    }
    if (word == 0 && mask & BIT(INTID_EVENT_UPCALL))
        ctx->lrc0 &= ~lrc_state;
    for (unsigned i = 0; i < NR_LRS; i++) {
        const uint32_t bit = ctx->lr[i] / 32 == word ? mask & BIT(ctx->lr[i] % 32) : 0;

        if (bit != 0) {
            gone |= ctx->lrc[i] & lrc_state ? bit : 0;
            ctx->lrc[i] &= ~lrc_state;
        }
    }
    put_back(v);
    for (; gone != 0; gone &= gone - 1) {
        const uint32_t intid = 32 * word + (uint32_t)__builtin_ctz(gone);

        if (vgic_is_physical(v->domain, intid))
            arch_gic_deactivate(intid);
    }
}

void vgic_pend(struct vcpu *v, uint32_t mask)
{
    v->vgic.pending[0] |= mask & ~BIT(INTID_EVENT_UPCALL); /* whose line is the upcall flag */
    vgic_fill(v);
}

void vgic_stop_vcpu(struct vcpu *v)
{
    struct vcpu_context *const ctx = &v->ctx;

    fetch(v);
    for (unsigned i = 0; i < NR_LRS; i++) {
        if (ctx->lrc[i] & LRC_STATE_MASK)
            vgic_set_bit(v->vgic.pending, ctx->lr[i]);
        ctx->lrc[i] = 0;
    }
    for (uint32_t w = 0; w < VGIC_NR_WORDS; w++) {
        for (uint32_t left = v->vgic.pending[w]; left != 0; left &= left - 1) {
            const uint32_t intid = 32 * w + (uint32_t)__builtin_ctz(left);

            if (vgic_is_physical(v->domain, intid))
                arch_gic_deactivate(intid);
        }
        v->vgic.pending[w] = 0;
    }
    ctx->lrc0 = 0;
    ctx->ich_hcr = ICH_HCR_EN;
    put_back(v);
}
