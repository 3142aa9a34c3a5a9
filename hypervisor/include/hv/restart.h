/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to a domain after it has stopped, in steps of at most a few hundred instructions. They run in the
 * slot of its vCPU 0, at its priority; between two steps pending interrupts are served and the scheduler is
 * asked again.
 */
#ifndef HV_RESTART_H
#define HV_RESTART_H

#include "hv/domain.h"

/* True when the domain will run again after stopping for `reason` (enum shutdown_reason). */
bool restart_is_due(const struct domain *d, uint32_t reason);

/* On the CPU of vCPU 0, which has been stopped: its slot is the hypervisor's from now on. */
void restart_begin(struct vcpu *v);

/* One step, instead of running `v`. Afterwards it may be asleep until its deadline, down for good, or a guest again. */
void restart_step(struct vcpu *v);

#endif
