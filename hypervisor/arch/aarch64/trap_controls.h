/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What traps from EL1 and EL0, and why: the values of the table "Trap controls, AArch64" in hypervisor/README.md.
 * Written at start; HCR_EL2 and CPTR_EL2 also at every vCPU switch, because lazy state and the buffer run change them.
 */
#ifndef ARCH_AARCH64_TRAP_CONTROLS_H
#define ARCH_AARCH64_TRAP_CONTROLS_H

#define HCR_VM (1ull << 0)    /* stage 2: without it there is no isolation */
#define HCR_SWIO (1ull << 1)  /* set/way invalidate becomes clean and invalidate */
#define HCR_FMO (1ull << 3)   /* physical FIQ, IRQ and SError come to EL2 */
#define HCR_IMO (1ull << 4)
#define HCR_AMO (1ull << 5)
#define HCR_TWI (1ull << 13)  /* WFI: the CPU belongs to the scheduler */
#define HCR_TSC (1ull << 19)  /* SMC: the firmware's answers are EL2's business */
#define HCR_TIDCP (1ull << 20) /* implementation defined system registers */
#define HCR_TACR (1ull << 21)  /* ACTLR_EL1 */
#define HCR_TSW (1ull << 22)   /* cache maintenance by set/way */
#define HCR_TVM (1ull << 26)   /* writes of SCTLR_EL1 and its like, while a buffer run is remembered */
#define HCR_RW (1ull << 31)    /* EL1 is AArch64 */

#define TRAP_HCR                                                                                                \
    (HCR_RW | HCR_VM | HCR_SWIO | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TWI | HCR_TSC | HCR_TIDCP | HCR_TACR | HCR_TSW)

#define CPTR_TFP (1ull << 10)  /* floating point and Advanced SIMD, switched lazily */
#define CPTR_TTA (1ull << 20)  /* trace registers */
#define TRAP_CPTR (CPTR_TTA | 0x33ffull) /* with the bits that are one, SVE's trap among them */

#define TRAP_HSTR 0ull
#define MDCR_HPMN 0x1full        /* counters that EL1 would own; 0 is no value, so what reset says stays */
#define MDCR_TPM (1ull << 6)
#define TRAP_MDCR (1ull << 11 | 1ull << 10 | 1ull << 9 | MDCR_TPM | 1ull << 5) /* debug and PMU registers */
#define TRAP_CNTHCTL 1ull      /* EL1 reads the physical counter; its physical timer traps */

#define TRAP_VMPIDR(id) (1ull << 31 | (id))

#endif
