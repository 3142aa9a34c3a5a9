/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A64 encodings by the groups of the Arm architecture manual, "A64 instruction set encoding" (C4.1). The top level
 * is op1 = bits 28:25.
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

/* MSR (register) with op0 = 3. */
static bool is_msr(uint32_t word, uint32_t op1, uint32_t crn)
{
    return (word & 0xfff80000u) == 0xd5180000u && bits(word, 18, 16) == op1 && bits(word, 15, 12) == crn;
}

/*
 * Who may reach what is written by MSR to TTBR0, TTBR1, TCR (CRn 2, CRm 0; VSCTLR_EL2 of Armv8-R too), VTTBR, VTCR
 * (CRm 1), VSTTBR, VSTCR (CRm 6) of EL2, to PRENR, PRSELR, PRBAR, PRLAR of EL2 (CRn 6, where CRm 0 are the fault
 * addresses), and by TLBI (SYS with CRn 8, or 9 with nXS).
 */
static bool is_protection_write(uint32_t word)
{
    if ((word & 0xfff80000u) == 0xd5080000u) {
        return bits(word, 15, 12) == 8 || bits(word, 15, 12) == 9;
    }
    const uint32_t crm = bits(word, 11, 8);
    return (is_msr(word, 4, 2) && (crm < 2 || crm == 6)) || (is_msr(word, 4, 6) && crm != 0);
}

bool decode_a64_is_el1_mpu_write(uint32_t word)
{
    const uint32_t crm = bits(word, 11, 8);

    return (is_msr(word, 0, 2) && crm == 0) || (is_msr(word, 0, 6) && crm != 0);
}

/* MSR (immediate) to a PSTATE field, MSR DAIF. */
bool decode_a64_writes_pstate(uint32_t word)
{
    return (word & 0xfff8f01fu) == 0xd500401fu || (word & 0xffffffe0u) == 0xd51b4220u;
}

/* CRn 3 of op0 0: barriers. */
static enum insn_class decode_barrier(uint32_t word)
{
    switch (bits(word, 7, 5)) {
    case 1: /* DSB with nXS */
    case 4:
    case 5:
        return CLASS_DSB;
    case 6:
        return CLASS_ISB;
    default: /* CLREX, SB */
        return CLASS_PLAIN;
    }
}

/* Bits 31:22 = 1101 0101 00. */
static enum insn_class decode_system(uint32_t word)
{
    if (is_protection_write(word)) {
        return CLASS_MPU;
    }
    if (bits(word, 20, 19) != 0) {
        return CLASS_SYSREG; /* SYS, SYSL, MSR, MRS */
    }
    switch (bits(word, 15, 12)) {
    case 3:
        return decode_barrier(word);
    case 4:
        return CLASS_SYSREG; /* MSR (immediate), CFINV and kin */
    default:
        return CLASS_PLAIN; /* hints; WFET, WFIT */
    }
}

/* op1 = 101x. */
static enum insn_class decode_branch(uint32_t word)
{
    if (bits(word, 31, 29) != 6) {
        return CLASS_BRANCH; /* B, BL, B.cond, CBZ, CBNZ, TBZ, TBNZ */
    }
    if (bits(word, 25, 25)) {
        return bits(word, 24, 21) == 4 ? CLASS_ERET : CLASS_BRANCH; /* BR, BLR, RET, and with authentication */
    }
    return bits(word, 24, 22) == 4 ? decode_system(word) : CLASS_PLAIN; /* SVC, HVC, SMC, BRK, HLT */
}

/* Bits 29:28 = 00: exclusives, load-acquire and store-release, CAS; Advanced SIMD structures. */
static enum insn_class decode_exclusive(uint32_t word)
{
    const bool is_cas = bits(word, 21, 21) && (bits(word, 23, 23) || !bits(word, 31, 31));

    if (bits(word, 26, 26)) {
        return load_if(bits(word, 22, 22));
    }
    return is_cas ? CLASS_STORE : load_if(bits(word, 22, 22));
}

/* Bits 29:28 = 01: literals; unscaled with acquire or release, memory copy and tags. */
static enum insn_class decode_literal(uint32_t word)
{
    if (!bits(word, 24, 24)) {
        return bits(word, 31, 30) == 3 && !bits(word, 26, 26) ? CLASS_PLAIN /* PRFM */ : CLASS_LOAD;
    }
    if (bits(word, 21, 21)) { /* tags: LDG, LDGM have opc x1 and no index */
        return load_if(bits(word, 11, 10) == 0 && bits(word, 22, 22));
    }
    return load_if(bits(word, 11, 10) != 1 && bits(word, 23, 22) != 0);
}

/* size (bits 31:30), V (26), opc (23:22) of a single register: which way, or a prefetch. */
static enum insn_class decode_way(uint32_t word)
{
    if (bits(word, 26, 26)) {
        return load_if(bits(word, 22, 22));
    }
    if (bits(word, 31, 30) == 3 && bits(word, 23, 23)) {
        return CLASS_PLAIN;
    }
    return load_if(bits(word, 23, 22) != 0);
}

/* Bits 29:28 = 11, bit 24 = 0, bit 21 = 1, bits 11:10 = 00: LSE atomics; LDAPR; 64-byte accesses. */
static enum insn_class decode_atomic(uint32_t word)
{
    const uint32_t o3_opc = bits(word, 15, 12);

    if (!bits(word, 26, 26) && (o3_opc == 0xc || o3_opc == 0xd)) { /* LDAPR; LD64B */
        return CLASS_LOAD;
    }
    return CLASS_STORE;
}

static enum insn_class decode_single(uint32_t word)
{
    if (bits(word, 24, 24) || !bits(word, 21, 21) || bits(word, 11, 10) == 2) {
        return decode_way(word);
    }
    return bits(word, 11, 10) == 0 ? decode_atomic(word) : CLASS_LOAD; /* LDRAA, LDRAB */
}

/* op1 = x1x0. */
static enum insn_class decode_memory(uint32_t word)
{
    switch (bits(word, 29, 28)) {
    case 0:
        return decode_exclusive(word);
    case 1:
        return decode_literal(word);
    case 2:
        return load_if(bits(word, 22, 22)); /* pairs */
    default:
        return decode_single(word);
    }
}

/* SVE: bits 31:29 tell the memory accesses; prefetches are among the loads. */
static enum insn_class decode_sve(uint32_t word)
{
    return !bits(word, 31, 31) ? CLASS_PLAIN : load_if(bits(word, 31, 29) != 7);
}

enum insn_class decode_a64(uint32_t word)
{
    switch (bits(word, 28, 25)) {
    case 2:
        return decode_sve(word);
    case 4:
    case 6:
    case 12:
    case 14:
        return decode_memory(word);
    case 10:
    case 11:
        return decode_branch(word);
    default:
        return CLASS_PLAIN;
    }
}
