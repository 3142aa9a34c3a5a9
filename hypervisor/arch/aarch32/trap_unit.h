/* SPDX-License-Identifier: Apache-2.0 */
/* The half of hv/trap.h that each architecture declares; context.c. */
#ifndef ARCH_AARCH32_TRAP_UNIT_H
#define ARCH_AARCH32_TRAP_UNIT_H

uint32_t arch_syndrome(void);
uintptr_t arch_fault_address(bool instruction);
reg_t arch_frame_get(const struct trap_frame *frame, unsigned reg);
void arch_frame_set(struct trap_frame *frame, unsigned reg, reg_t value);
void arch_skip_instruction(uint32_t syndrome);

#endif
