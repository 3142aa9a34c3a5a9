/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fencepost.h says in the terms of AArch32: the way into the hypervisor, the interrupt mask, instructions.
 * Guests include fencepost.h only.
 */
#ifndef FENCEPOST_ISA_H
#define FENCEPOST_ISA_H

/* All of r0-r4 and r12 count as clobbered by a call with so many arguments, as the calling convention says. */
static inline intptr_t hypercall(uint32_t number, uintptr_t a1, uintptr_t a2, uintptr_t a3, uintptr_t a4, uintptr_t a5)
{
    register uintptr_t r0 __asm__("r0") = a1;
    register uintptr_t r1 __asm__("r1") = a2;
    register uintptr_t r2 __asm__("r2") = a3;
    register uintptr_t r3 __asm__("r3") = a4;
    register uintptr_t r4 __asm__("r4") = a5;
    register uint32_t r12 __asm__("r12") = number;

    __asm__ volatile("hvc #" FP_TEXT(XEN_HYPERCALL_TAG)
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4), "+r"(r12)
                     :
                     : "memory", "cc");
    return (intptr_t)r0;
}

static inline intptr_t hypercall_2(uint32_t number, uintptr_t a1, uintptr_t a2)
{
    register uintptr_t r0 __asm__("r0") = a1;
    register uintptr_t r1 __asm__("r1") = a2;
    register uint32_t r12 __asm__("r12") = number;

    __asm__ volatile("hvc #" FP_TEXT(XEN_HYPERCALL_TAG) : "+r"(r0), "+r"(r1), "+r"(r12) : : "memory", "cc");
    return (intptr_t)r0;
}

static inline intptr_t hypercall_3(uint32_t number, uintptr_t a1, uintptr_t a2, uintptr_t a3)
{
    register uintptr_t r0 __asm__("r0") = a1;
    register uintptr_t r1 __asm__("r1") = a2;
    register uintptr_t r2 __asm__("r2") = a3;
    register uint32_t r12 __asm__("r12") = number;

    __asm__ volatile("hvc #" FP_TEXT(XEN_HYPERCALL_TAG)
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r12)
                     :
                     : "memory", "cc");
    return (intptr_t)r0;
}

/* HVC with any constant immediate, r0 in and out. */
#define HVC(immediate, value)                                                                        \
    ({                                                                                               \
        register uint32_t fp_r0 __asm__("r0") = (value);                                             \
        __asm__ volatile("hvc #" FP_TEXT(immediate)                                                  \
                         : "+r"(fp_r0) : : "r1", "r2", "r3", "r12", "memory", "cc");                 \
        fp_r0;                                                                                       \
    })

/* Marks that the instruction counter knows (bench/plugin/tally.h): start and stop of a round, end of a series. */
#define FP_MARK_START "mov r8, r8"
#define FP_MARK_STOP "mov r9, r9"
#define FP_MARK_SERIES "mov r10, r10"

/* The status of an access that the hypervisor denied: translation fault, level 0; bit 11 of a DFSR says write. */
enum { FSR_DENIED = 0x204, FSR_WRITE = 1 << 11 };

/* Executes one A32 instruction, made at run time, with r0-r3 taken from and given back to registers[]. */
struct fault try_instruction(uint32_t instruction, uintptr_t registers[4]);
#define INSTRUCTION_HVC(immediate) (0xe1400070u | ((uint32_t)(immediate) & 0xfff0u) << 4 | ((immediate) & 0xfu))
#define INSTRUCTION_SMC(immediate) (0xe1600070u | ((uint32_t)(immediate) & 0xfu))
#define INSTRUCTION_UDF 0xe7f000f0u
#define FP_RETURN "bx lr"
#define INSTRUCTION_RETURN 0xe12fff1eu /* bx lr */

#define INSTRUCTION_LOAD_16(value) (0xe3000000u | ((value) & 0xf000u) << 4 | ((value) & 0xfffu)) /* movw r0 */

/* Calls code that is one HVC and a return, with the registers of a hypercall of two arguments. */
static inline void call_with_hypercall(uintptr_t code, uint32_t number, uintptr_t a1, uintptr_t a2)
{
    register uintptr_t r0 __asm__("r0") = a1;
    register uintptr_t r1 __asm__("r1") = a2;
    register uint32_t r12 __asm__("r12") = number;

    __asm__ volatile("blx %3" : "+r"(r0), "+r"(r1), "+r"(r12) : "r"(code) : "r2", "r3", "lr", "memory", "cc");
}

/* Ids of PSCI functions with addresses in the width of this guest. */
#define PSCI_CPU_ON_NATIVE (uint32_t)PSCI_CPU_ON
#define PSCI_AFFINITY_INFO_NATIVE (uint32_t)PSCI_AFFINITY_INFO

static inline void irq_unmask(void) { __asm__ volatile("cpsie i" ::: "memory"); }
static inline void irq_mask(void) { __asm__ volatile("cpsid i" ::: "memory"); }
static inline bool irq_is_masked(void)
{
    uint32_t cpsr;

    __asm__ volatile("mrs %0, cpsr" : "=r"(cpsr));
    return (cpsr & 0x80u) != 0;
}

static inline void undefined_instruction(void) { __asm__ volatile("udf #0"); }

#endif
