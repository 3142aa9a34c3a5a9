/* SPDX-License-Identifier: Apache-2.0 */
/* A64 words as GNU as assembles them (Armv8.5-A; PRBAR_EL2 and kin by number), each with its class. */
#include "decode_check.h"

static const struct sample a64_samples[] = {
    {0xd503201f, CLASS_PLAIN, "nop"},
    {0xaa0803e8, CLASS_PLAIN, "mov x8, x8"},
    {0xaa0903e9, CLASS_PLAIN, "mov x9, x9"},
    {0xaa0a03ea, CLASS_PLAIN, "mov x10, x10"},
    {0x2a0803e8, CLASS_PLAIN, "mov w8, w8"},
    {0x91001020, CLASS_PLAIN, "add x0, x1, #4"},
    {0xeb010800, CLASS_PLAIN, "subs x0, x0, x1, lsl #2"},
    {0xf1000c1f, CLASS_PLAIN, "cmp x0, #3"},
    {0xea01001f, CLASS_PLAIN, "tst x0, x1"},
    {0xd2a24680, CLASS_PLAIN, "movz x0, #0x1234, lsl #16"},
    {0xf29579a0, CLASS_PLAIN, "movk x0, #0xabcd"},
    {0x90000000, CLASS_PLAIN, "adrp x0, ."},
    {0x10000000, CLASS_PLAIN, "adr x0, ."},
    {0x9b027c20, CLASS_PLAIN, "mul x0, x1, x2"},
    {0x9bc27c20, CLASS_PLAIN, "umulh x0, x1, x2"},
    {0x9ac20820, CLASS_PLAIN, "udiv x0, x1, x2"},
    {0xdac01020, CLASS_PLAIN, "clz x0, x1"},
    {0xdac00c20, CLASS_PLAIN, "rev x0, x1"},
    {0xd3431820, CLASS_PLAIN, "ubfx x0, x1, #3, #4"},
    {0x9a821020, CLASS_PLAIN, "csel x0, x1, x2, ne"},
    {0xfa410000, CLASS_PLAIN, "ccmp x0, x1, #0, eq"},
    {0x1ac24820, CLASS_PLAIN, "crc32w w0, w1, w2"},
    {0xd503207f, CLASS_PLAIN, "wfi"},
    {0xd503205f, CLASS_PLAIN, "wfe"},
    {0xd503209f, CLASS_PLAIN, "sev"},
    {0xd503203f, CLASS_PLAIN, "yield"},
    {0xd401d422, CLASS_PLAIN, "hvc #0xea1"},
    {0xd4000021, CLASS_PLAIN, "svc #1"},
    {0xd4000003, CLASS_PLAIN, "smc #0"},
    {0xd4200020, CLASS_PLAIN, "brk #1"},
    {0x00000007, CLASS_PLAIN, "udf #7"},
    {0xd5033f5f, CLASS_PLAIN, "clrex"},
    {0xd50330ff, CLASS_PLAIN, "sb"},
    {0xd503233f, CLASS_PLAIN, "paciasp"},
    {0xf9800000, CLASS_PLAIN, "prfm pldl1keep, [x0]"},
    {0xf8a16800, CLASS_PLAIN, "prfm pldl1keep, [x0, x1]"},
    {0xf89ff000, CLASS_PLAIN, "prfum pldl1keep, [x0, #-1]"},
    {0x1e622820, CLASS_PLAIN, "fadd d0, d1, d2"},
    {0x9e670020, CLASS_PLAIN, "fmov d0, x1"},
    {0x9e660001, CLASS_PLAIN, "fmov x1, d0"},
    {0x4ea28420, CLASS_PLAIN, "add v0.4s, v1.4s, v2.4s"},
    {0x4e080c20, CLASS_PLAIN, "dup v0.2d, x1"},
    {0xf9400020, CLASS_LOAD, "ldr x0, [x1]"},
    {0xb8627820, CLASS_LOAD, "ldr w0, [x1, x2, lsl #2]"},
    {0x38401420, CLASS_LOAD, "ldrb w0, [x1], #1"},
    {0x79400020, CLASS_LOAD, "ldrh w0, [x1]"},
    {0x79c00420, CLASS_LOAD, "ldrsh w0, [x1, #2]"},
    {0x39800020, CLASS_LOAD, "ldrsb x0, [x1]"},
    {0xb9800020, CLASS_LOAD, "ldrsw x0, [x1]"},
    {0xb89fcc20, CLASS_LOAD, "ldrsw x0, [x1, #-4]!"},
    {0xf85f8020, CLASS_LOAD, "ldur x0, [x1, #-8]"},
    {0xf8400820, CLASS_LOAD, "ldtr x0, [x1]"},
    {0xa9400440, CLASS_LOAD, "ldp x0, x1, [x2]"},
    {0xa8c17bfd, CLASS_LOAD, "ldp x29, x30, [sp], #16"},
    {0x69400440, CLASS_LOAD, "ldpsw x0, x1, [x2]"},
    {0xa8400440, CLASS_LOAD, "ldnp x0, x1, [x2]"},
    {0x58000000, CLASS_LOAD, "ldr x0, ."},
    {0x98000000, CLASS_LOAD, "ldrsw x0, ."},
    {0x5c000000, CLASS_LOAD, "ldr d0, ."},
    {0xc85f7c20, CLASS_LOAD, "ldxr x0, [x1]"},
    {0x885ffc20, CLASS_LOAD, "ldaxr w0, [x1]"},
    {0xc87f0440, CLASS_LOAD, "ldxp x0, x1, [x2]"},
    {0xc8dffc20, CLASS_LOAD, "ldar x0, [x1]"},
    {0x88df7c20, CLASS_LOAD, "ldlar w0, [x1]"},
    {0x08dffc20, CLASS_LOAD, "ldarb w0, [x1]"},
    {0xf8bfc020, CLASS_LOAD, "ldapr x0, [x1]"},
    {0x99404020, CLASS_LOAD, "ldapur w0, [x1, #4]"},
    {0x99800020, CLASS_LOAD, "ldapursw x0, [x1]"},
    {0xf8200420, CLASS_LOAD, "ldraa x0, [x1]"},
    {0x3dc00000, CLASS_LOAD, "ldr q0, [x0]"},
    {0xfd400400, CLASS_LOAD, "ldr d0, [x0, #8]"},
    {0x3c616800, CLASS_LOAD, "ldr b0, [x0, x1]"},
    {0xad400400, CLASS_LOAD, "ldp q0, q1, [x0]"},
    {0x4c40ac00, CLASS_LOAD, "ld1 {v0.2d, v1.2d}, [x0]"},
    {0x4cdf0800, CLASS_LOAD, "ld4 {v0.4s-v3.4s}, [x0], #64"},
    {0xf9000020, CLASS_STORE, "str x0, [x1]"},
    {0x39000020, CLASS_STORE, "strb w0, [x1]"},
    {0x79000420, CLASS_STORE, "strh w0, [x1, #2]"},
    {0xb8227820, CLASS_STORE, "str w0, [x1, x2, lsl #2]"},
    {0xf81f8020, CLASS_STORE, "stur x0, [x1, #-8]"},
    {0xf8000820, CLASS_STORE, "sttr x0, [x1]"},
    {0xa9000440, CLASS_STORE, "stp x0, x1, [x2]"},
    {0xa9bf7bfd, CLASS_STORE, "stp x29, x30, [sp, #-16]!"},
    {0xa8000440, CLASS_STORE, "stnp x0, x1, [x2]"},
    {0xc8007c41, CLASS_STORE, "stxr w0, x1, [x2]"},
    {0x8800fc41, CLASS_STORE, "stlxr w0, w1, [x2]"},
    {0xc8200861, CLASS_STORE, "stxp w0, x1, x2, [x3]"},
    {0xc89ffc20, CLASS_STORE, "stlr x0, [x1]"},
    {0x089ffc20, CLASS_STORE, "stlrb w0, [x1]"},
    {0x99004020, CLASS_STORE, "stlur w0, [x1, #4]"},
    {0x3d800000, CLASS_STORE, "str q0, [x0]"},
    {0xfd000400, CLASS_STORE, "str d0, [x0, #8]"},
    {0xad000400, CLASS_STORE, "stp q0, q1, [x0]"},
    {0x4c00ac00, CLASS_STORE, "st1 {v0.2d, v1.2d}, [x0]"},
    {0xf8200041, CLASS_STORE, "ldadd x0, x1, [x2]"},
    {0xb8e01041, CLASS_STORE, "ldclral w0, w1, [x2]"},
    {0x38203041, CLASS_STORE, "ldsetb w0, w1, [x2]"},
    {0xf820003f, CLASS_STORE, "stadd x0, [x1]"},
    {0xf8208041, CLASS_STORE, "swp x0, x1, [x2]"},
    {0xb8e08041, CLASS_STORE, "swpal w0, w1, [x2]"},
    {0xc8a07c41, CLASS_STORE, "cas x0, x1, [x2]"},
    {0x88e0fc41, CLASS_STORE, "casal w0, w1, [x2]"},
    {0x08a07c41, CLASS_STORE, "casb w0, w1, [x2]"},
    {0x48207c82, CLASS_STORE, "casp x0, x1, x2, x3, [x4]"},
    {0x0860fc82, CLASS_STORE, "caspal w0, w1, w2, w3, [x4]"},
    {0x14000000, CLASS_BRANCH, "b ."},
    {0x94000000, CLASS_BRANCH, "bl ."},
    {0x54000001, CLASS_BRANCH, "b.ne ."},
    {0x5400000e, CLASS_BRANCH, "b.al ."},
    {0xb4000000, CLASS_BRANCH, "cbz x0, ."},
    {0x35000000, CLASS_BRANCH, "cbnz w0, ."},
    {0xb6400000, CLASS_BRANCH, "tbz x0, #40, ."},
    {0x37180000, CLASS_BRANCH, "tbnz w0, #3, ."},
    {0xd61f0020, CLASS_BRANCH, "br x1"},
    {0xd63f0040, CLASS_BRANCH, "blr x2"},
    {0xd65f03c0, CLASS_BRANCH, "ret"},
    {0xd65f0060, CLASS_BRANCH, "ret x3"},
    {0xd65f0bff, CLASS_BRANCH, "retaa"},
    {0xd61f081f, CLASS_BRANCH, "braaz x0"},
    {0xd51c2100, CLASS_MPU, "msr vttbr_el2, x0"},
    {0xd51c2140, CLASS_MPU, "msr vtcr_el2, x0"},
    {0xd51c2000, CLASS_MPU, "msr ttbr0_el2, x0"},
    {0xd51c2020, CLASS_MPU, "msr ttbr1_el2, x0"},
    {0xd51c2040, CLASS_MPU, "msr tcr_el2, x0"},
    {0xd51c2640, CLASS_MPU, "msr S3_4_C2_C6_2, x0"},
    {0xd51c6120, CLASS_MPU, "msr S3_4_C6_C1_1, x0"},
    {0xd51c6220, CLASS_MPU, "msr S3_4_C6_C2_1, x0"},
    {0xd51c6800, CLASS_MPU, "msr S3_4_C6_C8_0, x0"},
    {0xd51c6820, CLASS_MPU, "msr S3_4_C6_C8_1, x0"},
    {0xd51c6fa0, CLASS_MPU, "msr S3_4_C6_C15_5, x0"},
    {0xd50c83df, CLASS_MPU, "tlbi vmalls12e1is"},
    {0xd50c8020, CLASS_MPU, "tlbi ipas2e1is, x0"},
    {0xd50c871f, CLASS_MPU, "tlbi alle2"},
    {0xd50c8720, CLASS_MPU, "tlbi vae2, x0"},
    {0xd508871f, CLASS_MPU, "tlbi vmalle1"},
    {0xd53c2100, CLASS_SYSREG, "mrs x0, vttbr_el2"},
    {0xd53c6800, CLASS_SYSREG, "mrs x0, S3_4_C6_C8_0"},
    {0xd51c6000, CLASS_SYSREG, "msr far_el2, x0"},
    {0xd51c6080, CLASS_SYSREG, "msr hpfar_el2, x0"},
    {0xd53c5200, CLASS_SYSREG, "mrs x0, esr_el2"},
    {0xd51c1100, CLASS_SYSREG, "msr hcr_el2, x0"},
    {0xd5182000, CLASS_SYSREG, "msr ttbr0_el1, x0"},
    {0xd5186800, CLASS_SYSREG, "msr S3_0_C6_C8_0, x0"},
    {0xd5182100, CLASS_SYSREG, "msr S3_0_C2_C1_0, x0"},
    {0xd53be020, CLASS_SYSREG, "mrs x0, cntpct_el0"},
    {0xd51ccc00, CLASS_SYSREG, "msr ich_lr0_el2, x0"},
    {0xd53800a0, CLASS_SYSREG, "mrs x0, mpidr_el1"},
    {0xd51c4000, CLASS_SYSREG, "msr spsr_el2, x0"},
    {0xd5184100, CLASS_SYSREG, "msr sp_el0, x0"},
    {0xd50342df, CLASS_SYSREG, "msr daifset, #2"},
    {0xd50342ff, CLASS_SYSREG, "msr daifclr, #2"},
    {0xd51b4220, CLASS_SYSREG, "msr daif, x0"},
    {0xd50041bf, CLASS_SYSREG, "msr spsel, #1"},
    {0xd51b4200, CLASS_SYSREG, "msr nzcv, x0"},
    {0xd53b4220, CLASS_SYSREG, "mrs x0, daif"},
    {0xd53b4200, CLASS_SYSREG, "mrs x0, nzcv"},
    {0xd50b7e20, CLASS_SYSREG, "dc civac, x0"},
    {0xd508711f, CLASS_SYSREG, "ic ialluis"},
    {0xd50c7880, CLASS_SYSREG, "at s12e1r, x0"},
    {0xd50b7420, CLASS_SYSREG, "dc zva, x0"},
    {0xd53b4400, CLASS_SYSREG, "mrs x0, fpcr"},
    {0xd51b4420, CLASS_SYSREG, "msr fpsr, x0"},
    {0xd5033fdf, CLASS_ISB, "isb"},
    {0xd5033f9f, CLASS_DSB, "dsb sy"},
    {0xd5033b9f, CLASS_DSB, "dsb ish"},
    {0xd503379f, CLASS_DSB, "dsb nsh"},
    {0xd5033a9f, CLASS_DSB, "dsb ishst"},
    {0xd5033fbf, CLASS_DSB, "dmb sy"},
    {0xd5033bbf, CLASS_DSB, "dmb ish"},
    {0xd50339bf, CLASS_DSB, "dmb ishld"},
    {0xd50332bf, CLASS_DSB, "dmb oshst"},
    {0xd69f03e0, CLASS_ERET, "eret"},
    {0xd69f0bff, CLASS_ERET, "eretaa"},
};

