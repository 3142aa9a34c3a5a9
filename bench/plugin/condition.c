/* SPDX-License-Identifier: Apache-2.0 */
/* Arm architecture manual, ConditionHolds() and the encoding of the mode field. */
#include "condition.h"

bool condition_holds(unsigned code, uint32_t cpsr)
{
    const bool n = cpsr >> 31 & 1, z = cpsr >> 30 & 1, c = cpsr >> 29 & 1, v = cpsr >> 28 & 1;
    bool holds = true;

    switch (code >> 1 & 7) {
    case 0: /* EQ, NE */
        holds = z;
        break;
    case 1: /* CS, CC */
        holds = c;
        break;
    case 2: /* MI, PL */
        holds = n;
        break;
    case 3: /* VS, VC */
        holds = v;
        break;
    case 4: /* HI, LS */
        holds = c && !z;
        break;
    case 5: /* GE, LT */
        holds = n == v;
        break;
    case 6: /* GT, LE */
        holds = n == v && !z;
        break;
    default: /* always; there is no opposite */
        return true;
    }
    return holds != (code & 1);
}

bool register_test_holds(enum branch_test test, uint64_t value, unsigned bit)
{
    switch (test) {
    case BRANCH_ZERO:
        return value == 0;
    case BRANCH_NOT_ZERO:
        return value != 0;
    case BRANCH_BIT_0:
        return !(value >> bit & 1);
    default:
        return value >> bit & 1;
    }
}

bool is_el2(uint32_t cpsr)
{
    const unsigned mode = cpsr & 0x1f;

    return mode == 0x1a || (mode & 0x1c) == 0x08;
}
