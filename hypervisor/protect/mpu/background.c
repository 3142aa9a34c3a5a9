/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strategy `background`: the default memory map backs EL2 (HSCTLR.BR) during the access. It needs nothing
 * and protects nothing: while it lasts EL2 reaches everything the default map has. syscfg checks that the
 * map's attributes are those of the banks.
 */
#include "hv/cpu.h"
#include "hv/strategy.h"
#include "mpu_regs.h"

#define STRATEGY background

enum { HSCTLR_BR = 1 << 17 };

always_inline void peer_begin(struct peer_access *access, struct cpu *cpu, uint32_t viewer)
{
    access->cpu = cpu;
    access->viewer = viewer;
    access->live = 0; /* HSCTLR as it was */
}

always_inline void peer_end(struct peer_access *access)
{
    if (access->live) {
        PROBE("exposed.end");
        WRITE_SYSREG(HSCTLR, access->live);
        __asm__ volatile("isb" ::: "memory");
    }
}

always_inline void peer_reach(struct peer_access *access, const struct peer_page *page)
{
    if (access->live || page->held_by & access->viewer)
        return;
    access->live = READ_SYSREG(HSCTLR);
    assume(access->live != 0); /* the MPU is on */
    WRITE_SYSREG(HSCTLR, access->live | HSCTLR_BR);
    __asm__ volatile("isb" ::: "memory");
    PROBE("exposed");
}

#include "core/evtchn_send.h"
