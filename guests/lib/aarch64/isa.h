/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What fencepost.h says in the terms of AArch64: the way into the hypervisor, the interrupt mask, instructions.
 * Guests include fencepost.h only.
 */
#ifndef FENCEPOST_ISA_H
#define FENCEPOST_ISA_H

/* All of x0-x4 and x16 count as clobbered by a call with so many arguments, as the calling convention says. */
static inline intptr_t hypercall(uint32_t number, uintptr_t a1, uintptr_t a2, uintptr_t a3, uintptr_t a4, uintptr_t a5)
{
    register uintptr_t x0 __asm__("x0") = a1;
    register uintptr_t x1 __asm__("x1") = a2;
    register uintptr_t x2 __asm__("x2") = a3;
    register uintptr_t x3 __asm__("x3") = a4;
    register uintptr_t x4 __asm__("x4") = a5;
    register uintptr_t x16 __asm__("x16") = number;

    __asm__ volatile("hvc #" FP_TEXT(XEN_HYPERCALL_TAG)
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x16)
                     :
                     : "memory", "cc");
    return (intptr_t)x0;
}

static inline intptr_t hypercall_2(uint32_t number, uintptr_t a1, uintptr_t a2)
{
    register uintptr_t x0 __asm__("x0") = a1;
    register uintptr_t x1 __asm__("x1") = a2;
    register uintptr_t x16 __asm__("x16") = number;

    __asm__ volatile("hvc #" FP_TEXT(XEN_HYPERCALL_TAG) : "+r"(x0), "+r"(x1), "+r"(x16) : : "memory", "cc");
    return (intptr_t)x0;
}

static inline intptr_t hypercall_3(uint32_t number, uintptr_t a1, uintptr_t a2, uintptr_t a3)
{
    register uintptr_t x0 __asm__("x0") = a1;
    register uintptr_t x1 __asm__("x1") = a2;
    register uintptr_t x2 __asm__("x2") = a3;
    register uintptr_t x16 __asm__("x16") = number;

    __asm__ volatile("hvc #" FP_TEXT(XEN_HYPERCALL_TAG)
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x16)
                     :
                     : "memory", "cc");
    return (intptr_t)x0;
}

/* HVC with any constant immediate, x0 in and out. */
#define HVC(immediate, value)                                                                        \
    ({                                                                                               \
        register uintptr_t fp_x0 __asm__("x0") = (value);                                            \
        __asm__ volatile("hvc #" FP_TEXT(immediate)                                                  \
                         : "+r"(fp_x0) : : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9",     \
                           "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory", "cc");  \
        fp_x0;                                                                                       \
    })

/* Marks that the instruction counter knows (bench/plugin/tally.h): start and stop of a round, end of a series. */
#define FP_MARK_START "mov x8, x8"
#define FP_MARK_STOP "mov x9, x9"
#define FP_MARK_SERIES "mov x10, x10"

/*
 * The ISS of an access that the hypervisor denied: status code 0 (address size fault, level 0), and it does not
 * say whether it was a write. That is what Xen injects.
 */
enum { FSR_DENIED = 0, FSR_WRITE = 0 };

/* Executes one A64 instruction, made at run time, with x0-x3 taken from and given back to registers[]. */
struct fault try_instruction(uint32_t instruction, uintptr_t registers[4]);
#define INSTRUCTION_HVC(immediate) (0xd4000002u | ((uint32_t)(immediate) & 0xffffu) << 5)
#define INSTRUCTION_SMC(immediate) (0xd4000003u | ((uint32_t)(immediate) & 0xffffu) << 5)
#define INSTRUCTION_UDF 0x00000000u
#define FP_RETURN "ret"
#define INSTRUCTION_RETURN 0xd65f03c0u /* ret */

#define INSTRUCTION_LOAD_16(value) (0xd2800000u | ((value) & 0xffffu) << 5) /* movz x0 */

/* Calls code that is one HVC and a return, with the registers of a hypercall of two arguments. */
static inline void call_with_hypercall(uintptr_t code, uint32_t number, uintptr_t a1, uintptr_t a2)
{
    register uintptr_t x0 __asm__("x0") = a1;
    register uintptr_t x1 __asm__("x1") = a2;
    register uintptr_t x16 __asm__("x16") = number;

    __asm__ volatile("blr %3" : "+r"(x0), "+r"(x1), "+r"(x16) : "r"(code)
                     : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
                       "x17", "x30", "memory", "cc");
}

/* Ids of PSCI functions with addresses in the width of this guest. */
#define PSCI_CPU_ON_NATIVE 0xc4000003u
#define PSCI_AFFINITY_INFO_NATIVE 0xc4000004u

static inline void irq_unmask(void) { __asm__ volatile("msr daifclr, #2" ::: "memory"); }
static inline void irq_mask(void) { __asm__ volatile("msr daifset, #2" ::: "memory"); }
static inline bool irq_is_masked(void)
{
    uint64_t daif;

    __asm__ volatile("mrs %0, daif" : "=r"(daif));
    return (daif & 0x80u) != 0;
}

static inline void undefined_instruction(void) { __asm__ volatile("udf #0"); }

#endif
