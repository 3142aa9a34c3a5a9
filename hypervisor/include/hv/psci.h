/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI and SMCCC for guests: HVC #0 and SMC #0, function id in r0 / w0. See xen ABI chapter on PSCI.
 */
#ifndef HV_PSCI_H
#define HV_PSCI_H

#include "hv/vcpu.h"

/* Performs the call; arguments are the guest's r0 ... r3. Returns what r0 becomes (unless the vCPU went off). */
reg_t psci_call(struct vcpu *v, uint32_t function, reg_t a1, reg_t a2, reg_t a3);

#endif
