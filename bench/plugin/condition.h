/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a conditional branch is taken, from the registers at the moment before it executes. Pure; no QEMU.
 */
#ifndef BENCH_PLUGIN_CONDITION_H
#define BENCH_PLUGIN_CONDITION_H

#include <stdbool.h>
#include <stdint.h>

/* What the branch looks at. */
enum branch_test {
    BRANCH_FLAGS,    /* a condition code over N, Z, C, V: B.cond, and every branch made conditional (A32, IT) */
    BRANCH_ZERO,     /* CBZ: a register is zero */
    BRANCH_NOT_ZERO, /* CBNZ */
    BRANCH_BIT_0,    /* TBZ: a bit of a register is 0 */
    BRANCH_BIT_1,    /* TBNZ */
    NR_BRANCH_TESTS,
};

/* The condition code 0…15 holds with these flags (bits 31:28 of CPSR or PSTATE: N, Z, C, V). */
bool condition_holds(unsigned code, uint32_t cpsr);

/* CBZ to TBNZ: the value is as wide as the instruction looks at, `bit` is of TBZ and TBNZ. */
bool register_test_holds(enum branch_test test, uint64_t value, unsigned bit);

/* EL2 in AArch64 or Hyp mode in AArch32. */
bool is_el2(uint32_t cpsr);

#endif
