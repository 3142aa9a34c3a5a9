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
#include "hv/view_result.h"

struct view_span; /* guest addresses [base, last] that are one piece of a view; in protect/<unit>/view_unit.h */

/* Each CPU, first thing in C: fixed regions on, background region off, MPU and caches on in one write. */
void protect_init_cpu(struct cpu *cpu);

/* After the configuration is known: the CPU's operands of the strategy; the hypervisor's view stays loaded. */
void protect_configure_cpu(struct cpu *cpu, const struct config_header *config);

/* Builds the domain's view as configured. */
void protect_build_view(struct domain *d);

/* Boot: EL2 reaches all RAM until a vCPU is switched in on this CPU. */
void protect_load_hypervisor_view(void);

/* Fills in how EL2 reaches the page at `base` (page aligned) of `owner`. */
void protect_describe_page(struct peer_page *page, struct domain *owner, paddr_t base);

/* Bench only (CONFIG_BENCH): one primitive of the protection unit between its probes. */
hypercall_fn protect_bench_op;

/* Registers read back equal the plan and obey the rules of a view; panics otherwise (checked build). */
void protect_check(const struct cpu *cpu);

/*
 * Memory operations edit the list of what a view holds and then commit it; until then nothing is loaded, and an
 * edit that cannot be done changes nothing. All under memory_lock, with every other CPU that has the view
 * loaded held (protect_view_users, smp_hold).
 */
must_check enum view_result protect_view_remove(struct domain *d, uintptr_t base, uint32_t bytes);
must_check enum view_result protect_view_add(struct domain *d, uintptr_t base, uint32_t bytes, uint32_t attr);
/*
 * The same for one page of the owner's first range in a view of others, at its own number: EL1 reads and writes, nobody
 * executes. It is taken away only from there; protect_view_take_page(d, base) is inline in protect/<unit>/protect_unit.h.
 */
must_check enum view_result protect_view_insert_page(struct domain *d, const struct domain *owner, uintptr_t base);
/*
 * Inline in protect/<unit>/protect_unit.h:
 *
 *   enum view_result protect_view_map(d, gpaddr_t at, paddr_t page, attr);  a page of somebody else; nothing may be there
 *   bool protect_view_behind(d, base, paddr_t *page);    what the view has at `base`; false: nothing, if the unit can tell
 *   paddr_t protect_span_address(span);                  of its first byte
 *   uint32_t protect_view_maps(d, paddr_t page);         how often the view of `d` holds a page of somebody else
 *   bool protect_reaches_ram(void);                      EL2 reaches the RAM of every domain, whatever view is loaded
 *   bool protect_view_drop_own(d);                       where that is shorter than piece by piece: takes some of its own
 *                                                        out; true when nothing is left that is taken so
 */
void protect_view_reset(struct domain *d); /* as configured */
static inline void protect_view_add_owner(struct domain *d, const struct domain *owner) /* something of it is in the view from now on */
{
    d->view.owners |= owner->bit;
}
static inline uint32_t protect_view_owners(const struct domain *d) /* bits of those that something was ever of */
{
    return d->view.owners;
}

/* The list becomes the view: loaded if it is in use on this CPU. Cannot fail. */
void protect_view_commit(struct domain *d);
void protect_view_commit_loaded(struct domain *d); /* of the domain whose vCPU is loaded on this CPU */

/* Bit per CPU that may have loaded what a commit changes. */
uint32_t protect_view_users(const struct domain *d);

/* On a CPU that was held: the current domain's view once more. */
void protect_refresh(struct cpu *cpu);

/* True when the view holds all of [base, base + bytes) in one piece. */
bool protect_view_holds(struct domain *d, uintptr_t base, uint32_t bytes);
/* The n-th piece by address. False: there is none. */
bool protect_view_region(struct domain *d, uint32_t n, struct view_span *span);

/* Pieces in the view, and how many it may have. */
uint32_t protect_view_slots(const struct domain *d, uint32_t *max);

/* Another view than the loaded guest's, for a few hundred instructions of EL2; leave puts that one back. */
void protect_enter_hypervisor_view(void);
void protect_enter_view(const struct domain *d);
void protect_leave_view(struct cpu *cpu);

#include <protect_unit.h>

#endif
