/* SPDX-License-Identifier: Apache-2.0 */
/* Words as GNU as assembles them, each with the class the cost model must see. */
#include <stdio.h>

#include "decode.h"

struct sample {
    uint32_t word;
    enum insn_class class;
    const char *text;
};

static const struct sample a32_samples[] = {
    {0xe320f000, CLASS_PLAIN, "nop"},
    {0xe1a08008, CLASS_PLAIN, "mov r8, r8"},
    {0xe1a09009, CLASS_PLAIN, "mov r9, r9"},
    {0xe2810004, CLASS_PLAIN, "add r0, r1, #4"},
    {0xe0500211, CLASS_PLAIN, "subs r0, r0, r1, lsl r2"},
    {0xe3500003, CLASS_PLAIN, "cmp r0, #3"},
    {0xe1100001, CLASS_PLAIN, "tst r0, r1"},
    {0xe3010234, CLASS_PLAIN, "movw r0, #0x1234"},
    {0xe34acbcd, CLASS_PLAIN, "movt r12, #0xabcd"},
    {0x13003001, CLASS_PLAIN, "movwne r3, #1"},
    {0xe0000291, CLASS_PLAIN, "mul r0, r1, r2"},
    {0xe0810392, CLASS_PLAIN, "umull r0, r1, r2, r3"},
    {0xe1600281, CLASS_PLAIN, "smulbb r0, r1, r2"},
    {0xe16f0f11, CLASS_PLAIN, "clz r0, r1"},
    {0xe730f211, CLASS_PLAIN, "udiv r0, r1, r2"},
    {0xe7e301d1, CLASS_PLAIN, "ubfx r0, r1, #3, #4"},
    {0xe6bf0f31, CLASS_PLAIN, "rev r0, r1"},
    {0xe6ef0071, CLASS_PLAIN, "uxtb r0, r1"},
    {0xe7f000f7, CLASS_PLAIN, "udf #7"},
    {0xe320f003, CLASS_PLAIN, "wfi"},
    {0xe320f002, CLASS_PLAIN, "wfe"},
    {0xe320f004, CLASS_PLAIN, "sev"},
    {0xe320f001, CLASS_PLAIN, "yield"},
    {0xe140ea71, CLASS_PLAIN, "hvc #0xea1"},
    {0xef000001, CLASS_PLAIN, "svc #1"},
    {0xf57ff01f, CLASS_PLAIN, "clrex"},
    {0xf5d0f000, CLASS_PLAIN, "pld [r0]"},
    {0xee300a81, CLASS_PLAIN, "vadd.f32 s0, s1, s2"},
    {0xee001a10, CLASS_PLAIN, "vmov s0, r1"},
    {0xec421b10, CLASS_PLAIN, "vmov d0, r1, r2"},
    {0xf2210802, CLASS_PLAIN, "vadd.i32 d0, d1, d2"},
    {0xe5910000, CLASS_LOAD, "ldr r0, [r1]"},
    {0xe7910102, CLASS_LOAD, "ldr r0, [r1, r2, lsl #2]"},
    {0xe4d10001, CLASS_LOAD, "ldrb r0, [r1], #1"},
    {0xe1d100b0, CLASS_LOAD, "ldrh r0, [r1]"},
    {0xe1d100f2, CLASS_LOAD, "ldrsh r0, [r1, #2]"},
    {0xe1d100d0, CLASS_LOAD, "ldrsb r0, [r1]"},
    {0xe1c200d0, CLASS_LOAD, "ldrd r0, r1, [r2]"},
    {0xe18200d3, CLASS_LOAD, "ldrd r0, r1, [r2, r3]"},
    {0xe8b001fe, CLASS_LOAD, "ldm r0!, {r1-r8}"},
    {0xe8bd8010, CLASS_LOAD, "pop {r4, pc}"},
    {0xe49d4004, CLASS_LOAD, "pop {r4}"},
    {0xe790f101, CLASS_LOAD, "ldr pc, [r0, r1, lsl #2]"},
    {0x15910000, CLASS_LOAD, "ldrne r0, [r1]"},
    {0xe1910f9f, CLASS_LOAD, "ldrex r0, [r1]"},
    {0xe1b20f9f, CLASS_LOAD, "ldrexd r0, r1, [r2]"},
    {0xe1910c9f, CLASS_LOAD, "lda r0, [r1]"},
    {0xe1910e9f, CLASS_LOAD, "ldaex r0, [r1]"},
    {0xed900b00, CLASS_LOAD, "vldr d0, [r0]"},
    {0xecb00b20, CLASS_LOAD, "vldmia r0!, {d0-d15}"},
    {0xf4200acf, CLASS_LOAD, "vld1.64 {d0-d1}, [r0]"},
    {0xf8bd0a00, CLASS_LOAD, "rfeia sp!"},
    {0xe5810000, CLASS_STORE, "str r0, [r1]"},
    {0xe5c10000, CLASS_STORE, "strb r0, [r1]"},
    {0xe1c100b2, CLASS_STORE, "strh r0, [r1, #2]"},
    {0xe1c200f8, CLASS_STORE, "strd r0, r1, [r2, #8]"},
    {0xe88001fe, CLASS_STORE, "stm r0, {r1-r8}"},
    {0xe92d40f0, CLASS_STORE, "push {r4-r7, lr}"},
    {0xe52d4004, CLASS_STORE, "push {r4}"},
    {0xe1820f91, CLASS_STORE, "strex r0, r1, [r2]"},
    {0xe1a40f92, CLASS_STORE, "strexd r0, r2, r3, [r4]"},
    {0xe181fc90, CLASS_STORE, "stl r0, [r1]"},
    {0xed800b00, CLASS_STORE, "vstr d0, [r0]"},
    {0xeca00b20, CLASS_STORE, "vstmia r0!, {d0-d15}"},
    {0xf4000acf, CLASS_STORE, "vst1.64 {d0-d1}, [r0]"},
    {0xf96d0513, CLASS_STORE, "srsdb sp!, #19"},
    {0xeafffffe, CLASS_BRANCH, "b ."},
    {0xebfffffe, CLASS_BRANCH, "bl ."},
    {0x1afffffe, CLASS_BRANCH, "bne ."},
    {0xfafffffe, CLASS_BRANCH, "blx ."},
    {0xe12fff1e, CLASS_BRANCH, "bx lr"},
    {0x012fff1e, CLASS_BRANCH, "bxeq lr"},
    {0xe12fff33, CLASS_BRANCH, "blx r3"},
    {0xe1a0f00e, CLASS_BRANCH, "mov pc, lr"},
    {0xe08ff000, CLASS_BRANCH, "add pc, pc, r0"},
    {0xee860f31, CLASS_MPU, "mcr p15, 4, r0, c6, c1, 1"},
    {0xee860f32, CLASS_MPU, "mcr p15, 4, r0, c6, c2, 1"},
    {0xee860f13, CLASS_MPU, "mcr p15, 4, r0, c6, c3, 0"},
    {0xee860f33, CLASS_MPU, "mcr p15, 4, r0, c6, c3, 1"},
    {0xee860f18, CLASS_MPU, "mcr p15, 4, r0, c6, c8, 0"},
    {0xee860fbf, CLASS_MPU, "mcr p15, 4, r0, c6, c15, 5"},
    {0xeea60f98, CLASS_MPU, "mcr p15, 5, r0, c6, c8, 4"},
    {0xee960f13, CLASS_SYSREG, "mrc p15, 4, r0, c6, c3, 0"},
    {0xee860f10, CLASS_SYSREG, "mcr p15, 4, r0, c6, c0, 0"},
    {0xee960f90, CLASS_SYSREG, "mrc p15, 4, r0, c6, c0, 4"},
    {0xee060f13, CLASS_SYSREG, "mcr p15, 0, r0, c6, c3, 0"},
    {0xee060f98, CLASS_SYSREG, "mcr p15, 0, r0, c6, c8, 4"},
    {0xee260f18, CLASS_SYSREG, "mcr p15, 1, r0, c6, c8, 0"},
    {0xee950f12, CLASS_SYSREG, "mrc p15, 4, r0, c5, c2, 0"},
    {0xec410f4e, CLASS_SYSREG, "mcrr p15, 4, r0, r1, c14"},
    {0xec510f0e, CLASS_SYSREG, "mrrc p15, 0, r0, r1, c14"},
    {0xee0c0f3c, CLASS_SYSREG, "mcr p15, 0, r0, c12, c12, 1"},
    {0xe10f0000, CLASS_SYSREG, "mrs r0, cpsr"},
    {0xe14f0000, CLASS_SYSREG, "mrs r0, spsr"},
    {0xe10e0300, CLASS_SYSREG, "mrs r0, elr_hyp"},
    {0xe1030300, CLASS_SYSREG, "mrs r0, sp_svc"},
    {0xe120f300, CLASS_SYSREG, "msr lr_irq, r0"},
    {0xe121f000, CLASS_SYSREG, "msr cpsr_c, r0"},
    {0xe16ff000, CLASS_SYSREG, "msr spsr_cxsf, r0"},
    {0xe321f0d3, CLASS_SYSREG, "msr cpsr_c, #0xd3"},
    {0xf10c00c0, CLASS_SYSREG, "cpsid if"},
    {0xf1080080, CLASS_SYSREG, "cpsie i"},
    {0xeef10a10, CLASS_SYSREG, "vmrs r0, fpscr"},
    {0xeee10a10, CLASS_SYSREG, "vmsr fpscr, r0"},
    {0xeef1fa10, CLASS_SYSREG, "vmrs apsr_nzcv, fpscr"},
    {0xf57ff06f, CLASS_ISB, "isb"},
    {0xee070f95, CLASS_ISB, "mcr p15, 0, r0, c7, c5, 4"},
    {0xf57ff04f, CLASS_DSB, "dsb sy"},
    {0xf57ff04b, CLASS_DSB, "dsb ish"},
    {0xf57ff05f, CLASS_DSB, "dmb sy"},
    {0xf57ff05a, CLASS_DSB, "dmb ishst"},
    {0xee070f9a, CLASS_DSB, "mcr p15, 0, r0, c7, c10, 4"},
    {0xee070fba, CLASS_DSB, "mcr p15, 0, r0, c7, c10, 5"},
    {0xe160006e, CLASS_ERET, "eret"},
    {0x1160006e, CLASS_ERET, "eretne"},
};

