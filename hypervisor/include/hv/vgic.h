/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual GIC as the rest of the hypervisor sees it. Every function runs on the CPU the vCPU is pinned
 * to unless it says otherwise.
 */
#ifndef HV_VGIC_H
#define HV_VGIC_H

#include "hv/cpu.h"
#include "hv/domain.h"
#include "hv/trap.h"
#include "hv/types.h"

/* ICH_LRC<n> fields (GICv3, AArch32). */
enum {
    LRC_STATE_PENDING = 1 << 28 << 2, /* bit 30 */
    LRC_GROUP1 = 1 << 28,
    LRC_HW = 1 << 29,
    LRC_PRIORITY_SHIFT = 16,
    LRC_EOI = 1 << 9, /* software interrupt: ask for maintenance at EOI */
};
#define LRC_STATE_ACTIVE 0x80000000u
#define LRC_STATE_MASK 0xc0000000u

/* An SPI of an assigned device belongs to the domain for life. At boot, before vgic_init_domain. */
void vgic_assign_spi(struct domain *d, uint32_t intid, bool edge);

/* The SPI of a device that is emulated for the domain: level triggered, physical state untouched. At boot. */
void vgic_assign_emulated(struct domain *d, uint32_t intid);

/*
 * Its level, on any CPU, with the device's lock held. Pending follows it, as far as the target is on this CPU: a
 * target on the other one may take an interrupt whose level went down meanwhile.
 */
void vgic_set_line(struct domain *d, bool up);

/*
 * Reset state of what a domain and its vCPUs can configure (start and restart), on any CPU. A vCPU that has
 * run is stopped before.
 */
void vgic_init_domain(struct domain *d);
void vgic_init_vcpu(struct vcpu *v);

/*
 * PSCI CPU_ON, before and after the reset of the vCPU's state: nothing is pending or active any more; what
 * the guest enabled stays and the upcall flag is looked at.
 */
void vgic_stop_vcpu(struct vcpu *v);
void vgic_start_vcpu(struct vcpu *v);

/*
 * One access of a guest to the emulated distributor or redistributors. `offset` is from the start of GICD
 * (64 KiB) or of the redistributor window. Returns false when no register of that size answers there (the
 * caller injects an abort). Size is 1, 2, 4 or 8 bytes, 8 only where the architecture has a 64-bit register. What a read
 * has above its size is not to be looked at. Runs on the CPU of `v`, the accessing vCPU.
 */
must_check bool vgic_distributor_access(struct vcpu *v, uint32_t offset, uint32_t size, bool write, reg_t *value);
must_check bool vgic_redistributor_access(struct vcpu *v, uint32_t offset, uint32_t size, bool write, reg_t *value);

/* A trapped write of ICC_SGI1R (guest IPI). */
void vgic_send_sgi(struct vcpu *v, uint64_t sgi1r);

/*
 * Makes a virtual interrupt pending for the vCPU (SGI, PPI or an SPI routed to it) and wakes it.
 * INTID_EVENT_UPCALL is never injected like this: it asks for a second look at everything the guest configured.
 */
void vgic_inject(struct vcpu *v, uint32_t intid);

/* vgic_inject() from any CPU. */
void vgic_post(struct vcpu *v, uint32_t intid);

/* A physical SPI of an assigned device fired on this CPU; it stays active until the guest's EOI (HW = 1). */
void vgic_inject_spi(struct domain *d, uint32_t intid);

/* The virtual timer of the current vCPU fired (PPI 27); it stays active until the guest's EOI, like an SPI. */
void vgic_timer_fired(struct vcpu *v);

/* The maintenance interrupt of this CPU: the upcall's EOI, free list registers to fill. */
void vgic_maintenance(struct vcpu *v);

/* True when an enabled interrupt is pending for the vCPU (blocked vCPUs must not sleep then). */
bool vgic_has_pending(const struct vcpu *v);

/* The vCPU has something to run for. `cpu` is this CPU, on which it lives. */
static inline void vgic_wake_on(struct cpu *cpu, struct vcpu *v)
{
    const uint32_t wake = v->wake_bit, ready = cpu->ready | wake, notice = cpu->current->notice_mask;

    cpu->ready = ready;
    if (unlikely(wake & notice))
        cpu->attention |= ATTENTION_RESCHED;
}

static inline void vgic_wake(struct vcpu *v)
{
    vgic_wake_on(v->cpu, v);
}

/* The upcall is in the list register of the loaded vCPU and not taken yet. */
static inline bool vgic_upcall_is_pending(void)
{
    return arch_upcall_lr_read() & LRC_STATE_PENDING;
}

/* SCHEDOP_poll's first look: the loaded vCPU has its IRQs enabled and the upcall pending. */
static inline bool vgic_upcall_deliverable(void)
{
    return !arch_guest_irq_masked() && vgic_upcall_is_pending();
}

/* The line of the loaded vCPU's upcall, looked at again: false when the guest took it down; then nothing is pending. */
bool vgic_sample_upcall(struct vcpu *v);

/*
 * When the loaded vCPU's virtual timer will wake it (ticks); DEADLINE_NONE when it is off or masked, or its
 * interrupt is disabled: then it may expire and nobody hears of it.
 */
static inline uint64_t vgic_timer_deadline(const struct vcpu *v)
{
    enum { ENABLE = 1, IMASK = 2, PPI = 27 };

    if ((arch_vtimer_ctl_read() & (ENABLE | IMASK)) != ENABLE || !(v->vgic.local.enabled & BIT(PPI)))
        return DEADLINE_NONE;
    return arch_vtimer_cval_read();
}

/*
 * The event upcall (PPI 31), true level. Called after the upcall flag went 0 -> 1; the flag itself is the
 * line and is looked at again on every way out to the guest, at EOI, and when the guest enables the
 * interrupt. `cpu` is this CPU, on which the vCPU lives. Loads come before stores, so that the compiler need
 * not repeat them.
 */
static inline void vgic_raise_upcall_on(struct cpu *cpu, struct vcpu *v)
{
    const uint32_t lrc = v->upcall_lrc, wake = v->wake_bit;
    struct vcpu *const current = cpu->current;

    if (lrc == 0)
        return;
    if (current == v) {
        arch_upcall_lr_or(lrc);
        cpu->attention |= ATTENTION_UPCALL;
        cpu->ready |= wake;
        return;
    }
    const uint32_t ready = cpu->ready | wake, notice = current->notice_mask, lrc0 = v->ctx.lrc0 | lrc;
    cpu->ready = ready;
    v->ctx.lrc0 = lrc0;
    if (unlikely(wake & notice))
        cpu->attention |= ATTENTION_RESCHED;
}

static inline void vgic_raise_upcall(struct vcpu *v)
{
    vgic_raise_upcall_on(v->cpu, v);
}

#endif
