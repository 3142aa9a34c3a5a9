/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory protection as core/ sees it; fulfilled by exactly one folder of protect/.
 *
 * The pattern: prepare may fail and changes nothing; commit cannot fail. Views are per domain, loaded per
 * CPU; nothing broadcasts.
 */
#ifndef HV_PROTECT_H
#define HV_PROTECT_H

#include "hv/config.h"
#include "hv/domain.h"
#include "hv/hypercall.h"
#include "hv/peer.h"
#include "hv/types.h"

/* Each CPU, first thing in C: fixed regions on, background region off, MPU and caches on in one write. */
void protect_init_cpu(struct cpu *cpu);

/* After the configuration is known: the CPU's operands of the strategy; the hypervisor's view stays loaded. */
void protect_configure_cpu(struct cpu *cpu, const struct config_header *config);

/* Builds the loadable form of the domain's view from the configuration. */
void protect_build_view(struct domain *d, const struct config_header *config);

/* Boot and restart: EL2 reaches all RAM until a vCPU is switched in on this CPU. */
void protect_load_hypervisor_view(void);

/* Fills in how EL2 reaches the page at `base` (page aligned) of `owner`. */
void protect_describe_page(struct peer_page *page, struct domain *owner, paddr_t base);

/* Bench only (CONFIG_BENCH): one primitive of the protection unit between its probes. */
hypercall_fn protect_bench_op;

/* Registers read back equal the plan and obey the rules of a view; panics otherwise (checked build). */
void protect_check(const struct cpu *cpu);

/* Regions enabled for the domain's view, for the audit. */
uint32_t protect_view_slots(const struct domain *d);

#endif
