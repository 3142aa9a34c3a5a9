/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files of the virtual GIC: bits by INTID, and what the registers ask of the list registers.
 * Everything here that takes a vCPU runs on that vCPU's CPU.
 */
#ifndef VIRT_VGIC_BITS_H
#define VIRT_VGIC_BITS_H

#include "hv/domain.h"
#include "hv/gic.h"
#include "hv/shared_info.h"
#include "hv/smp.h"
#include "hv/vgic.h"

enum {
    VGIC_CTLR_ENABLE_GRP1 = 1 << 1, /* GICD_CTLR */
    VGIC_WAKER_SLEEP = 1 << 1,      /* GICR_WAKER */
};

static inline bool vgic_test_bit(const uint32_t *words, uint32_t bit)
{
    return words[bit / 32] >> bit % 32 & 1;
}

static inline void vgic_set_bit(uint32_t *words, uint32_t bit)
{
    words[bit / 32] |= BIT(bit % 32);
}

static inline void vgic_clear_bit(uint32_t *words, uint32_t bit)
{
    words[bit / 32] &= ~BIT(bit % 32);
}

/* True for what a device or timer signals; the guest's EOI deactivates it. */
static inline bool vgic_is_physical(const struct domain *d, uint32_t intid)
{
    return intid == INTID_VIRTUAL_TIMER ||
           (intid >= VGIC_FIRST_SPI && intid != d->vgic.emulated &&
            vgic_test_bit(d->vgic.own, intid - VGIC_FIRST_SPI));
}

/* The list register word of one SPI (0 ... 95), of all the domain has, follows what it is made of. */
void vgic_update_spi(struct domain *d, uint32_t spi);
void vgic_update_spis(struct domain *d);

/* The guest configured something: list registers and upcall follow. */
void vgic_refresh(struct vcpu *v);

/* Free list registers take what waits. */
void vgic_fill(struct vcpu *v);

/* The upcall flag, the line of PPI 31. */
bool vgic_upcall_line(const struct vcpu *v);

/* Writes the loaded vCPU's list register 0; while the upcall is pending there, its line is sampled on the way out. */
static inline void vgic_upcall_write(struct cpu *cpu, uint32_t lrc)
{
    arch_upcall_lr_write(lrc);
    if (lrc & LRC_STATE_PENDING)
        cpu->attention |= ATTENTION_UPCALL;
    else
        cpu->attention &= ~(uint32_t)ATTENTION_UPCALL;
}

/* Interrupts 32 * word ... whose list register state or pending word has `lrc_state` (one bit of the state). */
uint32_t vgic_state_word(struct vcpu *v, uint32_t word, uint32_t lrc_state);

/* Takes `lrc_state` (one or both bits) away from the interrupts 32 * word + bit of the mask, without an EOI. */
void vgic_withdraw(struct vcpu *v, uint32_t word, uint32_t mask, uint32_t lrc_state);

/* Makes SGIs and PPIs of a vCPU of this CPU pending, all of the mask at once. */
void vgic_pend(struct vcpu *v, uint32_t mask);

#endif
