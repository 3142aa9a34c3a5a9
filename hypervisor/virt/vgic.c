/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual GIC's life: SPIs given to domains, reset, start of a vCPU; and software generated interrupts.
 */
#include "vgic_bits.h"

/* ICC_SGI1R */
enum {
    SGI_TARGETS_MASK = 0xffff, /* vCPUs by Aff0 */
    SGI_INTID_SHIFT = 24,
    SGI_INTID_MASK = 0xf,
};
#define SGI_OTHERS (1ull << 40)                /* IRM: everybody but the sender */
#define SGI_AFFINITY_MASK 0x00fff0ff00ff0000ull /* Aff3, range selector, Aff2, Aff1: all 0 here */

void vgic_assign_spi(struct domain *d, uint32_t intid, bool edge)
{
    vgic_set_bit(d->vgic.own, intid - VGIC_FIRST_SPI);
    if (edge) {
        vgic_set_bit(d->vgic.edge, intid - VGIC_FIRST_SPI);
        gic_set_edge(intid);
    }
}

void vgic_assign_emulated(struct domain *d, uint32_t intid)
{
    vgic_assign_spi(d, intid, false);
    d->vgic.emulated = intid;
}

void vgic_set_line(struct domain *d, bool up)
{
    struct vgic_domain *const g = &d->vgic;
    const uint32_t intid = g->emulated;
    struct vcpu *target;

    if (g->line == up)
        return;
    g->line = up;
    arch_dmb(); /* then the route; whoever becomes the target changes the route, then looks at the line */
    target = &d->vcpus[g->target[intid - VGIC_FIRST_SPI]];
    if (target->cpu == cpu_this())
        up ? vgic_inject(target, intid) : vgic_withdraw(target, intid / 32, BIT(intid % 32), LRC_STATE_PENDING);
    else if (up)
        smp_request_inject(target, intid);
}

void vgic_update_spi(struct domain *d, uint32_t spi)
{
    struct vgic_domain *const g = &d->vgic;
    const struct vgic_bits *const bits = &g->spi[spi / 32];
    uint32_t lrc = 0;

    if ((g->ctlr & VGIC_CTLR_ENABLE_GRP1) && (bits->enabled & ~bits->active & BIT(spi % 32)))
        lrc = LRC_STATE_PENDING | LRC_GROUP1 | (uint32_t)g->priority[spi] << LRC_PRIORITY_SHIFT |
              (VGIC_FIRST_SPI + spi == g->emulated ? (uint32_t)LRC_EOI : LRC_HW | (VGIC_FIRST_SPI + spi));
    g->lrc[spi] = lrc;
}

void vgic_update_spis(struct domain *d)
{
    for (uint32_t w = 0; w < VGIC_NR_SPI_WORDS; w++) {
        for (uint32_t left = d->vgic.own[w]; left != 0; left &= left - 1)
            vgic_update_spi(d, 32 * w + (uint32_t)__builtin_ctz(left));
    }
}

void vgic_init_domain(struct domain *d)
{
    struct vgic_domain *const g = &d->vgic;

    g->ctlr = 0;
    g->line = false;
    for (uint32_t w = 0; w < VGIC_NR_SPI_WORDS; w++) {
        g->spi[w] = (struct vgic_bits){0, 0};
        for (uint32_t left = g->own[w]; left != 0; left &= left - 1) {
            const uint32_t spi = 32 * w + (uint32_t)__builtin_ctz(left);

            g->priority[spi] = 0;
            g->target[spi] = 0;
            g->lrc[spi] = 0;
            if (vgic_is_physical(d, VGIC_FIRST_SPI + spi))
                gic_reset_spi(VGIC_FIRST_SPI + spi);
        }
    }
}

void vgic_init_vcpu(struct vcpu *v)
{
    v->vgic.local = (struct vgic_bits){0, 0};
    v->vgic.waker = VGIC_WAKER_SLEEP;
    for (uint32_t i = 0; i < VGIC_FIRST_SPI; i++)
        v->vgic.priority[i] = 0;
    v->upcall_lrc = 0;
}

void vgic_start_vcpu(struct vcpu *v)
{
    vgic_refresh(v);
}

void vgic_send_sgi(struct vcpu *v, uint64_t sgi1r)
{
    const uint32_t intid = (uint32_t)sgi1r >> SGI_INTID_SHIFT & SGI_INTID_MASK;
    uint32_t targets = (uint32_t)sgi1r & SGI_TARGETS_MASK;

    if (sgi1r & SGI_OTHERS)
        targets = ~BIT(v->id);
    else if (sgi1r & SGI_AFFINITY_MASK)
        return;
    targets &= BIT(v->domain->nr_vcpus) - 1;
    for (; targets != 0; targets &= targets - 1) {
        struct vcpu *const target = &v->domain->vcpus[__builtin_ctz(targets)];

        if (target->cpu == v->cpu)
            vgic_inject(target, intid);
        else
            smp_request_inject(target, intid);
    }
}
