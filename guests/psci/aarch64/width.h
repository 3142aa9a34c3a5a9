/* SPDX-License-Identifier: Apache-2.0 */
/* Which of PSCI's functions have a 64-bit form for guests of this width. */
#ifndef PSCI_WIDTH_H
#define PSCI_WIDTH_H

#include "fencepost.h"

static inline bool has_64_bit_form(uint32_t function)
{
    return function == (uint32_t)PSCI_CPU_SUSPEND || function == (uint32_t)PSCI_CPU_ON ||
           function == (uint32_t)PSCI_AFFINITY_INFO;
}

#endif
