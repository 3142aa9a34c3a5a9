/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A32 encodings by the groups of the Arm architecture manual, "A32 instruction set encoding" (F4.1).
 * Comments name the fields tested: op0 = bits 27:25 and so on.
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

const char *decode_class_name(enum insn_class class)
{
    static const char *const names[NR_CLASSES] = {
        "plain", "load", "store", "branch", "mpu", "sysreg", "isb", "dsb", "entry", "eret",
    };
    return names[class];
}

/* MCR p15 to c6, opc1 in {first, first + 1}; c6,c0 are the fault address registers, not the MPU. */
static bool is_mpu_write(uint32_t word, uint32_t first_opc1)
{
    uint32_t opc1 = bits(word, 23, 21);

    return bits(word, 27, 24) == 0xe && bits(word, 4, 4) && !bits(word, 20, 20) && bits(word, 11, 8) == 15 &&
           bits(word, 19, 16) == 6 && bits(word, 3, 0) != 0 && (opc1 == first_opc1 || opc1 == first_opc1 + 1);
}

/* The A32 form of a T32 coprocessor instruction; anything else becomes one that is none. */
static uint32_t as_a32(uint32_t word, enum isa isa)
{
    if (isa == ISA_A32) {
        return bits(word, 31, 28) == 0xf ? 0 : word;
    }
    return bits(word, 15, 10) == 0x3b ? 0xeu << 28 | bits(word, 11, 0) << 16 | word >> 16 : 0;
}

enum marker decode_marker(uint32_t word, enum isa isa)
{
    static const uint32_t words[2][3] = {
        {0xe1a08008, 0xe1a09009, 0xe1a0a00a},
        {0xaa0803e8, 0xaa0903e9, 0xaa0a03ea},
    };

    for (unsigned i = 0; isa != ISA_T32 && i < 3; i++) {
        if (word == words[isa == ISA_A64][i]) {
            return (enum marker)(MARKER_START + i);
        }
    }
    return MARKER_NONE;
}

bool decode_is_el1_mpu_write(uint32_t word, enum isa isa)
{
    return isa == ISA_A64 ? decode_a64_is_el1_mpu_write(word) : is_mpu_write(as_a32(word, isa), 0);
}

bool decode_is_wfi(uint32_t word, enum isa isa)
{
    switch (isa) {
    case ISA_A64:
        return word == 0xd503207f;
    case ISA_T32:
        return bits(word, 15, 0) == 0xbf30 || word == 0x8003f3af;
    default:
        return bits(word, 31, 28) != 0xf && (word & 0x0fffffffu) == 0x0320f003;
    }
}

/* Of the system instructions only those that are no coprocessor's write the status register. */
bool decode_moves_level(uint32_t word, enum isa isa)
{
    const enum insn_class class = decode(word, isa);

    if (class != CLASS_SYSREG) {
        return class == CLASS_ERET;
    }
    switch (isa) {
    case ISA_A64:
        return decode_a64_writes_pstate(word);
    case ISA_T32:
        return bits(word, 15, 10) != 0x3b;
    default:
        return bits(word, 27, 26) == 0;
    }
}

enum insn_class decode(uint32_t word, enum isa isa)
{
    switch (isa) {
    case ISA_A64:
        return decode_a64(word);
    case ISA_T32:
        return decode_t32(word);
    default:
        return decode_a32(word);
    }
}

static enum insn_class decode_mcr_p15(uint32_t word)
{
    if (is_mpu_write(word, 4)) {
        return CLASS_MPU;
    }
    switch (word & 0x0fff0fffu) { /* the barriers of before Armv7: MCR p15, 0, Rt, c7 */
    case 0x0e070f95: /* c5, 4 */
        return CLASS_ISB;
    case 0x0e070f9a: /* c10, 4 */
    case 0x0e070fba: /* c10, 5 */
        return CLASS_DSB;
    default:
        return CLASS_SYSREG;
    }
}

/* op0 = 110 or 111: coprocessor loads, moves, operations; SVC. */
enum insn_class decode_coprocessor(uint32_t word)
{
    uint32_t coproc = bits(word, 11, 8);
    bool is_fp = coproc == 10 || coproc == 11;

