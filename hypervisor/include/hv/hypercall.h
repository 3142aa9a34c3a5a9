/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hypercall dispatch. The table has 64 entries; the entry path saturates the number to 63, so any number out
 * of range lands on an entry that answers -ENOSYS. Entry 32 is bound to the access strategy at boot.
 *
 * A handler: the command, 32 bits on both widths; arguments 2 and 3 as the guest's registers hold them; and the
 * calling vCPU. Its result, sign-extended, is what the guest finds in r0 / x0.
 */
#ifndef HV_HYPERCALL_H
#define HV_HYPERCALL_H

#include "hv/types.h"

struct config_header;
struct vcpu;

enum { HYPERCALL_TABLE_SIZE = 64, HYPERCALL_BENCH_OP = 62 };

typedef int32_t hypercall_fn(uint32_t command, reg_t a2, reg_t a3, struct vcpu *v);

extern hypercall_fn *hypercall_table[HYPERCALL_TABLE_SIZE];

/* Fills the table: hypercalls.def, the strategy's event_channel_op, and in a system that says so the bench. */
void hypercall_init(const struct config_header *config);

#define HYPERCALL(number, name, arguments) hypercall_fn hypercall_##name;
#include "abi/hypercalls.def"
#undef HYPERCALL

#endif