static const struct sample t32_samples[] = {
    {0x0000bf00, CLASS_PLAIN, "nop"},
    {0x000046c0, CLASS_PLAIN, "mov r8, r8"},
    {0x000046c9, CLASS_PLAIN, "mov r9, r9"},
    {0x0004f101, CLASS_PLAIN, "add r0, r1, #4"},
    {0x00002803, CLASS_PLAIN, "cmp r0, #3"},
    {0x00004208, CLASS_PLAIN, "tst r0, r1"},
    {0x2034f241, CLASS_PLAIN, "movw r0, #0x1234"},
    {0x3ccdf6ca, CLASS_PLAIN, "movt r12, #0xabcd"},
    {0xf002fb01, CLASS_PLAIN, "mul r0, r1, r2"},
    {0x0103fba2, CLASS_PLAIN, "umull r0, r1, r2, r3"},
    {0xf002fb11, CLASS_PLAIN, "smulbb r0, r1, r2"},
    {0xf081fab1, CLASS_PLAIN, "clz r0, r1"},
    {0xf0f2fbb1, CLASS_PLAIN, "udiv r0, r1, r2"},
    {0x00c3f3c1, CLASS_PLAIN, "ubfx r0, r1, #3, #4"},
    {0x0000ba08, CLASS_PLAIN, "rev r0, r1"},
    {0x0000b2c8, CLASS_PLAIN, "uxtb r0, r1"},
    {0x0000de07, CLASS_PLAIN, "udf #7"},
    {0x0000bf30, CLASS_PLAIN, "wfi"},
    {0x0000bf20, CLASS_PLAIN, "wfe"},
    {0x0000bf40, CLASS_PLAIN, "sev"},
    {0x0000bf10, CLASS_PLAIN, "yield"},
    {0x8ea1f7e0, CLASS_PLAIN, "hvc #0xea1"},
    {0x8f2ff3bf, CLASS_PLAIN, "clrex"},
    {0xf000f890, CLASS_PLAIN, "pld [r0]"},
    {0x0a81ee30, CLASS_PLAIN, "vadd.f32 s0, s1, s2"},
    {0x1a10ee00, CLASS_PLAIN, "vmov s0, r1"},
    {0x1b10ec42, CLASS_PLAIN, "vmov d0, r1, r2"},
    {0x0802ef21, CLASS_PLAIN, "vadd.i32 d0, d1, d2"},
    {0x00006808, CLASS_LOAD, "ldr r0, [r1]"},
    {0x0022f851, CLASS_LOAD, "ldr r0, [r1, r2, lsl #2]"},
    {0x0b01f811, CLASS_LOAD, "ldrb r0, [r1], #1"},
    {0x00008808, CLASS_LOAD, "ldrh r0, [r1]"},
    {0x0002f9b1, CLASS_LOAD, "ldrsh r0, [r1, #2]"},
    {0x0000f991, CLASS_LOAD, "ldrsb r0, [r1]"},
    {0x0100e9d2, CLASS_LOAD, "ldrd r0, r1, [r2]"},
    {0x01fee8b0, CLASS_LOAD, "ldm r0!, {r1-r8}"},
    {0x0000bd10, CLASS_LOAD, "pop {r4, pc}"},
    {0x0000bc10, CLASS_LOAD, "pop {r4}"},
    {0xf021f850, CLASS_LOAD, "ldr pc, [r0, r1, lsl #2]"},
    {0x0f00e851, CLASS_LOAD, "ldrex r0, [r1]"},
    {0x017fe8d2, CLASS_LOAD, "ldrexd r0, r1, [r2]"},
    {0x0fafe8d1, CLASS_LOAD, "lda r0, [r1]"},
    {0x0fefe8d1, CLASS_LOAD, "ldaex r0, [r1]"},
    {0x0b00ed90, CLASS_LOAD, "vldr d0, [r0]"},
    {0x0b20ecb0, CLASS_LOAD, "vldmia r0!, {d0-d15}"},
    {0x0acff920, CLASS_LOAD, "vld1.64 {d0-d1}, [r0]"},
    {0xc000e9bd, CLASS_LOAD, "rfeia sp!"},
    {0x00006008, CLASS_STORE, "str r0, [r1]"},
    {0x00007008, CLASS_STORE, "strb r0, [r1]"},
    {0x00008048, CLASS_STORE, "strh r0, [r1, #2]"},
    {0x0102e9c2, CLASS_STORE, "strd r0, r1, [r2, #8]"},
    {0x01fee880, CLASS_STORE, "stm r0, {r1-r8}"},
    {0x0000b5f0, CLASS_STORE, "push {r4-r7, lr}"},
    {0x0000b410, CLASS_STORE, "push {r4}"},
    {0x1000e842, CLASS_STORE, "strex r0, r1, [r2]"},
    {0x2370e8c4, CLASS_STORE, "strexd r0, r2, r3, [r4]"},
    {0x0fafe8c1, CLASS_STORE, "stl r0, [r1]"},
    {0x0b00ed80, CLASS_STORE, "vstr d0, [r0]"},
    {0x0b20eca0, CLASS_STORE, "vstmia r0!, {d0-d15}"},
    {0x0acff900, CLASS_STORE, "vst1.64 {d0-d1}, [r0]"},
    {0xc013e82d, CLASS_STORE, "srsdb sp!, #19"},
    {0x0000e7fe, CLASS_BRANCH, "b ."},
    {0xfffef7ff, CLASS_BRANCH, "bl ."},
    {0x0000d1fe, CLASS_BRANCH, "bne ."},
    {0x00004770, CLASS_BRANCH, "bx lr"},
    {0x00004798, CLASS_BRANCH, "blx r3"},
    {0x000046f7, CLASS_BRANCH, "mov pc, lr"},
    {0x0f31ee86, CLASS_MPU, "mcr p15, 4, r0, c6, c1, 1"},
    {0x0f32ee86, CLASS_MPU, "mcr p15, 4, r0, c6, c2, 1"},
    {0x0f13ee86, CLASS_MPU, "mcr p15, 4, r0, c6, c3, 0"},
    {0x0f33ee86, CLASS_MPU, "mcr p15, 4, r0, c6, c3, 1"},
    {0x0f18ee86, CLASS_MPU, "mcr p15, 4, r0, c6, c8, 0"},
    {0x0fbfee86, CLASS_MPU, "mcr p15, 4, r0, c6, c15, 5"},
    {0x0f98eea6, CLASS_MPU, "mcr p15, 5, r0, c6, c8, 4"},
    {0x0f13ee96, CLASS_SYSREG, "mrc p15, 4, r0, c6, c3, 0"},
    {0x0f10ee86, CLASS_SYSREG, "mcr p15, 4, r0, c6, c0, 0"},
    {0x0f90ee96, CLASS_SYSREG, "mrc p15, 4, r0, c6, c0, 4"},
    {0x0f13ee06, CLASS_SYSREG, "mcr p15, 0, r0, c6, c3, 0"},
    {0x0f98ee06, CLASS_SYSREG, "mcr p15, 0, r0, c6, c8, 4"},
    {0x0f18ee26, CLASS_SYSREG, "mcr p15, 1, r0, c6, c8, 0"},
    {0x0f12ee95, CLASS_SYSREG, "mrc p15, 4, r0, c5, c2, 0"},
    {0x0f4eec41, CLASS_SYSREG, "mcrr p15, 4, r0, r1, c14"},
    {0x0f0eec51, CLASS_SYSREG, "mrrc p15, 0, r0, r1, c14"},
    {0x0f3cee0c, CLASS_SYSREG, "mcr p15, 0, r0, c12, c12, 1"},
    {0x8000f3ef, CLASS_SYSREG, "mrs r0, cpsr"},
    {0x8000f3ff, CLASS_SYSREG, "mrs r0, spsr"},
    {0x8030f3ee, CLASS_SYSREG, "mrs r0, elr_hyp"},
    {0x8030f3e3, CLASS_SYSREG, "mrs r0, sp_svc"},
    {0x8030f380, CLASS_SYSREG, "msr lr_irq, r0"},
    {0x8100f380, CLASS_SYSREG, "msr cpsr_c, r0"},
    {0x8f00f390, CLASS_SYSREG, "msr spsr_cxsf, r0"},
    {0x0000b673, CLASS_SYSREG, "cpsid if"},
    {0x0000b662, CLASS_SYSREG, "cpsie i"},
    {0x0a10eef1, CLASS_SYSREG, "vmrs r0, fpscr"},
    {0x0a10eee1, CLASS_SYSREG, "vmsr fpscr, r0"},
    {0xfa10eef1, CLASS_SYSREG, "vmrs apsr_nzcv, fpscr"},
    {0x8f6ff3bf, CLASS_ISB, "isb"},
    {0x0f95ee07, CLASS_ISB, "mcr p15, 0, r0, c7, c5, 4"},
    {0x8f4ff3bf, CLASS_DSB, "dsb sy"},
    {0x8f4bf3bf, CLASS_DSB, "dsb ish"},
    {0x8f5ff3bf, CLASS_DSB, "dmb sy"},
    {0x8f5af3bf, CLASS_DSB, "dmb ishst"},
    {0x0f9aee07, CLASS_DSB, "mcr p15, 0, r0, c7, c10, 4"},
    {0x0fbaee07, CLASS_DSB, "mcr p15, 0, r0, c7, c10, 5"},
    {0x8f00f3de, CLASS_ERET, "eret"},
    {0x0000b110, CLASS_BRANCH, "cbz r0, .+8"},
    {0x0000b913, CLASS_BRANCH, "cbnz r3, .+8"},
    {0x0000bf08, CLASS_PLAIN, "it eq"},
    {0xf001e8d0, CLASS_LOAD, "tbb [r0, r1]"},
    {0xf011e8d0, CLASS_LOAD, "tbh [r0, r1, lsl #1]"},
    {0x0000df01, CLASS_PLAIN, "svc #1"},
    {0x00002001, CLASS_PLAIN, "movs r0, #1"},
    {0x00001840, CLASS_PLAIN, "adds r0, r0, r1"},
    {0x000046c8, CLASS_PLAIN, "mov r8, r9"},
    {0x0000a801, CLASS_PLAIN, "add r0, sp, #4"},
    {0x0000b082, CLASS_PLAIN, "sub sp, #8"},
    {0x00009801, CLASS_LOAD, "ldr r0, [sp, #4]"},
    {0x00009001, CLASS_STORE, "str r0, [sp, #4]"},
    {0x00004801, CLASS_LOAD, "ldr r0, [pc, #4]"},
    {0x00007848, CLASS_LOAD, "ldrb r0, [r1, #1]"},
    {0x00007048, CLASS_STORE, "strb r0, [r1, #1]"},
    {0x00005e88, CLASS_LOAD, "ldrsh r0, [r1, r2]"},
    {0x012cf8d1, CLASS_LOAD, "ldr.w r0, [r1, #300]"},
    {0x012cf8c1, CLASS_STORE, "str.w r0, [r1, #300]"},
    {0x0000c806, CLASS_LOAD, "ldmia r0!, {r1, r2}"},
    {0x0000c006, CLASS_STORE, "stmia r0!, {r1, r2}"},
    {0x8130e8bd, CLASS_LOAD, "pop {r4, r5, r8, pc}"},
    {0x4110e92d, CLASS_STORE, "push {r4, r8, lr}"},
    {0xf000f8d0, CLASS_LOAD, "ldr pc, [r0]"},
    {0x0012f811, CLASS_LOAD, "ldrb.w r0, [r1, r2, lsl #1]"},
    {0x0000d000, CLASS_BRANCH, "beq.n .+4"},
    {0x80c6f000, CLASS_BRANCH, "beq.w .+400"},
    {0xb8c6f000, CLASS_BRANCH, "b.w .+400"},
    {0x00004487, CLASS_BRANCH, "add pc, r0"},
    {0x8f04f3de, CLASS_BRANCH, "subs pc, lr, #4"},
    {0x8000f3af, CLASS_PLAIN, "nop.w"},
    {0x8003f3af, CLASS_PLAIN, "wfi.w"},
    {0xf000f990, CLASS_PLAIN, "pli [r0]"},
    {0xe802f000, CLASS_BRANCH, "blx .+8"},
    {0xf0f2fb91, CLASS_PLAIN, "sdiv r0, r1, r2"},
    {0x00c6f361, CLASS_PLAIN, "bfi r0, r1, #3, #4"},
};

