/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where start code enters C, and the configuration once it has been verified.
 */
#ifndef HV_MAIN_H
#define HV_MAIN_H

#include "hv/config.h"
#include "hv/types.h"

struct cpu;

noreturn_fn void main_boot_cpu(struct cpu *cpu);
noreturn_fn void main_secondary_cpu(struct cpu *cpu, unsigned id);

/* Panics with the reason when the blob at board_config_base is not a whole configuration for this board. */
const struct config_header *config_verify(void);
extern const struct config_header *config_verified;

#endif
