/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a domain's RAM when it starts: zeroes, then its images. EL2 reaches all RAM when these are called.
 */
#ifndef HV_CONTENT_H
#define HV_CONTENT_H

#include "hv/config.h"
#include "hv/types.h"

struct domain;

/* Zeroes [base, base + bytes), physical; a multiple of 32 bytes. */
void content_scrub(uintptr_t base, uint32_t bytes);

/* The domain's: bytes [offset, offset + bytes) of a module go to their place; offset is a multiple of 32. */
void content_copy(const struct domain *d, const struct config_module *module, uint32_t offset, uint32_t bytes);

#endif
