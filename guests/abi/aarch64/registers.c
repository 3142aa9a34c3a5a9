/* SPDX-License-Identifier: Apache-2.0 */
/* What a hypercall does to the registers of an AArch64 guest. */
#include "../registers.h"

enum { NR_REGISTERS = 31, NUMBER = 16 };

/*
 * void abi_call(const uint64_t in[31], uint64_t out[32]): x0-x30 before and after HVC #0xEA1, with N and C set before;
 * out[31] is NZCV after. The two pointers wait on the stack.
 */
void abi_call(const uint64_t in[NR_REGISTERS], uint64_t out[NR_REGISTERS + 1]);
__asm__(".text\n.global abi_call\nabi_call:\n"
        "\tstp x29, x30, [sp, #-112]!\n"
        "\tstp x19, x20, [sp, #16]\n\tstp x21, x22, [sp, #32]\n\tstp x23, x24, [sp, #48]\n"
        "\tstp x25, x26, [sp, #64]\n\tstp x27, x28, [sp, #80]\n\tstr x1, [sp, #96]\n"
        "\tmov x2, #0xa0000000\n\tmsr nzcv, x2\n"
        "\tldp x2, x3, [x0, #16]\n\tldp x4, x5, [x0, #32]\n\tldp x6, x7, [x0, #48]\n\tldp x8, x9, [x0, #64]\n"
        "\tldp x10, x11, [x0, #80]\n\tldp x12, x13, [x0, #96]\n\tldp x14, x15, [x0, #112]\n"
        "\tldp x16, x17, [x0, #128]\n\tldp x18, x19, [x0, #144]\n\tldp x20, x21, [x0, #160]\n"
        "\tldp x22, x23, [x0, #176]\n\tldp x24, x25, [x0, #192]\n\tldp x26, x27, [x0, #208]\n"
        "\tldp x28, x29, [x0, #224]\n\tldr x30, [x0, #240]\n\tldp x0, x1, [x0]\n"
        "\thvc #0xea1\n"
        "\tstr x0, [sp, #104]\n\tldr x0, [sp, #96]\n"
        "\tstp x2, x3, [x0, #16]\n\tstp x4, x5, [x0, #32]\n\tstp x6, x7, [x0, #48]\n\tstp x8, x9, [x0, #64]\n"
        "\tstp x10, x11, [x0, #80]\n\tstp x12, x13, [x0, #96]\n\tstp x14, x15, [x0, #112]\n"
        "\tstp x16, x17, [x0, #128]\n\tstp x18, x19, [x0, #144]\n\tstp x20, x21, [x0, #160]\n"
        "\tstp x22, x23, [x0, #176]\n\tstp x24, x25, [x0, #192]\n\tstp x26, x27, [x0, #208]\n"
        "\tstp x28, x29, [x0, #224]\n\tmrs x2, nzcv\n\tstp x30, x2, [x0, #240]\n"
        "\tldr x2, [sp, #104]\n\tstp x2, x1, [x0]\n"
        "\tldp x19, x20, [sp, #16]\n\tldp x21, x22, [sp, #32]\n\tldp x23, x24, [sp, #48]\n"
        "\tldp x25, x26, [sp, #64]\n\tldp x27, x28, [sp, #80]\n\tldp x29, x30, [sp], #112\n\tret\n");

void expect_kept(uint32_t number, uint32_t command, const void *pointer, uint32_t first_kept)
{
    uint64_t before[NR_REGISTERS], after[NR_REGISTERS + 1];

    for (uint32_t i = 0; i < NR_REGISTERS; i++)
        before[i] = 0xa5a5a5a500000000ull + i;
    before[0] = command;
    before[1] = (uintptr_t)pointer;
    before[NUMBER] = number;
    abi_call(before, after);
    for (uint32_t i = first_kept; i < NR_REGISTERS; i++)
        if (i != NUMBER && after[i] != before[i])
            fail_("hypercall %u changed x%u from 0x%lx to 0x%lx", number, i, before[i], after[i]);
    expect_eq(after[NR_REGISTERS], 0xa0000000u);
}
