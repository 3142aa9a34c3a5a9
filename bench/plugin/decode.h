/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sorts one A32, T32 or A64 instruction into the class a cost model prices. Pure; no QEMU in it.
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
    CLASS_BRANCH, /* B, BL, BX, BLX, and arithmetic that writes pc; A64: B, BL, BR, BLR, RET, CBZ, TBZ and kin */
    CLASS_MPU,    /* write of a protection register of EL2: HPRENR, HPRSELR, HPRBAR, HPRLAR, direct forms; A64: their
                     PR..._EL2, TTBR, TCR, VTTBR, VTCR of EL2, and every TLBI */
    CLASS_SYSREG, /* any other MCR, MRC, MCRR, MRRC, MRS, MSR, SYS, CPS, VMRS, VMSR */
    CLASS_ISB,
    CLASS_DSB,    /* DSB and DMB */
    CLASS_ENTRY,  /* first instruction at an exception vector */
    CLASS_ERET,
    NR_CLASSES,
};

/* Name of the class as it appears in results. */
const char *decode_class_name(enum insn_class class);

enum isa { ISA_A32, ISA_T32, ISA_A64 };

/*
 * Instructions without effect that no compiler emits, by which a bench guest marks what is measured: `mov r8, r8`,
 * `mov r9, r9`, `mov r10, r10` of A32, `mov x8, x8`, `mov x9, x9`, `mov x10, x10` of A64.
 */
enum marker { MARKER_NONE, MARKER_START, MARKER_STOP, MARKER_NEXT };

enum marker decode_marker(uint32_t word, enum isa isa);

enum insn_class decode(uint32_t word, enum isa isa);

/* A write of an EL1 MPU register, on A64 also of an EL1 translation table register (its class is CLASS_SYSREG). */
bool decode_is_el1_mpu_write(uint32_t word, enum isa isa);

/* WFI, any condition. */
bool decode_is_wfi(uint32_t word, enum isa isa);

/* After it the exception level, or whether interrupts are masked, may be another: ERET, CPS, MSR of the status. */
bool decode_moves_level(uint32_t word, enum isa isa);

/* The encodings by themselves; `decode_coprocessor` is what they share: bits 27:0 of the A32 form. */
enum insn_class decode_a32(uint32_t word);
enum insn_class decode_t32(uint32_t word);
enum insn_class decode_coprocessor(uint32_t word);
enum insn_class decode_a64(uint32_t word);
bool decode_a64_is_el1_mpu_write(uint32_t word);
bool decode_a64_writes_pstate(uint32_t word);

#endif
