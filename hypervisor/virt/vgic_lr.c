/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Virtual interrupts on the way to the guest: pending words, list registers, maintenance. What the guest
 * configures is in vgic_mmio.c. Source: Arm IHI 0069 (GICv3), chapter Virtualization.
 *
 * List registers 1 ... 3 hold the most urgent pending interrupts. What finds no room stays in `pending` and
 * the hardware reports when nothing is pending in a list register (NPIE) or at most one is in use (UIE).
 */
#include "vgic_bits.h"

#include "abi/xen.h"
#include "hv/strategy.h"

enum {
    FIRST_LR = 1,
    LR_MASK = 0xe,
    VMCR_ENABLE_GRP1 = 1 << 1,
    VMCR_PMR_SHIFT = 24,
    NONE = VGIC_NR_INTIDS,
};
#define LRC_PRIORITY_MASK (0xffu << LRC_PRIORITY_SHIFT)

static uint32_t lr_intid(const struct vcpu *v, unsigned n)
{
    return vcpu_is_loaded(v) ? arch_lr_read(n) : v->ctx.lr[n - 1];
}

static uint32_t lr_control(const struct vcpu *v, unsigned n)
{
    return vcpu_is_loaded(v) ? arch_lrc_read(n) : v->ctx.lrc[n - 1];
}

static void lr_set(struct vcpu *v, unsigned n, uint32_t intid, uint32_t lrc)
{
    if (vcpu_is_loaded(v)) {
        arch_lr_write(n, intid, lrc);
    } else {
        v->ctx.lr[n - 1] = intid;
        v->ctx.lrc[n - 1] = lrc;
    }
    v->ctx.lr_used |= BIT(n);
}

static uint32_t upcall_control(const struct vcpu *v)
{
    return vcpu_is_loaded(v) ? arch_upcall_lr_read() : v->ctx.lrc0;
}

static void upcall_set(struct vcpu *v, uint32_t lrc)
{
    if (vcpu_is_loaded(v))
        arch_upcall_lr_write(lrc);
    else
        v->ctx.lrc0 = lrc;
}

static void set_maintenance(struct vcpu *v, uint32_t hcr)
{
    if (v->ctx.ich_hcr == hcr)
        return;
    v->ctx.ich_hcr = hcr;
    if (hcr == ICH_HCR_EN)
        v->ctx.lr_used &= ~(uint32_t)LR_USED_OVERFLOW;
    else
        v->ctx.lr_used |= LR_USED_OVERFLOW;
    if (vcpu_is_loaded(v))
        arch_ich_hcr_write(hcr);
}

