/* SPDX-License-Identifier: Apache-2.0 */
/* Calls by the SMC calling convention. */
#include "internal.h"

int32_t psci(uint32_t function, uintptr_t a1, uintptr_t a2, uintptr_t a3)
{
    register uintptr_t x0 __asm__("x0") = function;
    register uintptr_t x1 __asm__("x1") = a1;
    register uintptr_t x2 __asm__("x2") = a2;
    register uintptr_t x3 __asm__("x3") = a3;

    __asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
                     : : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                         "memory", "cc");
    return (int32_t)x0;
}
