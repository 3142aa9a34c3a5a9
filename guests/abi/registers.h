/* SPDX-License-Identifier: Apache-2.0 */
/* Of an architecture: a hypercall made with known values in all registers and flags. */
#ifndef ABI_REGISTERS_H
#define ABI_REGISTERS_H

#include "places.h"

/* All registers from `first_kept` on, but the one with the number, and the flags are afterwards what they were. */
void expect_kept(uint32_t number, uint32_t command, const void *pointer, uint32_t first_kept);

#endif
