/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device registers: one access of exactly the named width, never merged or torn. Order against memory is the
 * caller's business (arch_dsb).
 */
#ifndef HV_MMIO_H
#define HV_MMIO_H

#include "hv/types.h"

static inline uint32_t mmio_read32(uintptr_t address)
{
    return *(const volatile uint32_t *)address;
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
    *(volatile uint32_t *)address = value;
}

#endif
