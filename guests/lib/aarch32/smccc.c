/* SPDX-License-Identifier: Apache-2.0 */
/* Calls by the SMC calling convention. */
#include "internal.h"

int32_t psci(uint32_t function, uintptr_t a1, uintptr_t a2, uintptr_t a3)
{
    register uint32_t r0 __asm__("r0") = function;
    register uintptr_t r1 __asm__("r1") = a1;
    register uintptr_t r2 __asm__("r2") = a2;
    register uintptr_t r3 __asm__("r3") = a3;

    __asm__ volatile("hvc #0" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3) : : "r12", "memory", "cc");
    return (int32_t)r0;
}
