/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of an AArch64 vCPU that is not in the hardware. The order is the order of switch.S, which moves pairs.
 * offsets.c exports what assembly needs. Each group has a save policy: "State of a vCPU, AArch64" in
 * hypervisor/README.md.
 */
#ifndef ARCH_AARCH64_CONTEXT_H
#define ARCH_AARCH64_CONTEXT_H

#include "hv/config.h"
#include "hv/types.h"

struct fp_state {
    uint64_t q[64]; /* 32 registers of 128 bits */
    uint64_t fpcr, fpsr;
};

struct vcpu_context {
    /* Switched whenever another vCPU is chosen. */
    uint64_t x[31], sp_el0;
    uint64_t pc, pstate; /* ELR_EL2, SPSR_EL2 */
    uint64_t sp_el1, elr_el1, spsr_el1, sctlr;
    uint64_t cpacr, ttbr0, ttbr1, tcr;
    uint64_t mair, amair, vbar, esr;
    uint64_t far, afsr0, afsr1, contextidr;
    uint64_t tpidr_el0, tpidrro_el0, tpidr_el1, par;
    uint64_t cntkctl, csselr, mdscr, actlr;
    uint64_t cntv_cval, cntv_ctl;

    /* Virtual interrupts. lr_used: bit n set when list register n (1 ... 3) holds something; vgic_state.h. */
    uint32_t lrc0, lr_used;
    uint32_t vmcr, vmcr_upper; /* one register */
    uint64_t ap1r0;

    /* Written when the vCPU is switched in, never read back: they are EL2's. */
    uint64_t vmpidr, hcr;
    uint64_t cptr, spare;
    uint32_t lr[3], lrc[3]; /* halves of ICH_LR<n>_EL2; looked at only when lr_used is not 0 */
    uint32_t ich_hcr;

    /* EL2 finds what the guest calls `address` at address + buffer_delta, inside its buffer run. */
    uint64_t buffer_delta;

    /* Switched lazily: only when another vCPU wants it. */
    struct fp_state fp;
};

/* State that is switched only between vCPUs that use it; once used, it is restored eagerly. */
enum vcpu_lazy { VCPU_USES_FP = 1 << 0 };

struct vcpu;

/* Whose state of that kind is in a CPU's registers. */
struct lazy_cpu {
    struct vcpu *fp_owner;
};

/*
 * Registers of the guest that trapped. `few` is what every entry saves: x0 ... x8, x30, x16, x17. `rest`, x9 ... x15, x18
 * and x19 ... x29, lies below it when a trap is more than a hypercall. Writable: emulation changes them.
 */
struct trap_frame {
    uint64_t rest[20];
    uint64_t few[12];
};

/* Arguments 0 ... 3 of a call by the SMC calling convention; the first becomes its result. */
static inline reg_t *trap_arguments(struct trap_frame *frame)
{
    return frame->few;
}

enum { EC_HVC = 0x16, EC_SMC = 0x17 };

enum { VCPU_BYTES = 2048, DOMAIN_BYTES = 2048 }; /* struct vcpu, struct domain: powers of two */

static inline uintptr_t context_buffer_place(const struct vcpu_context *ctx, uintptr_t address)
{
    return address + ctx->buffer_delta;
}

#endif
