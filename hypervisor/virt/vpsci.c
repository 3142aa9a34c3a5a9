/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI 1.1 and SMCCC 1.2 for guests. Source: Arm DEN 0022, Arm DEN 0028; results as Xen arch/arm/vpsci.c.
 *
 * The power state of a vCPU goes off -> on pending -> on -> off. The first step is taken by whoever calls
 * CPU_ON, on any CPU, under psci_lock; the other two on the vCPU's own CPU. So it is never started twice.
 */
#include "hv/psci.h"

#include "abi/psci.h"
#include "abi/sched.h"
#include "hv/domain.h"
#include "hv/lock.h"
#include "hv/sched.h"
#include "hv/smp.h"

enum { AFFINITY_LEVELS = 4 };
#define AFFINITY_MASK 0xffffffu /* Aff2 ... Aff0 of an AArch32 MPIDR */

static struct lock psci_lock;

static int32_t cpu_on(struct vcpu *caller, uint32_t target, uint32_t entry, uint32_t context_id)
{
    struct domain *const d = caller->domain;
    int32_t result = PSCI_SUCCESS;

    target &= AFFINITY_MASK;
    if (target >= d->nr_vcpus)
        return PSCI_INVALID_PARAMETERS;

    struct vcpu *const v = &d->vcpus[target];
    lock_acquire(&psci_lock);
    if (v->power == VCPU_ON)
        result = PSCI_ALREADY_ON;
    else if (v->power == VCPU_ON_PENDING)
        result = PSCI_ON_PENDING;
    else
        v->power = VCPU_ON_PENDING;
    lock_release(&psci_lock);
    if (result != PSCI_SUCCESS)
        return result;

    v->entry = entry;
    v->context_id = context_id;
    if (v->cpu == caller->cpu)
        vcpu_start(v, entry, context_id);
    else
        smp_request_start(v);
    return PSCI_SUCCESS;
}

static int32_t cpu_off(struct vcpu *v)
{
    vcpu_stop(v);
    v->power = VCPU_OFF;
    return PSCI_SUCCESS; /* to nobody */
}

/* On when any vCPU below the affinity instance is on; what does not exist is off. */
static int32_t affinity_info(const struct domain *d, uint32_t target, uint32_t level)
{
    int32_t result = PSCI_AFFINITY_OFF;

    if (level >= AFFINITY_LEVELS)
        return PSCI_INVALID_PARAMETERS;

    const uint32_t ignored = level == AFFINITY_LEVELS - 1 ? ~0u : BIT(8 * level) - 1;
    for (uint32_t id = 0; id < d->nr_vcpus; id++) {
        if ((id ^ target) & AFFINITY_MASK & ~ignored)
            continue;
        if (d->vcpus[id].power == VCPU_ON)
            return PSCI_AFFINITY_ON;
        if (d->vcpus[id].power == VCPU_ON_PENDING)
            result = PSCI_AFFINITY_ON_PENDING;
    }
    return result;
}

static int32_t features(uint32_t function)
{
    switch (function) {
    case (uint32_t)PSCI_VERSION:
    case (uint32_t)PSCI_CPU_SUSPEND:
    case (uint32_t)PSCI_CPU_OFF:
    case (uint32_t)PSCI_CPU_ON:
    case (uint32_t)PSCI_AFFINITY_INFO:
    case (uint32_t)PSCI_MIGRATE_INFO_TYPE:
    case (uint32_t)PSCI_SYSTEM_OFF:
    case (uint32_t)PSCI_SYSTEM_RESET:
    case (uint32_t)PSCI_FEATURES:
    case (uint32_t)SMCCC_VERSION:
        return PSCI_SUCCESS;
    default:
        return PSCI_NOT_SUPPORTED;
    }
}

uint32_t psci_call(struct vcpu *v, uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3)
{
    switch (function) {
    case (uint32_t)PSCI_VERSION:
        return PSCI_VERSION_1_1;
    case (uint32_t)SMCCC_VERSION:
        return SMCCC_VERSION_1_2;
    case (uint32_t)PSCI_CPU_SUSPEND: /* standby, whatever power state is asked for */
        sched_block(v);
        return PSCI_SUCCESS;
    case PSCI_0_1_CPU_OFF:
    case (uint32_t)PSCI_CPU_OFF:
        return (uint32_t)cpu_off(v);
    case PSCI_0_1_CPU_ON:
    case (uint32_t)PSCI_CPU_ON:
        return (uint32_t)cpu_on(v, a1, a2, a3);
    case (uint32_t)PSCI_AFFINITY_INFO:
        return (uint32_t)affinity_info(v->domain, a1, a2);
    case (uint32_t)PSCI_MIGRATE_INFO_TYPE:
        return PSCI_MIGRATE_NOT_REQUIRED;
    case (uint32_t)PSCI_SYSTEM_OFF:
        domain_shutdown(v->domain, SHUTDOWN_poweroff);
        return PSCI_SUCCESS;
    case (uint32_t)PSCI_SYSTEM_RESET:
        domain_shutdown(v->domain, SHUTDOWN_reboot);
        return PSCI_SUCCESS;
    case (uint32_t)PSCI_FEATURES:
        return (uint32_t)features(a1);
    default:
        return (uint32_t)PSCI_NOT_SUPPORTED;
    }
}