static void the_marks_are_told_from_other_moves(void)
{
    expect(decode_marker(0xaa0803e8, ISA_A64) == MARKER_START, 0xaa0803e8, "mov x8, x8", "start");
    expect(decode_marker(0xaa0903e9, ISA_A64) == MARKER_STOP, 0xaa0903e9, "mov x9, x9", "stop");
    expect(decode_marker(0xaa0a03ea, ISA_A64) == MARKER_NEXT, 0xaa0a03ea, "mov x10, x10", "next");
    expect(decode_marker(0x2a0803e8, ISA_A64) == MARKER_NONE, 0x2a0803e8, "mov w8, w8", "no mark: it clears the upper half");
    expect(decode_marker(0xe1a08008, ISA_A64) == MARKER_NONE, 0xe1a08008, "(A32)", "no mark of A64");
    expect(decode_marker(0xaa0803e8, ISA_A32) == MARKER_NONE, 0xaa0803e8, "(A64)", "no mark of A32");
}

static void el1_writes_are_told_from_el2_ones(void)
{
    expect(decode_is_el1_mpu_write(0xd5182000, ISA_A64), 0xd5182000, "msr ttbr0_el1, x0", "EL1");
    expect(decode_is_el1_mpu_write(0xd5186800, ISA_A64), 0xd5186800, "msr S3_0_C6_C8_0, x0", "EL1");
    expect(!decode_is_el1_mpu_write(0xd5182100, ISA_A64), 0xd5182100, "msr S3_0_C2_C1_0, x0", "a pointer key");
    expect(!decode_is_el1_mpu_write(0xd51c6800, ISA_A64), 0xd51c6800, "msr S3_4_C6_C8_0, x0", "EL2");
    expect(!decode_is_el1_mpu_write(0xd5382000, ISA_A64), 0xd5382000, "mrs x0, ttbr0_el1", "a read");
    expect(!decode_is_el1_mpu_write(0xd5186000, ISA_A64), 0xd5186000, "msr far_el1, x0", "FAR");
}