    if (bits(word, 27, 25) == 6) {
        if (bits(word, 24, 21) == 2) { /* MCRR, MRRC, VMOV of two core registers */
            return is_fp ? CLASS_PLAIN : CLASS_SYSREG;
        }
        return load_if(bits(word, 20, 20));
    }
    if (bits(word, 24, 24) || !bits(word, 4, 4)) { /* SVC; CDP and FP arithmetic */
        return CLASS_PLAIN;
    }
    if (is_fp) { /* VMRS, VMSR, or a move between register files */
        return bits(word, 23, 21) == 7 ? CLASS_SYSREG : CLASS_PLAIN;
    }
    if (coproc == 15 && !bits(word, 20, 20)) {
        return decode_mcr_p15(word);
    }
    return CLASS_SYSREG;
}

static enum insn_class decode_unconditional(uint32_t word)
{
    if ((word & 0xffffffc0u) == 0xf57ff040u) {
        uint32_t op = bits(word, 5, 4);
        return op == 2 ? CLASS_ISB : op == 3 ? CLASS_PLAIN /* SB */ : CLASS_DSB;
    }
    if (bits(word, 27, 20) == 0x10) { /* CPS; SETEND has bit 16 set and is as rare */
        return CLASS_SYSREG;
    }
    switch (bits(word, 27, 25)) {
    case 2: /* Advanced SIMD element load and store have bit 20 clear; PLD and the rest are hints */
        return !bits(word, 24, 24) && !bits(word, 20, 20) ? load_if(bits(word, 21, 21)) : CLASS_PLAIN;
    case 4: /* RFE loads, SRS stores */
        return load_if(bits(word, 20, 20));
    case 5: /* BLX immediate */
        return CLASS_BRANCH;
    case 6:
    case 7:
        return decode_coprocessor(word);
    default:
        return CLASS_PLAIN;
    }
}

/* op0 = 000 with bits 7 and 4 set: multiplies, exclusives, halfword and doubleword transfers. */
static enum insn_class decode_extra(uint32_t word)
{
    uint32_t op = bits(word, 6, 5);

    if (op == 0) {
        return bits(word, 24, 24) ? load_if(bits(word, 20, 20)) : CLASS_PLAIN;
    }
    if (bits(word, 20, 20)) {
        return CLASS_LOAD;
    }
    return op == 2 ? CLASS_LOAD : CLASS_STORE; /* LDRD; STRH, STRD */
}

/* op0 = 000, bits 24:23 = 10, S = 0: MRS, MSR, BX, ERET, HVC, CLZ, ... */
static enum insn_class decode_miscellaneous(uint32_t word)
{
    switch (bits(word, 7, 4)) {
    case 0:
        return CLASS_SYSREG;
    case 1:
        return bits(word, 22, 21) == 1 ? CLASS_BRANCH : CLASS_PLAIN; /* BX; CLZ */
    case 2:
    case 3:
        return CLASS_BRANCH;
    case 6:
        return bits(word, 22, 21) == 3 ? CLASS_ERET : CLASS_PLAIN;
    default:
        return CLASS_PLAIN;
    }
}

static enum insn_class decode_data_processing(uint32_t word)
{
    bool is_compare = bits(word, 24, 23) == 2;

    if (is_compare && !bits(word, 20, 20)) {
        if (!bits(word, 25, 25)) {
            return bits(word, 7, 7) ? CLASS_PLAIN /* signed multiplies */ : decode_miscellaneous(word);
        }
        /* MOVW, MOVT have bit 21 clear; MSR immediate with an empty mask is a hint */
        return bits(word, 21, 21) && (bits(word, 22, 22) || bits(word, 19, 16)) ? CLASS_SYSREG : CLASS_PLAIN;
    }
    return !is_compare && bits(word, 15, 12) == 15 ? CLASS_BRANCH : CLASS_PLAIN;
}

enum insn_class decode_a32(uint32_t word)
{
    if (bits(word, 31, 28) == 0xf) {
        return decode_unconditional(word);
    }
    switch (bits(word, 27, 25)) {
    case 0:
        return bits(word, 7, 7) && bits(word, 4, 4) ? decode_extra(word) : decode_data_processing(word);
    case 1:
        return decode_data_processing(word);
    case 3:
        if (bits(word, 4, 4)) { /* media, divide, UDF */
            return CLASS_PLAIN;
        }
        return load_if(bits(word, 20, 20));
    case 2:
    case 4:
        return load_if(bits(word, 20, 20));
    case 5:
        return CLASS_BRANCH;
    default:
        return decode_coprocessor(word);
    }
}
