/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own invariant is broken: say so, with registers, and end the system. Guest misbehaviour never gets here.
 */
#ifndef HV_PANIC_H
#define HV_PANIC_H

#include "hv/types.h"

noreturn_fn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the final line `(hv) END <nonce> ...` and puts the CPUs to sleep. */
noreturn_fn void system_end(bool panicked);

/* The checked build looks at its invariants after every change; the release build has no trace of it. */
#ifdef FENCEPOST_CHECKED
#define invariant(condition)                                                                                    \
    do {                                                                                                        \
        if (unlikely(!(condition)))                                                                             \
            panic("%s:%u: %s", __FILE__, __LINE__ + 0u, #condition);                                            \
    } while (0)
#define checked_only(statement) statement
#else
#define invariant(condition) ((void)sizeof(condition))
#define checked_only(statement) ((void)0)
#endif

#endif
