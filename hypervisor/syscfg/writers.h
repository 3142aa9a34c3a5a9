/* SPDX-License-Identifier: Apache-2.0 */
/* What syscfg writes once the system is known to be right. Each returns false after an error. */
#ifndef SYSCFG_WRITERS_H
#define SYSCFG_WRITERS_H

#include "model.h"

#include <stdio.h>

/* Bytes of the binary configuration: a multiple of 8. */
uint32_t config_bytes(const struct system *system);
/* The binary configuration (hv/config.h); the caller frees it. NULL: no memory. */
void *config_write(const struct system *system);

/* load.json: what to load where. */
void load_list_write(const struct system *system, uint32_t config_bytes, FILE *to);

/* The human table: region budget, and where everything lands. */
void report_write(const struct system *system, FILE *to);
/* The budget alone, for a system that does not fit. */
void report_budget(const struct system *system, FILE *to);

#endif