/* The line of PPI 31. The page may be out of the loaded view: another domain's vCPU, or ballooned out. */
static bool upcall_flag(struct vcpu *v)
{
    struct peer_access access;
    bool flag;

    if (likely(v->info_page.held_by & cpu_this()->current->domain->bit))
        return v->info->evtchn_upcall_pending != 0;
    strategy->begin(&access);
    strategy->reach(&access, &v->info_page);
    flag = v->info->evtchn_upcall_pending != 0;
    strategy->end(&access);
    return flag;
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

/* The most urgent interrupt that waits for a list register, or NONE. */
static uint32_t best_waiting(const struct vcpu *v, uint32_t *best_lrc)
{
    uint32_t best = NONE, best_priority = ~0u;

    for (uint32_t w = 0; w < VGIC_NR_WORDS; w++) {
        for (uint32_t left = v->vgic.pending[w]; left != 0; left &= left - 1) {
            const uint32_t intid = 32 * w + (uint32_t)__builtin_ctz(left);
            const uint32_t lrc = irq_control(v, intid);

            if (lrc != 0 && (lrc & LRC_PRIORITY_MASK) < best_priority) {
                best = intid;
                best_priority = lrc & LRC_PRIORITY_MASK;
                *best_lrc = lrc;
            }
        }
    }
    return best;
}

/*
 * Puts one interrupt into a list register: its own if it is still active there, a free one, or the least
 * urgent that is only pending, whose interrupt waits again. False: all are more urgent or active.
 */
static bool place(struct vcpu *v, uint32_t intid, uint32_t lrc)
{
    unsigned empty = 0, victim = 0;
    uint32_t worst = lrc & LRC_PRIORITY_MASK;

    for (unsigned n = FIRST_LR; n < VGIC_LIST_REGISTERS; n++) {
        const uint32_t held = lr_control(v, n);

        if (!(held & LRC_STATE_MASK)) {
            empty = n;
        } else if (lr_intid(v, n) == intid) {
            if (!(held & LRC_HW)) /* else the physical interrupt fires again after the guest's EOI */
                lr_set(v, n, intid, held | LRC_STATE_PENDING);
            return true;
        } else if ((held & LRC_STATE_MASK) == LRC_STATE_PENDING && (held & LRC_PRIORITY_MASK) > worst) {
            victim = n;
            worst = held & LRC_PRIORITY_MASK;
        }
    }
    if (empty == 0 && victim == 0)
        return false;
    if (empty == 0)
        vgic_set_bit(v->vgic.pending, lr_intid(v, victim));
    lr_set(v, empty != 0 ? empty : victim, intid, lrc);
    return true;
}

static bool any_only_pending(const struct vcpu *v)
{
    for (unsigned n = FIRST_LR; n < VGIC_LIST_REGISTERS; n++)
        if ((lr_control(v, n) & LRC_STATE_MASK) == LRC_STATE_PENDING)
            return true;
    return false;
}

/* Fills the list registers. NPIE only while something is pending in one, or it would fire for ever. */
static void fill(struct vcpu *v)
{
    uint32_t lrc = 0, intid;

    while ((intid = best_waiting(v, &lrc)) != NONE) {
        vgic_clear_bit(v->vgic.pending, intid);
        if (!place(v, intid, lrc)) {
            vgic_set_bit(v->vgic.pending, intid);
            set_maintenance(v, ICH_HCR_EN | ICH_HCR_UIE | (any_only_pending(v) ? ICH_HCR_NPIE : 0));
            return;
        }
    }
    set_maintenance(v, ICH_HCR_EN);
}

static void refresh_upcall(struct vcpu *v)
{
    const uint32_t enabled = irq_control(v, INTID_EVENT_UPCALL);
    uint32_t lrc = upcall_control(v);

    v->upcall_lrc = enabled != 0 ? enabled | LRC_EOI : 0;
    if (enabled == 0)
        lrc &= ~(uint32_t)LRC_STATE_PENDING;
    else if (!(lrc & LRC_STATE_MASK) && upcall_flag(v))
        lrc = v->upcall_lrc;
    upcall_set(v, lrc);
}

void vgic_refresh(struct vcpu *v)
{
    refresh_upcall(v);
    for (unsigned n = FIRST_LR; n < VGIC_LIST_REGISTERS; n++) {
        const uint32_t lrc = lr_control(v, n);
        const uint32_t intid = lr_intid(v, n);

        if ((lrc & LRC_STATE_PENDING) && irq_control(v, intid) == 0) {
            vgic_set_bit(v->vgic.pending, intid);
            lr_set(v, n, intid, lrc & ~(uint32_t)LRC_STATE_PENDING);
        }
    }
    fill(v);
    if (vgic_has_pending(v))
        vgic_wake(v);
}

void vgic_inject(struct vcpu *v, uint32_t intid)
{
    if (intid == INTID_EVENT_UPCALL) {
        vgic_refresh(v);
        return;
    }
    vgic_set_bit(v->vgic.pending, intid);
    if (irq_control(v, intid) != 0) {
        fill(v);
        vgic_wake(v);
    }
}

hot void vgic_inject_spi(struct domain *d, uint32_t intid)
{
    const uint32_t spi = intid - VGIC_FIRST_SPI;
    struct vcpu *const v = &d->vcpus[d->vgic.target[spi]];
    const uint32_t lrc = d->vgic.lrc[spi];

    if (likely(lrc != 0 && cpu_this()->current == v)) {
        const uint32_t empty = arch_ich_elrsr() & LR_MASK;

        if (likely(empty != 0)) {
            const uint32_t n = (uint32_t)__builtin_ctz(empty);

            arch_lr_write(n, intid, lrc);
            v->ctx.lr_used |= BIT(n);
            vgic_wake(v);
            return;
        }
    }
    if (v->cpu == cpu_this())
        vgic_inject(v, intid);
    else
        smp_request_inject(v, intid); /* rerouted while it was on its way */
}

void vgic_timer_fired(struct vcpu *v)
{
    v->ctx.lr_used |= LR_USED_TIMER;
    vgic_inject(v, INTID_VIRTUAL_TIMER);
}

hot bool vgic_sample_upcall(struct vcpu *v)
{
    if (likely(upcall_flag(v)))
        return true;
    arch_upcall_lr_write(arch_upcall_lr_read() & ~(uint32_t)LRC_STATE_PENDING);
    return false;
}

hot void vgic_maintenance(struct vcpu *v)
{
    if (arch_ich_eisr() & BIT(0))
        arch_upcall_lr_write(upcall_flag(v) ? v->upcall_lrc : 0);
    if (unlikely(v->ctx.ich_hcr != ICH_HCR_EN))
        fill(v);
}

/* A priority the vCPU's mask lets through, pending. Running priorities are not looked at: waking is harmless. */
static bool signalled(uint32_t lrc, uint32_t vmcr)
{
    return (lrc & LRC_STATE_PENDING) && (vmcr & VMCR_ENABLE_GRP1) &&
           (lrc >> LRC_PRIORITY_SHIFT & 0xff) < vmcr >> VMCR_PMR_SHIFT;
}

hot bool vgic_has_pending(const struct vcpu *v)
{
    uint32_t vmcr, lrc = upcall_control(v);

    if (!(lrc & LRC_STATE_PENDING) && v->ctx.lr_used == 0)
        return false;
    vmcr = vcpu_is_loaded(v) ? arch_ich_vmcr_read() : v->ctx.vmcr;
    if (signalled(lrc, vmcr))
        return true;
    for (unsigned n = FIRST_LR; n < VGIC_LIST_REGISTERS; n++) {
        if (signalled(lr_control(v, n), vmcr))
            return true;
    }
    return (v->ctx.lr_used & LR_USED_OVERFLOW) != 0;
}

uint32_t vgic_state_word(struct vcpu *v, uint32_t word, uint32_t lrc_state)
{
    uint32_t bits = lrc_state == LRC_STATE_PENDING ? v->vgic.pending[word] : 0;

    for (unsigned n = FIRST_LR; n < VGIC_LIST_REGISTERS; n++) {
        const uint32_t intid = lr_intid(v, n);

        if ((lr_control(v, n) & lrc_state) && intid / 32 == word)
            bits |= BIT(intid % 32);
    }
    if (word == 0 && ((upcall_control(v) & lrc_state) || (lrc_state == LRC_STATE_PENDING && upcall_flag(v))))
        bits |= BIT(INTID_EVENT_UPCALL);
    return bits;
}

void vgic_withdraw(struct vcpu *v, uint32_t intid, uint32_t lrc_state)
{
    bool gone = false;

    if ((lrc_state & LRC_STATE_PENDING) && vgic_test_bit(v->vgic.pending, intid)) {
        vgic_clear_bit(v->vgic.pending, intid);
        gone = true;
    }
    if (intid == INTID_EVENT_UPCALL)
        upcall_set(v, upcall_control(v) & ~lrc_state);
    for (unsigned n = FIRST_LR; n < VGIC_LIST_REGISTERS; n++) {
        const uint32_t lrc = lr_control(v, n);

        if ((lrc & lrc_state) && lr_intid(v, n) == intid) {
            lr_set(v, n, intid, lrc & ~lrc_state);
            gone = true;
        }
    }
    if (gone && vgic_is_physical(v->domain, intid))
        arch_gic_deactivate(intid);
}

void vgic_stop_vcpu(struct vcpu *v)
{
    for (uint32_t w = 0; w < VGIC_NR_WORDS; w++) {
        while (v->vgic.pending[w] != 0)
            vgic_withdraw(v, 32 * w + (uint32_t)__builtin_ctz(v->vgic.pending[w]), LRC_STATE_MASK);
    }
    for (unsigned n = FIRST_LR; n < VGIC_LIST_REGISTERS; n++) {
        if (lr_control(v, n) & LRC_STATE_MASK)
            vgic_withdraw(v, lr_intid(v, n), LRC_STATE_MASK);
    }
    set_maintenance(v, ICH_HCR_EN);
    upcall_set(v, 0);
    v->ctx.lr_used = 0;
}
