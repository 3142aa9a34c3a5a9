/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AArch64 system registers by their architectural names: READ_SYSREG(hcr_el2), WRITE_SYSREG(hcr_el2, v). Names the
 * assembler may not know are given by encoding. Source: Arm DDI 0487.
 */
#ifndef ARCH_AARCH64_SYSREGS_H
#define ARCH_AARCH64_SYSREGS_H

#include <stdint.h>

#define ICC_SRE_EL2 "s3_4_c12_c9_5"
#define ICC_SRE_EL1 "s3_0_c12_c12_5"
#define ICC_PMR_EL1 "s3_0_c4_c6_0"
#define ICC_IAR1_EL1 "s3_0_c12_c12_0"
#define ICC_EOIR1_EL1 "s3_0_c12_c12_1"
#define ICC_BPR1_EL1 "s3_0_c12_c12_3"
#define ICC_CTLR_EL1 "s3_0_c12_c12_4"
#define ICC_IGRPEN1_EL1 "s3_0_c12_c12_7"
#define ICC_DIR_EL1 "s3_0_c12_c11_1"
#define ICC_SGI1R_EL1 "s3_0_c12_c11_5"
#define ICH_AP0R0_EL2 "s3_4_c12_c8_0"
#define ICH_AP1R0_EL2 "s3_4_c12_c9_0"
#define ICH_HCR_EL2 "s3_4_c12_c11_0"
#define ICH_VTR_EL2 "s3_4_c12_c11_1"
#define ICH_MISR_EL2 "s3_4_c12_c11_2"
#define ICH_EISR_EL2 "s3_4_c12_c11_3"
#define ICH_ELRSR_EL2 "s3_4_c12_c11_5"
#define ICH_VMCR_EL2 "s3_4_c12_c11_7"
#define ICH_LR0_EL2 "s3_4_c12_c12_0"
#define ICH_LR1_EL2 "s3_4_c12_c12_1"
#define ICH_LR2_EL2 "s3_4_c12_c12_2"
#define ICH_LR3_EL2 "s3_4_c12_c12_3"

#define READ_SYSREG_NAMED(name)                                                                             \
    ({                                                                                                      \
        uint64_t value_;                                                                                    \
        __asm__ volatile("mrs %0, " name : "=r"(value_));                                                   \
        value_;                                                                                             \
    })
#define WRITE_SYSREG_NAMED(name, value) __asm__ volatile("msr " name ", %x0" ::"rZ"((uint64_t)(value)) : "memory")

#define READ_SYSREG(name) READ_SYSREG_NAMED(#name)
#define WRITE_SYSREG(name, value) WRITE_SYSREG_NAMED(#name, value)

#endif
