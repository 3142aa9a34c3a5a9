/* SPDX-License-Identifier: Apache-2.0 */
/* The half of hv/trap.h that each architecture declares: all inline here, for an emulated access is mostly these. */
#ifndef ARCH_AARCH64_TRAP_UNIT_H
#define ARCH_AARCH64_TRAP_UNIT_H

#include "sysregs.h"

static inline uint32_t arch_syndrome(void)
{
    return (uint32_t)READ_SYSREG(esr_el2);
}

/* What stage 2 refused: an intermediate physical address, with the offset in the page. */
static inline uintptr_t arch_fault_address(bool instruction)
{
    (void)instruction;
    return (READ_SYSREG(hpfar_el2) << 8 & ~(uintptr_t)(PAGE_SIZE - 1)) | (READ_SYSREG(far_el2) & (PAGE_SIZE - 1));
}

/* x31 is the zero register in every instruction that traps. */
static inline uint64_t *trap_frame_slot(struct trap_frame *frame, unsigned reg)
{
    if (likely(reg <= 8))
        return &frame->few[reg];
    if (reg <= 15)
        return &frame->rest[reg - 9];
    if (reg <= 17)
        return &frame->few[reg - 6];
    return reg == 30 ? &frame->few[9] : &frame->rest[reg - 11];
}

static inline reg_t arch_frame_get(const struct trap_frame *frame, unsigned reg)
{
    return reg == 31 ? 0 : *trap_frame_slot((struct trap_frame *)frame, reg);
}

static inline void arch_frame_set(struct trap_frame *frame, unsigned reg, reg_t value)
{
    if (reg != 31)
        *trap_frame_slot(frame, reg) = value;
}

/* An instruction is four bytes, and nothing else follows it; trap_handle_32() puts right what AArch32 has besides. */
static inline void arch_skip_instruction(uint32_t syndrome)
{
    (void)syndrome;
    WRITE_SYSREG(elr_el2, READ_SYSREG(elr_el2) + 4);
}

#endif