static void only_wfi_is_wfi(void)
{
    expect(decode_is_wfi(0xd503207f, ISA_A64), 0xd503207f, "wfi", "WFI");
    expect(!decode_is_wfi(0xd503205f, ISA_A64), 0xd503205f, "wfe", "WFE");
}

static void what_can_move_the_level_or_the_masks(void)
{
    expect(decode_moves_level(0xd69f03e0, ISA_A64), 0xd69f03e0, "eret", "moves");
    expect(decode_moves_level(0xd50342ff, ISA_A64), 0xd50342ff, "msr daifclr, #2", "moves");
    expect(decode_moves_level(0xd50342df, ISA_A64), 0xd50342df, "msr daifset, #2", "moves");
    expect(decode_moves_level(0xd51b4220, ISA_A64), 0xd51b4220, "msr daif, x0", "moves");
    expect(!decode_moves_level(0xd53b4220, ISA_A64), 0xd53b4220, "mrs x0, daif", "does not");
    expect(!decode_moves_level(0xd51c1100, ISA_A64), 0xd51c1100, "msr hcr_el2, x0", "does not");
    expect(decode_moves_level(0xf1080080, ISA_A32), 0xf1080080, "cpsie i", "moves");
    expect(decode_moves_level(0xe121f000, ISA_A32), 0xe121f000, "msr cpsr_c, r0", "moves");
    expect(decode_moves_level(0xe160006e, ISA_A32), 0xe160006e, "eret", "moves");
    expect(!decode_moves_level(0xee860f31, ISA_A32), 0xee860f31, "mcr p15, 4, r0, c6, c1, 1", "does not");
    expect(!decode_moves_level(0xee950f12, ISA_A32), 0xee950f12, "mrc p15, 4, r0, c5, c2, 0", "does not");
    expect(!decode_moves_level(0xec410f4e, ISA_A32), 0xec410f4e, "mcrr p15, 4, r0, r1, c14", "does not");
    expect(decode_moves_level(0xb662, ISA_T32), 0xb662, "cpsie i", "moves");
    expect(decode_moves_level(0x8f00f3de, ISA_T32), 0x8f00f3de, "eret", "moves");
    expect(!decode_moves_level(0x0f13ee86, ISA_T32), 0x0f13ee86, "mcr p15, 4, r0, c6, c3, 0", "does not");
}

int main(void)
{
    classes_are_as_assembled(a64_samples, sizeof(a64_samples) / sizeof(a64_samples[0]), ISA_A64);
    every_word_has_a_class(ISA_A64);
    the_marks_are_told_from_other_moves();
    el1_writes_are_told_from_el2_ones();
    only_wfi_is_wfi();
    what_can_move_the_level_or_the_masks();
    return failures != 0;
}
