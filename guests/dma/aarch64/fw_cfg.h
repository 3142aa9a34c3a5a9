/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's fw_cfg, a bus master that obeys a descriptor in memory. A transfer is over when the store that starts it is.
 * Source: QEMU docs/specs/fw_cfg.rst.
 */
#ifndef GUESTS_FW_CFG_H
#define GUESTS_FW_CFG_H

#include "fencepost.h"

enum {
    FW_CFG_SIGNATURE = 0, /* its key */
    FW_CFG_SIGNATURE_BYTES = 4,
    FW_CFG_READ = 2,
    FW_CFG_SELECT = 8,
};

struct fw_cfg_descriptor { /* big-endian */
    uint32_t control, bytes;
    uint64_t address;
} __attribute__((aligned(16)));

static inline void fw_cfg_describe_signature(volatile struct fw_cfg_descriptor *d, uintptr_t to)
{
    d->control = __builtin_bswap32((uint32_t)FW_CFG_SIGNATURE << 16 | FW_CFG_SELECT | FW_CFG_READ);
    d->bytes = __builtin_bswap32(FW_CFG_SIGNATURE_BYTES);
    d->address = __builtin_bswap64(to);
}

/* 0: done; as it was: the device did not see it. */
static inline uint32_t fw_cfg_run(const volatile struct fw_cfg_descriptor *d)
{
    __asm__ volatile("dsb sy" ::: "memory");
    *(volatile uint64_t *)0x09020010u = __builtin_bswap64((uintptr_t)d);
    __asm__ volatile("dsb sy" ::: "memory");
    return __builtin_bswap32(d->control);
}

static inline bool fw_cfg_is_signature(uintptr_t address)
{
    const volatile char *const at = (const volatile char *)address;

    return at[0] == 'Q' && at[1] == 'E' && at[2] == 'M' && at[3] == 'U';
}

#endif
