/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame around every change of who may reach which page: lock, other CPU held if it may have the view
 * loaded, edits (hv/protect.h, hv/page.h), one commit.
 */
#ifndef HV_MEMORY_H
#define HV_MEMORY_H

#include "hv/domain.h"
#include "hv/hypercall.h"
#include "hv/page.h"
#include "hv/panic.h"
#include "hv/protect.h"
#include "hv/shared_info.h"
#include "hv/smp.h"
#include "hv/vcpu.h"

static inline void memory_change_begin(struct domain *d)
{
    if (likely(smp_is_alone()))
        return;
    lock_acquire(&memory_lock);
    smp_hold(protect_view_users(d));
}

/* `watched`: a page with event words came into the view of `d` or left it. */
static inline void memory_change_commit(struct domain *d, bool watched)
{
    protect_view_commit(d);
    if (unlikely(watched))
        shared_info_refresh(d);
}

/* Checked build: looks at every page. */
static inline void memory_change_end(void)
{
    checked_only(invariant(page_audit()));
    if (likely(smp_is_alone()))
        return;
    smp_release();
    lock_release(&memory_lock);
}

/* XENMEM_add_to_physmap_batch and XENMEM_remove_from_physmap from the start; they hand on what is not usual to */
hypercall_fn foreign_add_usual, foreign_remove_usual;
/* the same for any list, from the element on that the command says, and for any page. */
hypercall_fn foreign_add_batch, memory_remove_from_physmap;
/* The foreign half of that. 0, or -XEN_ENOENT when the page is in no foreign part of the view. Under memory_change_begin. */
int32_t foreign_remove(struct domain *d, uintptr_t base);
/* Takes some of what it holds out of the view of a stopped domain, pins of others' pages with it; true when it is empty. */
bool foreign_drop_some(struct domain *d);

/* One element of XENMEM_add_to_physmap(_batch) in a space other than gmfn_foreign. */
int32_t memory_map_space(struct vcpu *v, uint32_t space, uint64_t idx, uint64_t gpfn);

/* 0 when `domid` names the caller itself; else -XEN_ESRCH or -XEN_EPERM. */
int32_t memory_find_own(struct vcpu *v, domid_t domid);

#endif
