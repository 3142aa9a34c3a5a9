/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PROBE(name) marks a point for an instruction counter and emits no instruction: a label, and a record
 * {address, name} in the section .probes, which is not loaded. Inlined copies each leave one record.
 * A window lies between two probes: the instruction at the first address is inside, the one at the second
 * is not. `inline` tells the compiler that the statement is short: it guesses size by lines of text and would
 * otherwise lay out the code around a probe as if there were four instructions.
 */
#ifndef HV_PROBE_H
#define HV_PROBE_H

#ifdef __ASSEMBLER__
.macro PROBE name
99999:
    .pushsection .probes, "", %progbits
    .balign 4
    .4byte 99999b
    .asciz "\name"
    .popsection
.endm
#else
#define PROBE(name)                                                                                             \
    __asm__ inline volatile("99999: .pushsection .probes, \"\", %%progbits\n\t.balign 4\n\t.4byte 99999b\n\t"    \
                            ".asciz \"" name "\"\n\t.popsection" ::: "memory")
#endif

#endif
