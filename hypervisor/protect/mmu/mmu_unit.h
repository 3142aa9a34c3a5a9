/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this folder know of each other: descriptors (Arm DDI 0487, VMSAv8-64) and the tables of stage 2.
 */
#ifndef PROTECT_MMU_MMU_UNIT_H
#define PROTECT_MMU_MMU_UNIT_H

#include "hv/domain.h"
#include "hv/types.h"
#include "hv/view_result.h"
#include "sysregs.h"
#include "translation.h"

#define DESCRIPTOR_VALID 1ull
#define DESCRIPTOR_BLOCK 1ull /* levels 1 and 2 */
#define DESCRIPTOR_TABLE 3ull /* levels 1 and 2; at level 3 a page */
#define DESCRIPTOR_TYPE 3ull
#define DESCRIPTOR_AF (1ull << 10)
#define DESCRIPTOR_INNER (3ull << 8) /* Inner Shareable */
#define DESCRIPTOR_ADDRESS 0x0000fffffffff000ull

/* TCR_EL2 and VTCR_EL2: 4 KiB granule, walks are Normal write-back, Inner Shareable. */
#define TRANSLATION_WALK (3ull << 12 | 1ull << 10 | 1ull << 8)

/* PARange of this CPU, as TCR_EL2.PS and VTCR_EL2.PS want it. */
uint64_t mmu_physical_size(void);

/* Checked build: EL2's own translation is as it was set up. */
bool mmu_own_is_on(void);

/* A piece of a view: one descriptor. */
struct stage2_leaf {
    uintptr_t base;
    uint64_t bytes;
    paddr_t address;
    bool foreign;
};

enum stage2_owner { STAGE2_OWN, STAGE2_FOREIGN };

/* Takes the pool of the configuration for the domain; the view holds nothing. False: it has not one table. */
must_check bool stage2_init(struct view *view, uint64_t *pool, uint32_t nr_tables, uint32_t vmid, uint32_t users);

/* Maps [base, base + bytes), where nothing is mapped or, of the domain's own, the same: blocks where they fit. */
must_check enum view_result stage2_map(struct view *view, uintptr_t base, paddr_t address, uint64_t bytes, uint32_t attr,
                                       enum stage2_owner owner);

/* VIEW_ABSENT unless all of it is mapped; VIEW_FULL when a block must be split and no table is left. */
must_check enum view_result stage2_unmap(struct view *view, uintptr_t base, uint64_t bytes);

/* One foreign page, read and written, at the address that is its own; and away again. What is otherwise there stays. */
must_check enum view_result stage2_insert_equal(struct view *view, uintptr_t page);
must_check enum view_result stage2_take_equal(struct view *view, uintptr_t page);

/* Takes away what is mapped in [base, base + bytes), holes or not, until pages of one table went; true: nothing is left. */
must_check bool stage2_drop(struct view *view, uintptr_t base, uint64_t bytes);

/* What is mapped at or behind the address. False: nothing. */
bool stage2_find(const struct view *view, uintptr_t address, struct stage2_leaf *leaf);
bool stage2_next(const struct view *view, uintptr_t address, struct stage2_leaf *leaf);

/* Nothing is mapped any more, all tables but the root are free. */
void stage2_clear(struct view *view);

/* The TLBs of all CPUs forget what was taken away. */
void stage2_flush(struct view *view);

#endif
