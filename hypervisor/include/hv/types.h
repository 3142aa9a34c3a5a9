/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few words every part shares. Ranges are half-open [base, limit). An address has a kind: a paddr_t is
 * what the bus sees, a gpaddr_t is what a guest says; only direct_map.c turns one into the other.
 */
#ifndef HV_TYPES_H
#define HV_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint16_t domid_t;
typedef uint32_t port_t;
typedef uintptr_t reg_t; /* what one general-purpose register of a guest holds */

typedef struct {
    uintptr_t addr;
} paddr_t;

typedef struct {
    uintptr_t addr;
} gpaddr_t;

#define PAGE_SHIFT 12
#define PAGE_SIZE (1u << PAGE_SHIFT)
#define BIT(n) (1u << (n))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define must_check __attribute__((warn_unused_result))
#define noreturn_fn __attribute__((noreturn))
/* ISA_HOT: what the architecture's compiler needs besides, as an attribute (arch/<isa>/arch.cmake); may be empty. */
#ifndef ISA_HOT
#define ISA_HOT
#endif
#define hot __attribute__((hot, optimize("O2"), ISA_HOT))
#define always_inline static inline __attribute__((always_inline))
#define cold __attribute__((cold))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define assume(x) ((x) ? (void)0 : __builtin_unreachable()) /* true, whatever happens, and not looked at */

#endif
