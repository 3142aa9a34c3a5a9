/* SPDX-License-Identifier: Apache-2.0 */
/* Device registers of a test: it is told of each access. */
#ifndef HV_MMIO_H
#define HV_MMIO_H

#include "hv/types.h"

uint32_t mmio_read32(uintptr_t address);
void mmio_write32(uintptr_t address, uint32_t value);

#endif
