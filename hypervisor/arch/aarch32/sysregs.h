/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AArch32 system registers by their architectural names. READ_SYSREG(HCR), WRITE_SYSREG(HCR, v); 64-bit ones
 * with the suffix 64. Encodings: Arm DDI 0487 (AArch32), Arm DDI 0568 (Armv8-R AArch32).
 */
#ifndef ARCH_AARCH32_SYSREGS_H
#define ARCH_AARCH32_SYSREGS_H

#include <stdint.h>

/* opc1, CRn, CRm, opc2 */
#define SYSREG_MIDR       "0", "c0", "c0", "0"
#define SYSREG_MPIDR      "0", "c0", "c0", "5"
#define SYSREG_VMPIDR     "4", "c0", "c0", "5"
#define SYSREG_VPIDR      "4", "c0", "c0", "0"
#define SYSREG_ID_DFR0     "0", "c0", "c1", "2"
#define SYSREG_HMPUIR     "4", "c0", "c0", "4"
#define SYSREG_MPUIR      "0", "c0", "c0", "4"
#define SYSREG_SCTLR      "0", "c1", "c0", "0"
#define SYSREG_ACTLR      "0", "c1", "c0", "1"
#define SYSREG_CPACR      "0", "c1", "c0", "2"
#define SYSREG_HSCTLR     "4", "c1", "c0", "0"
#define SYSREG_HACTLR     "4", "c1", "c0", "1"
#define SYSREG_HCR        "4", "c1", "c1", "0"
#define SYSREG_HDCR       "4", "c1", "c1", "1"
#define SYSREG_HCPTR      "4", "c1", "c1", "2"
#define SYSREG_HSTR       "4", "c1", "c1", "3"
#define SYSREG_HCR2       "4", "c1", "c1", "4"
#define SYSREG_VSCTLR     "4", "c2", "c0", "0"
#define SYSREG_DFSR       "0", "c5", "c0", "0"
#define SYSREG_IFSR       "0", "c5", "c0", "1"
#define SYSREG_HSR        "4", "c5", "c2", "0"
#define SYSREG_DFAR       "0", "c6", "c0", "0"
#define SYSREG_IFAR       "0", "c6", "c0", "2"
#define SYSREG_HDFAR      "4", "c6", "c0", "0"
#define SYSREG_HIFAR      "4", "c6", "c0", "2"
#define SYSREG_HPFAR      "4", "c6", "c0", "4"
#define SYSREG_HPRENR     "4", "c6", "c1", "1"
#define SYSREG_ICIALLU    "0", "c7", "c5", "0"
#define SYSREG_BPIALL     "0", "c7", "c5", "6"
#define SYSREG_IMP_ATCMREGIONR "0", "c9", "c1", "0"
#define SYSREG_IMP_BTCMREGIONR "0", "c9", "c1", "1"
#define SYSREG_IMP_CTCMREGIONR "0", "c9", "c1", "2"
#define SYSREG_PMCR       "0", "c9", "c12", "0"
#define SYSREG_PMCNTENSET "0", "c9", "c12", "1"
#define SYSREG_PMCNTENCLR "0", "c9", "c12", "2"
#define SYSREG_PMOVSR     "0", "c9", "c12", "3"
#define SYSREG_PMUSERENR  "0", "c9", "c14", "0"
#define SYSREG_PMINTENCLR "0", "c9", "c14", "2"
#define SYSREG_PMCCFILTR  "0", "c14", "c15", "7"
#define SYSREG_HPRSELR    "4", "c6", "c2", "1"
#define SYSREG_HPRBAR     "4", "c6", "c3", "0"
#define SYSREG_HPRLAR     "4", "c6", "c3", "1"
#define SYSREG_PRSELR     "0", "c6", "c2", "1"
#define SYSREG_PRBAR      "0", "c6", "c3", "0"
#define SYSREG_PRLAR      "0", "c6", "c3", "1"
#define SYSREG_PAR        "0", "c7", "c4", "0"
#define SYSREG_MAIR0      "0", "c10", "c2", "0"
#define SYSREG_MAIR1      "0", "c10", "c2", "1"
#define SYSREG_HMAIR0     "4", "c10", "c2", "0"
#define SYSREG_HMAIR1     "4", "c10", "c2", "1"
#define SYSREG_VBAR       "0", "c12", "c0", "0"
#define SYSREG_HVBAR      "4", "c12", "c0", "0"
#define SYSREG_CONTEXTIDR "0", "c13", "c0", "1"
#define SYSREG_TPIDRURW   "0", "c13", "c0", "2"
#define SYSREG_TPIDRURO   "0", "c13", "c0", "3"
#define SYSREG_TPIDRPRW   "0", "c13", "c0", "4"
#define SYSREG_HTPIDR     "4", "c13", "c0", "2"
#define SYSREG_CSSELR     "2", "c0", "c0", "0"

