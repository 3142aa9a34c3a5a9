/* SPDX-License-Identifier: Apache-2.0 */
/* What a driver needs of an architecture, on the build machine: the device under test is the only other party. */
#ifndef TEST_HOST_DEVICE_ARCH_INLINE_H
#define TEST_HOST_DEVICE_ARCH_INLINE_H

static inline void arch_dsb(void)
{
}

static inline void arch_relax(void)
{
}

static inline void arch_gic_cpu_init(void)
{
}

static inline void arch_gic_send_sgi(uint64_t target)
{
    (void)target;
}

#endif
