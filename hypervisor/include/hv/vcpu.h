/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vCPU: pinned to one physical CPU for life, switched there and nowhere else.
 *
 * Rules:
 * - While a vCPU is `cpu->current` its guest state lives in the hardware; `ctx` is stale. Everywhere else
 *   `ctx` is the truth. vcpu_is_loaded() tells.
 * - Fields are written on the vCPU's own CPU only, with interrupts masked (EL2 always runs masked), so they
 *   need no lock. Another CPU asks through smp.h.
 * - Runnable means: its bit is in cpu->ready. A vCPU that is off or stopped has wake_bit 0, so a wake-up is
 *   one OR and can never revive it.
 */
#ifndef HV_VCPU_H
#define HV_VCPU_H

#include "abi/xen.h"
#include "hv/context.h"
#include "hv/peer.h"
#include "hv/types.h"
#include "hv/vgic_state.h"

struct domain;
struct cpu;

enum {
    POLL_ANY = 0, /* vcpu.poll_port: any port of the domain; port 0 is never a real port */
};

enum {
    VCPU_KEEPS_RUNSTATE = 1 << 16, /* vcpu.lazy, above the architecture's: runstate.h */
};

/* PSCI power state, see virt/vpsci.c for who changes it. */
enum vcpu_power { VCPU_OFF, VCPU_ON_PENDING, VCPU_ON };

#define DEADLINE_NONE UINT64_MAX

/* The part of vcpu_info that exists before the guest registers a page of its own. */
struct vcpu_info_early {
    uint32_t upcall_pending;
    uint32_t pad;
    uint32_t pending_sel[2];
};

struct vcpu {
    /* Event delivery: read by evtchn_send of any domain on this CPU. */
    uint32_t upcall_lrc;      /* list register control word that makes the upcall pending; 0: PPI 31 is off, or no vcpu_info */
    uint32_t wake_bit;        /* bit in cpu->ready, or 0 while off or stopped */
    uint32_t notice_mask;     /* while it is current: cpu->ready bits whose appearance needs the scheduler */
    struct vcpu_info *info;   /* where upcall flag and selector live now */
    struct peer_page info_page; /* the page `info` lies in */
    struct vcpu_info_early info_early;
    bool info_registered;

    struct domain *domain;
    struct cpu *cpu;     /* only its own CPU may look inside */
    uint32_t cpu_id;
    uint32_t lazy;       /* enum vcpu_lazy of the architecture's context.h, VCPU_KEEPS_RUNSTATE */
    uint32_t higher_mask; /* ready bits of the vCPUs with a higher priority */
    uint32_t bit;        /* bit in cpu->ready when runnable; higher bit: higher or equal priority */
    uint32_t group_mask; /* ready bits of the vCPUs with this priority, this one included */
    uint32_t id;         /* within the domain */
    uint32_t priority;

    /* Guest buffers: a run of the caller's own RAM known to be readable and writable by EL1. */
    uintptr_t buffer_base;
    uint32_t buffer_span; /* bytes in the run minus 3: a word at base + offset is inside when offset < span */

    int32_t poll_port; /* valid while its bit in domain.polling is set */
    bool turn_over;        /* it yielded, or its slice has ended */
    uint32_t slice_left;   /* ticks a preemption left it; 0: a whole slice */
    uint64_t deadline;     /* counter ticks at which a blocked vCPU wakes; DEADLINE_NONE */
    uint32_t power;        /* enum vcpu_power */
    reg_t entry, context_id; /* PSCI CPU_ON: first instruction and r0 / x0 */

    struct vgic_vcpu vgic;
    struct vcpu_context ctx;
} __attribute__((aligned(VCPU_BYTES)));

_Static_assert(sizeof(struct vcpu) == VCPU_BYTES, "found by shifting its index");

extern struct vcpu vcpus[CONFIG_MAX_VCPUS];

/* bool vcpu_is_loaded(v), in cpu.h: the vCPU's state is in the hardware; call it on its own CPU. */

/* Makes a stopped or blocked vCPU runnable and asks for a reschedule if it outranks the current one. */
void vcpu_wake(struct vcpu *v);

/* PSCI CPU_ON: starts an off vCPU at `entry` with `context_id` in its first register. Runs on any CPU. */
void vcpu_start(struct vcpu *v, reg_t entry, reg_t context_id);

/* Makes a vCPU that does not run a fresh one that will, with these registers. Call on its own CPU. */
void vcpu_begin(struct vcpu *v, reg_t entry, reg_t a0, reg_t a1, reg_t a2);

/* PSCI CPU_OFF and domain stop: never runs again until vcpu_start. Call on its own CPU. */
void vcpu_stop(struct vcpu *v);

#endif