#define SYSREG_CNTFRQ     "0", "c14", "c0", "0"
#define SYSREG_CNTKCTL    "0", "c14", "c1", "0"
#define SYSREG_CNTV_CTL   "0", "c14", "c3", "1"
#define SYSREG_CNTP_CTL   "0", "c14", "c2", "1"
#define SYSREG_CNTHCTL    "4", "c14", "c1", "0"
#define SYSREG_CNTHP_CTL  "4", "c14", "c2", "1"

#define SYSREG_ICC_PMR     "0", "c4", "c6", "0"
#define SYSREG_ICC_IAR1    "0", "c12", "c12", "0"
#define SYSREG_ICC_EOIR1   "0", "c12", "c12", "1"
#define SYSREG_ICC_BPR1    "0", "c12", "c12", "3"
#define SYSREG_ICC_CTLR    "0", "c12", "c12", "4"
#define SYSREG_ICC_SRE     "0", "c12", "c12", "5"
#define SYSREG_ICC_IGRPEN1 "0", "c12", "c12", "7"
#define SYSREG_ICC_DIR     "0", "c12", "c11", "1"
#define SYSREG_ICC_HSRE    "4", "c12", "c9", "5"
#define SYSREG_ICH_AP0R0   "4", "c12", "c8", "0"
#define SYSREG_ICH_AP1R0   "4", "c12", "c9", "0"
#define SYSREG_ICH_HCR     "4", "c12", "c11", "0"
#define SYSREG_ICH_VTR     "4", "c12", "c11", "1"
#define SYSREG_ICH_MISR    "4", "c12", "c11", "2"
#define SYSREG_ICH_EISR    "4", "c12", "c11", "3"
#define SYSREG_ICH_ELRSR   "4", "c12", "c11", "5"
#define SYSREG_ICH_VMCR    "4", "c12", "c11", "7"
#define SYSREG_ICH_LR0     "4", "c12", "c12", "0"
#define SYSREG_ICH_LR1     "4", "c12", "c12", "1"
#define SYSREG_ICH_LR2     "4", "c12", "c12", "2"
#define SYSREG_ICH_LR3     "4", "c12", "c12", "3"
#define SYSREG_ICH_LRC0    "4", "c12", "c14", "0"
#define SYSREG_ICH_LRC1    "4", "c12", "c14", "1"
#define SYSREG_ICH_LRC2    "4", "c12", "c14", "2"
#define SYSREG_ICH_LRC3    "4", "c12", "c14", "3"

/* opc1, CRm */
#define SYSREG_CNTPCT64     "0", "c14"
#define SYSREG_CNTVCT64     "1", "c14"
#define SYSREG_CNTP_CVAL64  "2", "c14"
#define SYSREG_CNTV_CVAL64  "3", "c14"
#define SYSREG_CNTVOFF64    "4", "c14"
#define SYSREG_CNTHP_CVAL64 "6", "c14"
#define SYSREG_ICC_SGI1R64  "0", "c12"

#define SYSREG_READ_(opc1, crn, crm, opc2)                                                                  \
    ({                                                                                                      \
        uint32_t value_;                                                                                    \
        __asm__ volatile("mrc p15, " opc1 ", %0, " crn ", " crm ", " opc2 : "=r"(value_));                  \
        value_;                                                                                             \
    })
#define SYSREG_WRITE_(value, opc1, crn, crm, opc2)                                                          \
    __asm__ volatile("mcr p15, " opc1 ", %0, " crn ", " crm ", " opc2 ::"r"((uint32_t)(value)) : "memory")
#define SYSREG_READ64_(opc1, crm)                                                                           \
    ({                                                                                                      \
        uint64_t value_;                                                                                    \
        __asm__ volatile("mrrc p15, " opc1 ", %Q0, %R0, " crm : "=r"(value_));                              \
        value_;                                                                                             \
    })
#define SYSREG_WRITE64_(value, opc1, crm)                                                                   \
    __asm__ volatile("mcrr p15, " opc1 ", %Q0, %R0, " crm ::"r"((uint64_t)(value)) : "memory")

#define SYSREG_CALL_(macro, ...) macro(__VA_ARGS__)
#define READ_SYSREG(name) SYSREG_CALL_(SYSREG_READ_, SYSREG_##name)
#define WRITE_SYSREG(name, value) SYSREG_CALL_(SYSREG_WRITE_, value, SYSREG_##name)
#define READ_SYSREG64(name) SYSREG_CALL_(SYSREG_READ64_, SYSREG_##name##64)
#define WRITE_SYSREG64(name, value) SYSREG_CALL_(SYSREG_WRITE64_, value, SYSREG_##name##64)

#endif
