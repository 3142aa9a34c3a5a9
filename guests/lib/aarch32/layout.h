/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the assembly of the guest library and its C agree on: stacks of a vCPU and the context that a caught
 * exception goes back to. fault.c and cpu.c hold the assertions.
 */
#ifndef GUEST_LAYOUT_H
#define GUEST_LAYOUT_H

#define FP_MAX_CPUS 4 /* a power of two: MPIDR.Aff0 is cut to it */

/* Stacks of one vCPU, tops counted from the lowest address; IRQs run on the SVC stack. */
#define FP_ABT_STACK_TOP 1024
#define FP_UND_STACK_TOP 2048
#define FP_USR_STACK_TOP 4096
#define FP_STACKS_SIZE 12288

/* struct fp_context */
#define FP_CONTEXT_SP 32
#define FP_CONTEXT_LR 36
#define FP_CONTEXT_CPSR 40

#define FP_KIND_UNDEFINED 1
#define FP_KIND_PREFETCH 2
#define FP_KIND_DATA 3
#define FP_KIND_SVC 4
#define FP_KIND_FIQ 5

#endif
