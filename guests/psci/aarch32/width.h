/* SPDX-License-Identifier: Apache-2.0 */
/* Which of PSCI's functions have a 64-bit form for guests of this width. */
#ifndef PSCI_WIDTH_H
#define PSCI_WIDTH_H

#include "fencepost.h"

static inline bool has_64_bit_form(uint32_t function)
{
    (void)function;
    return false;
}

#endif
