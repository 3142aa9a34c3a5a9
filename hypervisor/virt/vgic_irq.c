/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interrupts that matter most, straight to and from the hardware: the event upcall in list register 0,
 * SPIs of assigned devices, the virtual timer, maintenance. Everything else goes through vgic_lr.c.
 */
#include "vgic_bits.h"

#include "hv/strategy.h"

enum {
    LR_UPCALL = 0,
    LR_MASK = 0xe, /* list registers 1 ... 3 in ICH_ELRSR */
    VMCR_ENABLE_GRP1 = 1 << 1,
    VMCR_PMR_SHIFT = 24,
};

/* The page is out of the loaded view: another domain's vCPU, or ballooned out. */
static __attribute__((noinline)) cold bool far_upcall_line(const struct vcpu *v)
{
    struct peer_access access;
    bool line;

    strategy->begin(&access);
    strategy->reach(&access, &v->info_page);
    line = v->info->evtchn_upcall_pending != 0;
    strategy->end(&access);
    return line;
}

/* `viewer`: bit of the domain whose view is loaded. */
static inline bool upcall_line(const struct vcpu *v, uint32_t viewer)
{
    if (likely(v->info_page.held_by & viewer))
        return v->info->evtchn_upcall_pending != 0;
    return far_upcall_line(v);
}

bool vgic_upcall_line(const struct vcpu *v)
{
    return vcpu_has_info(v) && upcall_line(v, vcpu_current()->domain->bit);
}

hot bool vgic_sample_upcall(struct vcpu *v)
{
    if (likely(upcall_line(v, v->domain->bit)))
        return true;
    arch_upcall_lr_write(arch_upcall_lr_read() & ~(uint32_t)LRC_STATE_PENDING);
    return false;
}

hot void vgic_maintenance(struct vcpu *v)
{
    if (likely(arch_ich_eisr() & BIT(LR_UPCALL)))
        vgic_upcall_write(v->cpu, upcall_line(v, v->domain->bit) ? v->upcall_lrc : 0);
    if (unlikely(v->ctx.ich_hcr != ICH_HCR_EN))
        vgic_fill(v);
}

__attribute__((noinline)) void vgic_post(struct vcpu *v, uint32_t intid)
{
    if (v->cpu == cpu_this())
        vgic_inject(v, intid);
    else
        smp_request_inject(v, intid);
}

hot void vgic_inject_spi(struct domain *d, uint32_t intid)
{
    const uint32_t spi = intid - VGIC_FIRST_SPI;
    struct vcpu *const v = &d->vcpus[d->vgic.target[spi]];
    const uint32_t lrc = d->vgic.lrc[spi];
    const uint32_t empty = arch_ich_elrsr() & LR_MASK;

    if (likely(lrc != 0 && empty != 0 && vcpu_current() == v)) {
        const uint32_t n = (uint32_t)__builtin_ctz(empty);

        arch_lr_write(n, intid, lrc);
        v->ctx.lr_used |= BIT(n);
        vgic_wake(v);
        return;
    }
    vgic_post(v, intid); /* not the running vCPU, no list register free, not enabled, or rerouted meanwhile */
}

void vgic_timer_fired(struct vcpu *v)
{
    enum { ENABLE = 1, IMASK = 2, ISTATUS = 4 };

    /* A level that lagged behind the switch from another vCPU's timer. */
    if ((arch_vtimer_ctl_read() & (ENABLE | IMASK | ISTATUS)) != (ENABLE | ISTATUS)) {
        arch_gic_deactivate(INTID_VIRTUAL_TIMER);
        return;
    }
    v->ctx.lr_used |= LR_USED_TIMER;
    vgic_inject(v, INTID_VIRTUAL_TIMER);
}

/* A priority the vCPU's mask lets through, pending. Running priorities are not looked at: waking is harmless. */
static inline bool signalled(uint32_t lrc, uint32_t vmcr)
{
    return (lrc & LRC_STATE_PENDING) && (vmcr & VMCR_ENABLE_GRP1) &&
           (lrc >> LRC_PRIORITY_SHIFT & 0xff) < vmcr >> VMCR_PMR_SHIFT;
}

static __attribute__((noinline)) bool lr_is_signalled(const struct vcpu *v, uint32_t vmcr)
{
    const bool loaded = vcpu_is_loaded(v);

    for (unsigned n = 1; n < VGIC_LIST_REGISTERS; n++) {
        const uint32_t lrc = loaded ? arch_lrc_read(n) : v->ctx.lrc[n - 1];

        /* the second: EOI of an emulated device's interrupt, whose line nobody has looked at yet */
        if (signalled(lrc, vmcr) || (lrc & (LRC_STATE_MASK | LRC_EOI)) == LRC_EOI)
            return true;
    }
    return (v->ctx.lr_used & LR_USED_OVERFLOW) != 0;
}

hot bool vgic_has_pending(const struct vcpu *v)
{
    const bool loaded = vcpu_is_loaded(v);
    const uint32_t lrc = loaded ? arch_upcall_lr_read() : v->ctx.lrc0;
    uint32_t vmcr;

    if (likely((lrc | v->ctx.lr_used) == 0))
        return false;
    if ((lrc & (LRC_STATE_MASK | LRC_EOI)) == LRC_EOI) /* EOI of the upcall, whose flag nobody has looked at yet */
        return true;
    vmcr = loaded ? arch_ich_vmcr_read() : v->ctx.vmcr;
    return signalled(lrc, vmcr) || lr_is_signalled(v, vmcr);
}
