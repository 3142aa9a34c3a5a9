/* SPDX-License-Identifier: Apache-2.0 */
/*
 * T32 encodings by the groups of the Arm architecture manual, "T32 instruction set encoding" (F3.1). hw1 and
 * hw2 are the first and second halfword.
 */
#include "decode.h"

static uint32_t bits(uint32_t word, unsigned high, unsigned low)
{
    return (word >> low) & ((2u << (high - low)) - 1u);
}

static enum insn_class load_if(uint32_t is_load)
{
    return is_load ? CLASS_LOAD : CLASS_STORE;
}

/* 0100 01xx: ADD, CMP, MOV of high registers; BX, BLX */
static enum insn_class decode_high_registers(uint32_t hw1)
{
    uint32_t op = bits(hw1, 9, 8);
    uint32_t rd = bits(hw1, 7, 7) << 3 | bits(hw1, 2, 0);

    return op == 3 || (op != 1 && rd == 15) ? CLASS_BRANCH : CLASS_PLAIN;
}

/* 1011 xxxx: PUSH, POP, CBZ, CPS, hints, IT, ... */
static enum insn_class decode_miscellaneous(uint32_t hw1)
{
    if (bits(hw1, 10, 9) == 2) {
        return load_if(bits(hw1, 11, 11));
    }
    if (bits(hw1, 8, 8) && !bits(hw1, 10, 10)) {
        return CLASS_BRANCH; /* CBZ, CBNZ */
    }
    return bits(hw1, 11, 5) == 0x33 ? CLASS_SYSREG /* CPS */ : CLASS_PLAIN;
}

static enum insn_class decode_16_bit(uint32_t hw1)
{
    switch (bits(hw1, 15, 12)) {
    case 4:
        if (bits(hw1, 11, 11)) {
            return CLASS_LOAD;
        }
        return bits(hw1, 10, 10) ? decode_high_registers(hw1) : CLASS_PLAIN;
    case 5:
        return load_if(bits(hw1, 11, 9) >= 3);
    case 6:
    case 7:
    case 8:
    case 9:
    case 12:
        return load_if(bits(hw1, 11, 11));
    case 11:
        return decode_miscellaneous(hw1);
    case 13: /* B with a condition; UDF, SVC */
        return bits(hw1, 11, 9) == 7 ? CLASS_PLAIN : CLASS_BRANCH;
    case 14:
        return CLASS_BRANCH;
    default:
        return CLASS_PLAIN;
    }
}

/* hw1 = 1111 0x11 1xxx, hw2 = 10x0: MSR, MRS, CPS, hints, barriers, ERET, HVC, SMC */
static enum insn_class decode_control(uint32_t hw1, uint32_t hw2)
{
    if (bits(hw1, 10, 10)) {
        return CLASS_PLAIN; /* HVC, SMC, UDF */
    }
    switch (bits(hw1, 6, 4)) {
    case 2:
        return bits(hw2, 10, 8) ? CLASS_SYSREG /* CPS */ : CLASS_PLAIN;
    case 3:
        return bits(hw2, 7, 4) == 6 ? CLASS_ISB
               : bits(hw2, 7, 4) == 4 || bits(hw2, 7, 4) == 5 ? CLASS_DSB : CLASS_PLAIN;
    case 4:
        return CLASS_BRANCH; /* BXJ */
    case 5:
        return bits(hw2, 7, 0) ? CLASS_BRANCH : CLASS_ERET;
    default:
        return CLASS_SYSREG;
    }
}

static enum insn_class decode_branch(uint32_t hw1, uint32_t hw2)
{
    if ((hw2 & 0x5000u) == 0 && bits(hw1, 9, 7) == 7) {
        return decode_control(hw1, hw2);
    }
    return CLASS_BRANCH;
}

/* hw1 = 1111 100x: single loads and stores, PLD, Advanced SIMD elements */
static enum insn_class decode_single(uint32_t hw1, uint32_t hw2)
{
    if (!bits(hw1, 4, 4)) {
        return load_if(bits(hw1, 8, 8) && bits(hw1, 5, 5));
    }
    return bits(hw2, 15, 12) == 15 && bits(hw1, 6, 5) != 2 ? CLASS_PLAIN /* PLD, PLI */ : CLASS_LOAD;
}

enum insn_class decode_t32(uint32_t word)
{
    uint32_t hw1 = bits(word, 15, 0), hw2 = word >> 16;

    if (bits(hw1, 15, 11) < 0x1d) {
        return decode_16_bit(hw1);
    }
    if (bits(hw1, 15, 11) == 0x1e) {
        return bits(hw2, 15, 15) ? decode_branch(hw1, hw2) : CLASS_PLAIN;
    }
    if (bits(hw1, 10, 10)) {
        return decode_coprocessor(bits(hw1, 11, 0) << 16 | hw2);
    }
    if (bits(hw1, 9, 9)) {
        return CLASS_PLAIN; /* arithmetic on registers */
    }
    return bits(hw1, 12, 12) ? decode_single(hw1, hw2) : load_if(bits(hw1, 4, 4));
}
