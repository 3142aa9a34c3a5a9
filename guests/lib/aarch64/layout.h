/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the assembly of the guest library and its C agree on: stacks of a vCPU and the context that a caught
 * exception goes back to. exception.c and cpu.c hold the assertions.
 */
#ifndef GUEST_LAYOUT_H
#define GUEST_LAYOUT_H

#define FP_MAX_CPUS 4 /* a power of two: MPIDR.Aff0 is cut to it */

/* Stacks of one vCPU, tops counted from the lowest address; exceptions run on the EL1 stack. */
#define FP_USR_STACK_TOP 4096
#define FP_STACKS_SIZE 16384

/* struct fp_context: x19-x30, SP, DAIF */
#define FP_CONTEXT_SP 96
#define FP_CONTEXT_DAIF 104

/* struct fp_frame: x0-x30, ELR, SPSR */
#define FP_FRAME_PC 248
#define FP_FRAME_SPSR 256
#define FP_FRAME_SIZE 272

#endif
