/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two CPUs that share nothing by hardware broadcast: MPU registers are per CPU.
 *
 * Rules: EL2 is not preemptible and every handler is bounded, so waiting for another CPU's handler to end is
 * bounded. A waiter serves quiesce requests addressed to itself. No exclusives between CPUs are needed: each
 * word has one writer, and a posted event is a bit in which the sender's word differs from the receiver's.
 */
#ifndef HV_SMP_H
#define HV_SMP_H

#include "hv/main.h"
#include "hv/types.h"
#include "hv/vcpu.h"

/*
 * When it returns, the other CPUs of the mask run no EL2 code begun before the call, apart from one that
 * waits in a lock or in smp_quiesce itself and so holds no channel word. The caller may be in the mask.
 */
void smp_quiesce(uint32_t cpus);

/*
 * The other CPU of the mask, if any, waits at a point where it has no peer access open, until smp_release. Then it
 * loads its current domain's view once more. Under memory_lock only, so that never two CPUs hold each other. A CPU
 * that is held already stays so.
 */
void smp_hold(uint32_t cpus);
void smp_release(void);

/* The hypervisor runs on one CPU. */
static inline bool smp_is_alone(void)
{
    return config_verified->nr_cpus == 1;
}

/* Nothing that was asked of the vCPU from another CPU waits to be looked at. */
bool smp_requests_served(const struct vcpu *v);

/* One turn of a wait on another CPU: answers a quiesce request. */
void smp_relax(void);

/* Posts an event for a domain whose pages only the other CPU writes; merged with one already posted. */
void smp_post_event(struct domain *d, port_t port);

/* What one CPU can ask of another for a vCPU pinned there; returns at once. */
enum smp_request {
    SMP_START = 1 << 0,  /* vcpu_start with the entry and context id already in the vCPU */
    SMP_STOP = 1 << 1,   /* vcpu_stop */
    SMP_UPCALL = 1 << 2, /* the upcall flag went 0 -> 1 */
    SMP_POLL = 1 << 3,   /* wake it if it polls */
    SMP_INJECT = 1 << 4, /* smp_request_inject() */
};
void smp_request(struct vcpu *v, enum smp_request request);
void smp_request_start(struct vcpu *v);
void smp_request_stop(struct vcpu *v);
void smp_request_inject(struct vcpu *v, uint32_t intid);

/* The kick SGI arrived: serve what is posted to this CPU, a bounded part at a time. */
void smp_serve(void);

/* Puts the other CPUs to sleep for good (panic, end of the system). */
void smp_stop_others(void);

#endif
