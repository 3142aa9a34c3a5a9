/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this folder know of each other.
 */
#ifndef PROTECT_MPU_MPU_UNIT_H
#define PROTECT_MPU_MPU_UNIT_H

#include "hv/types.h"

/* switch-when = "entry": the hypervisor's view is loaded whenever EL2 runs. */
extern bool mpu_entry_switches;

#endif
