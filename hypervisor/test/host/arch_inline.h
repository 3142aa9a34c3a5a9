/* SPDX-License-Identifier: Apache-2.0 */
/* What the headers of core/ need of an architecture, on the build machine: one CPU, nothing to order. */
#ifndef TEST_HOST_ARCH_INLINE_H
#define TEST_HOST_ARCH_INLINE_H

static inline unsigned arch_cpu_id(void)
{
    return 0;
}

static inline void arch_dmb(void)
{
}

#endif
