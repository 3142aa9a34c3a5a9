/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What traps from EL1 and EL0, and why: the values of the table "Trap controls" in hypervisor/README.md.
 * Written at start; HCR and HCPTR also at every vCPU switch, because lazy state changes them.
 */
#ifndef ARCH_AARCH32_TRAP_CONTROLS_H
#define ARCH_AARCH32_TRAP_CONTROLS_H

#define HCR_VM (1u << 0)    /* the EL2 MPU checks EL1: without it there is no isolation */
#define HCR_SWIO (1u << 1)  /* set/way invalidate becomes clean and invalidate */
#define HCR_FMO (1u << 3)   /* physical FIQ, IRQ and SError come to EL2 */
#define HCR_IMO (1u << 4)
#define HCR_AMO (1u << 5)
#define HCR_TWI (1u << 13)  /* WFI: the CPU belongs to the scheduler */
#define HCR_TSC (1u << 19)  /* SMC */
#define HCR_TIDCP (1u << 20) /* implementation defined CP15 */
#define HCR_TAC (1u << 21)  /* ACTLR */
#define HCR_TSW (1u << 22)  /* cache maintenance by set/way */
#define HCR_TVM (1u << 26)  /* writes of SCTLR and the EL1 MPU: lazy switch, buffer cache */
#define HCR_TRVM (1u << 30) /* reads of the same: another domain's values may be in there */
#define HCR_RESET (1u << 31) /* reads as one on the core */

#define TRAP_HCR                                                                                                \
    (HCR_RESET | HCR_VM | HCR_SWIO | HCR_FMO | HCR_IMO | HCR_AMO | HCR_TWI | HCR_TSC | HCR_TIDCP | HCR_TAC |    \
     HCR_TSW | HCR_TVM | HCR_TRVM)

#define HCPTR_TRAP_FP (3u << 10)  /* CP10, CP11: floating point and Advanced SIMD, switched lazily */
#define HCPTR_TTA (1u << 20)      /* trace registers */
#define TRAP_HCPTR (HCPTR_TTA | 0x33ffu)

#define TRAP_HSTR (1u << 15)      /* CP15 c15: implementation defined (TCM, peripheral port, ...) */
#define HDCR_HPMN 0x1fu           /* counters that EL1 would own; 0 is no value, so what reset says stays */
#define HDCR_TPM (1u << 6)
#define TRAP_HDCR (1u << 11 | 1u << 10 | 1u << 9 | HDCR_TPM | 1u << 5) /* debug and PMU registers */
#define TRAP_HACTLR 0u            /* EL1 may change nothing implementation defined */
#define TRAP_CNTHCTL 1u           /* EL1 reads the physical counter; its physical timer traps */

#endif
