/* SPDX-License-Identifier: Apache-2.0 */
/* A32 encodings of system register accesses with r0 (and r1): for instructions no compiler would let through. */
#ifndef ISOLATION_ENCODINGS_H
#define ISOLATION_ENCODINGS_H

#include <stdint.h>

#define A32_MCR(coproc, opc1, crn, crm, opc2)                                                          \
    (0xee000010u | (uint32_t)(opc1) << 21 | (uint32_t)(crn) << 16 | (uint32_t)(coproc) << 8 |          \
     (uint32_t)(opc2) << 5 | (uint32_t)(crm))
#define A32_MRC(coproc, opc1, crn, crm, opc2) (A32_MCR(coproc, opc1, crn, crm, opc2) | 1u << 20)
#define A32_MCRR(coproc, opc1, crm) \
    (0xec400000u | 1u << 16 | (uint32_t)(coproc) << 8 | (uint32_t)(opc1) << 4 | (uint32_t)(crm))
#define A32_MRRC(coproc, opc1, crm) (A32_MCRR(coproc, opc1, crm) | 1u << 20)

/* Banked registers by their SYSm number (Arm DDI 0487, MRS and MSR banked register). */
#define A32_MRS_BANKED(m, m1) (0xe1000200u | (uint32_t)(m1) << 16 | (uint32_t)(m) << 8)
#define A32_MSR_BANKED(m, m1) (0xe120f200u | (uint32_t)(m1) << 16 | (uint32_t)(m) << 8)

#define SEMIHOSTING_CALL 0xe10f0070u /* HLT #0xF000 */
#define BREAKPOINT 0xe1200070u       /* BKPT #0 */

#endif
