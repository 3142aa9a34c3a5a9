/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sorts one A32 or T32 instruction into the class a cost model prices. Pure; no QEMU in it.
 *
 * A T32 word has the first halfword in bits 15:0 and the second, if there is one, in bits 31:16, as memory
 * has them.
 *
 * Rules: every word has exactly one class, so the classes of a window sum to its instructions. An instruction
 * that reads or writes memory is a load or a store even if it also branches (`pop {pc}`) or returns. A
 * conditional instruction counts in its class whether its condition holds or not. CLASS_ENTRY is never
 * returned: the counter gives it to the first instruction of an exception vector.
 */
#ifndef BENCH_PLUGIN_DECODE_H
#define BENCH_PLUGIN_DECODE_H

#include <stdbool.h>
#include <stdint.h>

enum insn_class {
    CLASS_PLAIN,  /* arithmetic, moves, hints, HVC, FP arithmetic */
    CLASS_LOAD,
    CLASS_STORE,
    CLASS_BRANCH, /* B, BL, BX, BLX, and arithmetic that writes pc */
    CLASS_MPU,    /* write of an EL2 MPU register: HPRENR, HPRSELR, HPRBAR, HPRLAR, direct forms */
    CLASS_SYSREG, /* any other MCR, MRC, MCRR, MRRC, MRS, MSR, CPS, VMRS, VMSR */
    CLASS_ISB,
    CLASS_DSB,    /* DSB and DMB */
    CLASS_ENTRY,  /* first instruction at an exception vector */
    CLASS_ERET,
    NR_CLASSES,
};

/* Name of the class as it appears in results. */
const char *decode_class_name(enum insn_class class);

enum isa { ISA_A32, ISA_T32 };

enum insn_class decode(uint32_t word, enum isa isa);

/* A write of an EL1 MPU register (its class is CLASS_SYSREG). */
bool decode_is_el1_mpu_write(uint32_t word, enum isa isa);

/* WFI, any condition. */
bool decode_is_wfi(uint32_t word, enum isa isa);

/* The two encodings by themselves; `decode_coprocessor` is what they share: bits 27:0 of the A32 form. */
enum insn_class decode_a32(uint32_t word);
enum insn_class decode_t32(uint32_t word);
enum insn_class decode_coprocessor(uint32_t word);

#endif
