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

/* What the other CPU waits for at reset, in .data. `go`: 0 wait, SECONDARY_RUNS_US, or where it shall go instead. */
enum { SECONDARY_RUNS_US = 1 };
struct secondary_start {
    uint32_t volatile go;
    uintptr_t argument; /* r0 of what it runs instead of the hypervisor */
};
extern struct secondary_start secondary_start;

/* Panics with the reason when the blob at board_config_base is not a whole configuration for this board. */
const struct config_header *config_verify(void);
extern const struct config_header *config_verified;

#endif