static int failures;

static void expect(bool good, uint32_t word, const char *text, const char *what)
{
    if (!good) {
        printf("FAIL 0x%08x %s: %s\n", (unsigned)word, text, what);
        failures++;
    }
}

static void classes_are_as_assembled(const struct sample *samples, unsigned nr, enum isa isa)
{
    for (unsigned i = 0; i < nr; i++) {
        enum insn_class class = decode(samples[i].word, isa);
        expect(class == samples[i].class, samples[i].word, samples[i].text, decode_class_name(class));
    }
}

static void every_word_has_a_class(void)
{
    uint32_t word = 1;

    for (unsigned i = 0; i < 1000000; i++) {
        enum insn_class class = decode(word, i & 1 ? ISA_T32 : ISA_A32);
        if (class >= NR_CLASSES || class == CLASS_ENTRY) {
            expect(false, word, "(random)", "no class");
            return;
        }
        word = word * 1664525u + 1013904223u;
    }
}

static void el1_mpu_writes_are_told_from_el2_ones(void)
{
    expect(decode_is_el1_mpu_write(0xee060f13, ISA_A32), 0xee060f13, "mcr p15, 0, r0, c6, c3, 0", "EL1");
    expect(decode_is_el1_mpu_write(0xee260f18, ISA_A32), 0xee260f18, "mcr p15, 1, r0, c6, c8, 0", "EL1");
    expect(!decode_is_el1_mpu_write(0xee860f13, ISA_A32), 0xee860f13, "mcr p15, 4, r0, c6, c3, 0", "EL2");
    expect(!decode_is_el1_mpu_write(0xee060f10, ISA_A32), 0xee060f10, "mcr p15, 0, r0, c6, c0, 0", "DFAR");
    expect(!decode_is_el1_mpu_write(0xee160f13, ISA_A32), 0xee160f13, "mrc p15, 0, r0, c6, c3, 0", "a read");
    expect(decode_is_el1_mpu_write(0x0f13ee06, ISA_T32), 0x0f13ee06, "mcr p15, 0, r0, c6, c3, 0", "EL1, T32");
    expect(!decode_is_el1_mpu_write(0x0f13ee86, ISA_T32), 0x0f13ee86, "mcr p15, 4, r0, c6, c3, 0", "EL2, T32");
}

static void only_wfi_is_wfi(void)
{
    expect(decode_is_wfi(0xe320f003, ISA_A32), 0xe320f003, "wfi", "WFI");
    expect(!decode_is_wfi(0xe320f002, ISA_A32), 0xe320f002, "wfe", "WFE");
    expect(!decode_is_wfi(0xf320f003, ISA_A32), 0xf320f003, "(SIMD)", "not A32 WFI");
    expect(decode_is_wfi(0xbf30, ISA_T32), 0xbf30, "wfi", "T32 WFI");
    expect(decode_is_wfi(0x8003f3af, ISA_T32), 0x8003f3af, "wfi.w", "T32 WFI");
    expect(!decode_is_wfi(0xe320f003, ISA_T32), 0xe320f003, "(not T32)", "WFI of the other set");
}

int main(void)
{
    classes_are_as_assembled(a32_samples, sizeof(a32_samples) / sizeof(a32_samples[0]), ISA_A32);
    classes_are_as_assembled(t32_samples, sizeof(t32_samples) / sizeof(t32_samples[0]), ISA_T32);
    every_word_has_a_class();
    el1_mpu_writes_are_told_from_el2_ones();
    only_wfi_is_wfi();
    return failures != 0;
}
