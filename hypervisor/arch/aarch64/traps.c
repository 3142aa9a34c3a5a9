/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traps that only AArch64 has: system registers by their encoding, the lazily switched floating point, and what a trap from a
 * 32-bit process has besides.
 */
#include "hv/arch.h"
#include "hv/cpu.h"
#include "hv/guest_access.h"
#include "hv/trap.h"
#include "hv/vgic.h"
#include "lazy.h"
#include "trap_controls.h"

enum { ESR_EC_SHIFT = 26, EC_SYSTEM_REGISTER = 0x18, ESR_IL = 1 << 25, PSTATE_THUMB = 1 << 5 };

void trap_handle_32(struct trap_frame *frame); /* from entry.S */

/* op0, op1, CRn, CRm, op2, as the ISS of a trapped MSR, MRS or system instruction has them. */
#define KEY(op0, op1, crn, crm, op2) \
    ((uint32_t)(op0) << 20 | (uint32_t)(op2) << 17 | (uint32_t)(op1) << 14 | (uint32_t)(crn) << 10 | (uint32_t)(crm) << 1)
#define KEY_MASK KEY(3, 7, 15, 15, 7)

/* What HCR_EL2.TVM traps: the registers that change how EL1 translates. The run is forgotten, the write done again. */
static bool is_virtual_memory_register(uint32_t key)
{
    switch (key) {
    case KEY(3, 0, 1, 0, 0):  /* SCTLR_EL1 */
    case KEY(3, 0, 2, 0, 0):  /* TTBR0_EL1 */
    case KEY(3, 0, 2, 0, 1):  /* TTBR1_EL1 */
    case KEY(3, 0, 2, 0, 2):  /* TCR_EL1 */
    case KEY(3, 0, 5, 1, 0):  /* AFSR0_EL1 */
    case KEY(3, 0, 5, 1, 1):  /* AFSR1_EL1 */
    case KEY(3, 0, 5, 2, 0):  /* ESR_EL1 */
    case KEY(3, 0, 6, 0, 0):  /* FAR_EL1 */
    case KEY(3, 0, 10, 2, 0): /* MAIR_EL1 */
    case KEY(3, 0, 10, 3, 0): /* AMAIR_EL1 */
    case KEY(3, 0, 13, 0, 1): /* CONTEXTIDR_EL1 */
        return true;
    default:
        return false;
    }
}

/* DC ISW, CSW, CISW: the guest's lines are not its business. */
static bool is_set_way(uint32_t key)
{
    return key == KEY(1, 0, 7, 6, 2) || key == KEY(1, 0, 7, 10, 2) || key == KEY(1, 0, 7, 14, 2);
}

/* Fields of a KEY. */
static uint32_t op0_of(uint32_t key) { return key >> 20 & 3; }
static uint32_t op1_of(uint32_t key) { return key >> 14 & 7; }
static uint32_t crn_of(uint32_t key) { return key >> 10 & 15; }
static uint32_t crm_of(uint32_t key) { return key >> 1 & 15; }

/*
 * Registers that read as zero and ignore writes. A kernel writes those of the debug unit and the PMU at its start, because
 * the ID registers announce them: ACTLR_EL1, MDSCR_EL1, DBG*_EL1, OS*_EL1; PM*_EL0, PM*_EL1.
 */
static bool is_ignored(uint32_t key)
{
    const uint32_t op0 = op0_of(key), op1 = op1_of(key), crn = crn_of(key), crm = crm_of(key);

    if (op0 == 2)
        return op1 == 0;
    if (op0 != 3)
        return false;
    return key == KEY(3, 0, 1, 0, 1) || (op1 == 0 && crn == 9 && crm == 14) ||
           (op1 == 3 && ((crn == 9 && crm >= 12 && crm <= 14) || (crn == 14 && crm >= 8)));
}

static void watch(struct vcpu *v, uint64_t tvm)
{
    v->ctx.hcr = (v->ctx.hcr & ~HCR_TVM) | tvm;
    WRITE_SYSREG(hcr_el2, v->ctx.hcr);
    arch_isb();
}

void arch_watch_translation(struct vcpu *v)
{
    if (!(v->ctx.hcr & HCR_TVM))
        watch(v, HCR_TVM);
}

static bool system_register(struct vcpu *v, struct trap_frame *frame, uint32_t syndrome)
{
    const uint32_t key = syndrome & KEY_MASK;
    const bool read = syndrome & 1;
    const unsigned reg = syndrome >> 5 & 31;

    if (!read && is_virtual_memory_register(key)) {
        guest_access_invalidate(v);
        watch(v, 0);
        return true;
    }
    if (!read && key == KEY(3, 0, 12, 11, 5)) { /* ICC_SGI1R_EL1 */
        vgic_send_sgi(v, arch_frame_get(frame, reg));
        arch_skip_instruction(syndrome);
        return true;
    }
    if (is_ignored(key)) {
        if (read)
            arch_frame_set(frame, reg, 0);
        arch_skip_instruction(syndrome);
        return true;
    }
    if (!read && is_set_way(key)) {
        arch_skip_instruction(syndrome);
        return true;
    }
    return false;
}

bool arch_trap(struct vcpu *v, struct trap_frame *frame, uint32_t syndrome)
{
    switch (syndrome >> ESR_EC_SHIFT) {
    case EC_SYSTEM_REGISTER:
        return system_register(v, frame, syndrome);
    case EC_FP:
        lazy_own_fp(v);
        return true;
    default: /* debug, SVE, what EL1 may not do */
        return false;
    }
}

/* AArch32 at EL0: a Thumb instruction may be two bytes, and the condition of the next one in an IT block is in PSTATE. */
static void step_over_thumb(uint64_t pc, uint32_t syndrome, uint64_t pstate)
{
    uint64_t it = (pstate >> 25 & 3) | (pstate >> 8 & 0xfc);

    it = it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
    WRITE_SYSREG(elr_el2, pc + (syndrome & ESR_IL ? 4 : 2));
    WRITE_SYSREG(spsr_el2, (pstate & ~0x0600fc00ull) | (it & 3) << 25 | (it & 0xfc) << 8);
}

void trap_handle_32(struct trap_frame *frame)
{
    const uint64_t pc = READ_SYSREG(elr_el2), pstate = READ_SYSREG(spsr_el2);
    const uint32_t syndrome = arch_syndrome();

    trap_handle(frame);
    if (pstate & PSTATE_THUMB && READ_SYSREG(elr_el2) == pc + 4 && READ_SYSREG(spsr_el2) == pstate)
        step_over_thumb(pc, syndrome, pstate);
}
