/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of an AArch32 vCPU that is not in the hardware. The order is the order of the switch code
 * (entry.S): blocks that one LDM or STM moves lie together. offsets.c exports what assembly needs.
 *
 * Each group has a save policy, see the table "State of a vCPU" in hypervisor/README.md.
 */
#ifndef ARCH_AARCH32_CONTEXT_H
#define ARCH_AARCH32_CONTEXT_H

#include "hv/config.h"
#include "hv/types.h"

struct mpu_el1_state {
    uint32_t mair0, mair1, prselr, spare;
    uint32_t region[2 * MPU_MAX_SLOTS]; /* PRBAR, PRLAR of region 0, 1, ... */
};

struct fp_state {
    uint64_t d[32];
    uint32_t fpscr, fpexc;
};

struct vcpu_context {
    /* As the trap frame lies on the EL2 stack. */
    uint32_t r4_r11[8];
    uint32_t r0_r3[4];
    uint32_t r12, lr_usr;

    /* Switched whenever another vCPU is chosen. */
    uint32_t pc, cpsr;
    uint32_t sp_usr, sp_svc, lr_svc, spsr_svc;
    uint32_t sp_abt, lr_abt, spsr_abt;
    uint32_t sp_und, lr_und, spsr_und;
    uint32_t sp_irq, lr_irq, spsr_irq;
    uint32_t r8_r12_fiq[5], sp_fiq, lr_fiq, spsr_fiq;

    uint32_t sctlr, cpacr, vbar, contextidr;
    uint32_t tpidrurw, tpidruro, tpidrprw, csselr;
    uint32_t dfsr, ifsr, dfar, ifar;
    uint32_t par[2], cntkctl, cntv_ctl, cntv_cval[2];

    /* Virtual interrupts. lr_used: bit n set when list register n (1 ... 3) holds something; vgic_state.h. */
    uint32_t lrc0, vmcr, ap1r0;
    uint32_t lr_used;

    /* Written when the vCPU is switched in, never read back: they are EL2's. */
    uint32_t vmpidr, hcr, hcptr;
    uint32_t lr[3], lrc[3], ich_hcr; /* looked at only when lr_used is not 0 */

    /* Switched lazily: only when another vCPU wants them. */
    struct mpu_el1_state mpu;
    struct fp_state fp;
};

/* State that is switched only between vCPUs that use it; once used, it is restored eagerly. */
enum vcpu_lazy { VCPU_USES_FP = 1 << 0, VCPU_USES_EL1_MPU = 1 << 1 };

struct vcpu;

/* Whose state of that kind is in a CPU's registers. */
struct lazy_cpu {
    struct vcpu *fp_owner;
    struct vcpu *mpu_owner;
};

/* Registers of the guest that trapped, as pushed by the full trap path. Writable: emulation changes them. */
struct trap_frame {
    uint32_t r4_r11[8];
    uint32_t r0_r3[4];
    uint32_t r12, lr_usr;
};

/* Arguments 0 ... 3 of a call by the SMC calling convention; the first becomes its result. */
static inline reg_t *trap_arguments(struct trap_frame *frame)
{
    return (reg_t *)frame->r0_r3;
}

enum { EC_HVC = 0x12, EC_SMC = 0x13 };

enum { VCPU_BYTES = 1024, DOMAIN_BYTES = 2048 }; /* struct vcpu, struct domain: powers of two */

/* Where EL2 finds what the guest names inside the vCPU's buffer run. */
static inline uintptr_t context_buffer_place(const struct vcpu_context *ctx, uintptr_t address)
{
    (void)ctx;
    return address;
}

#endif
