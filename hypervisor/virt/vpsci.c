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
#include "hv/arch.h"
#include "hv/domain.h"
#include "hv/lock.h"
#include "hv/sched.h"
#include "hv/smp.h"

enum { AFFINITY_LEVELS = 4 };
#define AFFINITY_MASK ARCH_MPIDR_AFFINITY
#define AFFINITY_LOW 0xffffffu /* Aff2 ... Aff0 */
#define FIRST_STANDARD_ID 0x80000000u /* below: PSCI 0.1, which PSCI_FEATURES does not know */

struct psci_call_entry {
    uint32_t id;
    int32_t (*call)(struct vcpu *v, reg_t a1, reg_t a2, reg_t a3); /* NULL: always `constant` */
    int32_t constant;
};

static const struct psci_call_entry *find(uint32_t id);

static struct lock psci_lock;

static int32_t cpu_on(struct vcpu *caller, reg_t target, reg_t entry, reg_t context_id)
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

static int32_t cpu_off(struct vcpu *v, reg_t a1, reg_t a2, reg_t a3)
{
    (void)a1, (void)a2, (void)a3;
    vcpu_stop(v);
    v->power = VCPU_OFF;
    return PSCI_SUCCESS; /* to nobody */
}

/* Standby, whatever power state is asked for. */
static int32_t cpu_suspend(struct vcpu *v, reg_t a1, reg_t a2, reg_t a3)
{
    (void)a1, (void)a2, (void)a3;
    sched_block(v);
    return PSCI_SUCCESS;
}

/* On when any vCPU below the affinity instance is on; what does not exist is off. */
static int32_t affinity_info(struct vcpu *v, reg_t target, reg_t level, reg_t a3)
{
    const struct domain *const d = v->domain;
    int32_t result = PSCI_AFFINITY_OFF;

    (void)a3;
    if (level >= AFFINITY_LEVELS)
        return PSCI_INVALID_PARAMETERS;
    for (uint32_t id = 0; id < d->nr_vcpus; id++) {
        const uint32_t power = d->vcpus[id].power;

        if ((id ^ target) & AFFINITY_MASK & (level == AFFINITY_LEVELS - 1 ? ~(reg_t)AFFINITY_LOW : ~(reg_t)0 << 8 * level))
            continue;
        if (power == VCPU_ON)
            return PSCI_AFFINITY_ON;
        if (power == VCPU_ON_PENDING)
            result = PSCI_AFFINITY_ON_PENDING;
    }
    return result;
}

static int32_t system_off(struct vcpu *v, reg_t a1, reg_t a2, reg_t a3)
{
    (void)a1, (void)a2, (void)a3;
    domain_shutdown(v->domain, SHUTDOWN_poweroff);
    return PSCI_SUCCESS;
}

static int32_t system_reset(struct vcpu *v, reg_t a1, reg_t a2, reg_t a3)
{
    (void)a1, (void)a2, (void)a3;
    domain_shutdown(v->domain, SHUTDOWN_reboot);
    return PSCI_SUCCESS;
}

static int32_t features(struct vcpu *v, reg_t id, reg_t a2, reg_t a3)
{
    (void)v, (void)a2, (void)a3;
    return id >= FIRST_STANDARD_ID && find(arch_psci_function((uint32_t)id)) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
}

static const struct psci_call_entry functions[] = {
    {(uint32_t)PSCI_VERSION, NULL, PSCI_VERSION_1_1},
    {(uint32_t)PSCI_CPU_SUSPEND, cpu_suspend, 0},
    {(uint32_t)PSCI_CPU_OFF, cpu_off, 0},
    {(uint32_t)PSCI_CPU_ON, cpu_on, 0},
    {(uint32_t)PSCI_AFFINITY_INFO, affinity_info, 0},
    {(uint32_t)PSCI_MIGRATE_INFO_TYPE, NULL, PSCI_MIGRATE_NOT_REQUIRED},
    {(uint32_t)PSCI_SYSTEM_OFF, system_off, 0},
    {(uint32_t)PSCI_SYSTEM_RESET, system_reset, 0},
    {(uint32_t)PSCI_FEATURES, features, 0},
    {(uint32_t)SMCCC_VERSION, NULL, SMCCC_VERSION_1_2},
    {PSCI_0_1_CPU_OFF, cpu_off, 0},
    {PSCI_0_1_CPU_ON, cpu_on, 0},
};

static const struct psci_call_entry *find(uint32_t id)
{
    for (uint32_t i = 0; i < ARRAY_SIZE(functions); i++) {
        if (functions[i].id == id)
            return &functions[i];
    }
    return NULL;
}

reg_t psci_call(struct vcpu *v, uint32_t function, reg_t a1, reg_t a2, reg_t a3)
{
    const struct psci_call_entry *const f = find(arch_psci_function(function));

    if (f == NULL)
        return (reg_t)PSCI_NOT_SUPPORTED;
    return (reg_t)(f->call ? f->call(v, arch_psci_argument(function, a1), arch_psci_argument(function, a2),
                                     arch_psci_argument(function, a3))
                           : f->constant);
}
