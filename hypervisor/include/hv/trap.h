/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that brings a CPU to EL2 except the hypercall fast path. HSR and ESR share one layout.
 */
#ifndef HV_TRAP_H
#define HV_TRAP_H

#include "hv/context.h"
#include "hv/types.h"

struct domain;
struct vcpu;

/* Exception classes (HSR.EC / ESR.EC) that both widths share; EC_HVC and EC_SMC are in the architecture's context.h. */
enum {
    EC_WFX = 0x01,
    EC_FP = 0x07,
    EC_INSTRUCTION_ABORT_LOWER = 0x20,
    EC_INSTRUCTION_ABORT_SAME = 0x21,
    EC_DATA_ABORT_LOWER = 0x24,
    EC_DATA_ABORT_SAME = 0x25,
};

/* A synchronous exception from EL1 or EL0 that is not a well-formed hypercall. Entry path. */
void trap_handle(struct trap_frame *frame);

/* A data abort with a syndrome, for an architecture that knows it early; the frame may hold the transfer register and no other. */
void trap_device_access(struct trap_frame *frame, uint32_t syndrome);

/* A physical interrupt. Entry path, and the idle loop. */
void trap_irq(void);

/* The architecture's own classes (system register traps, lazy state); true when handled. */
bool arch_trap(struct vcpu *v, struct trap_frame *frame, uint32_t syndrome);

/* The domain an assigned device's SPI belongs to, by INTID - 32; NULL: nobody. Filled at start. */
extern struct domain *irq_owner[];

/*
 * arch/<isa>/trap_unit.h:
 *
 *   uint32_t arch_syndrome(void);                             HSR / ESR of the exception being handled
 *   uintptr_t arch_fault_address(bool instruction);           faulting guest address of an abort from a lower level
 *   reg_t arch_frame_get(frame, unsigned reg);                a register of the trapped guest by its number, on AArch32 in
 *   void arch_frame_set(frame, unsigned reg, reg_t value);    the current mode (0 ... 14)
 *   void arch_skip_instruction(uint32_t syndrome);            steps over the trapped instruction
 */
#include <trap_unit.h>

/* HVC returns behind itself; this puts the guest back on it. */
void arch_rewind_hvc(void);

/* Exceptions for the guest, taken at its own vectors. */
void arch_inject_undefined(struct vcpu *v);
void arch_inject_abort(struct vcpu *v, bool instruction, bool write, uintptr_t address);

/* Clears the IRQ mask of the trapped (loaded) guest: SCHEDOP_block. */
void arch_unmask_guest_irq(struct vcpu *v);

#endif
