/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypercall table. Everything about a call's number, name and arguments comes from abi/hypercalls.def.
 */
#include "hv/hypercall.h"

#include "abi/errno.h"
#include "hv/config.h"
#include "hv/protect.h"
#include "hv/strategy.h"

hypercall_fn *hypercall_table[HYPERCALL_TABLE_SIZE];

static int32_t hypercall_unknown(uint32_t a1, reg_t a2, reg_t a3, struct vcpu *v)
{
    (void)a1;
    (void)a2;
    (void)a3;
    (void)v;
    return -XEN_ENOSYS;
}

void hypercall_init(const struct config_header *config)
{
    for (unsigned i = 0; i < HYPERCALL_TABLE_SIZE; i++)
        hypercall_table[i] = hypercall_unknown;
#define hypercall_event_channel_op strategy->event_channel_op
#define HYPERCALL(number, name, arguments) hypercall_table[number] = hypercall_##name;
#include "abi/hypercalls.def"
#undef HYPERCALL
#undef hypercall_event_channel_op
    if (config->flags & CONFIG_BENCH)
        hypercall_table[HYPERCALL_BENCH_OP] = protect_bench_op;
}
