/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mutual exclusion between the two CPUs (Peterson), for cold operations. Plain loads and stores with
 * barriers: exclusives between the cores of a cluster are not a given on every R52 board.
 *
 * Rules: interrupts are masked whenever EL2 runs, so a holder is never preempted; holders are bounded. Lock
 * order: memory_lock, channels_lock or the stop lock before console_lock; the end of the
 * system takes memory_lock, then its own; nothing else nests.
 */
#ifndef HV_LOCK_H
#define HV_LOCK_H

#include "hv/arch.h"
#include "hv/config.h"
#include "hv/smp.h"
#include "hv/types.h"

struct lock {
    uint32_t volatile wants[CONFIG_MAX_CPUS];
    uint32_t volatile waits;
};

_Static_assert(CONFIG_MAX_CPUS == 2, "Peterson's lock is for two");

static inline void lock_acquire(struct lock *lock)
{
    const unsigned me = arch_cpu_id();

    lock->wants[me] = 1;
    lock->waits = me;
    arch_dmb();
    while (lock->wants[1 - me] && lock->waits == me)
        smp_relax();
    arch_dmb();
}

static inline void lock_release(struct lock *lock)
{
    arch_dmb();
    lock->wants[arch_cpu_id()] = 0;
}

#endif
