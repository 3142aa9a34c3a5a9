/* SPDX-License-Identifier: Apache-2.0 */
/* A64 encodings of system instructions with x0: for those that no compiler would let through. */
#ifndef ISOLATION_ENCODINGS_H
#define ISOLATION_ENCODINGS_H

#include <stdint.h>

/* MSR with op0 2 and 3, SYS with 1. */
#define A64_MSR(op0, op1, crn, crm, op2)                                                                \
    (0xd5000000u | (uint32_t)(op0) << 19 | (uint32_t)(op1) << 16 | (uint32_t)(crn) << 12 | (uint32_t)(crm) << 8 | \
     (uint32_t)(op2) << 5)
#define A64_MRS(op0, op1, crn, crm, op2) (A64_MSR(op0, op1, crn, crm, op2) | 1u << 21)
#define A64_SYS(op1, crn, crm, op2) A64_MSR(1, op1, crn, crm, op2)

/* Two elements of a list: read and written. */
#define BOTH(name, op0, op1, crn, crm, op2) \
    {"MRS " name, A64_MRS(op0, op1, crn, crm, op2)}, {"MSR " name, A64_MSR(op0, op1, crn, crm, op2)}

#define SEMIHOSTING_CALL 0xd45e0000u /* HLT #0xF000 */
#define BREAKPOINT 0xd4200000u       /* BRK #0 */

#endif
