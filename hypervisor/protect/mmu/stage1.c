/* SPDX-License-Identifier: Apache-2.0 */
/*
 * EL2's own translation, the same for all CPUs: every address is its own. RAM is Normal and never executable, for guest
 * bytes are data to EL2; the hypervisor's image has pages of its own rights, the page below each stack is missing, and the
 * first gigabyte holds devices. Made once, with the MMU off.
 */
#include "hv/arch.h"
#include "hv/board.h"
#include "hv/cpu.h"
#include "hv/protect.h"
#include "mmu_unit.h"

enum {
    ENTRIES = 512,
    LEVEL1_SHIFT = 30,
    LEVEL2_SHIFT = 21,

    MAIR_NORMAL = 0, /* indices into MAIR_EL2 */
    MAIR_DEVICE = 1,
};

#define MAIR_EL2_VALUE 0x04ffull /* 0: Normal write-back, 1: Device-nGnRE */

#define STAGE1_NORMAL (DESCRIPTOR_AF | DESCRIPTOR_INNER | (uint64_t)MAIR_NORMAL << 2)
#define STAGE1_DEVICE (DESCRIPTOR_AF | (uint64_t)MAIR_DEVICE << 2 | STAGE1_XN)
#define STAGE1_READ_ONLY (1ull << 7)
#define STAGE1_RES1 (1ull << 6) /* AP[1] at EL2 */
#define STAGE1_XN (1ull << 54)

#define TCR_RES1 (1ull << 31 | 1ull << 23)
#define SCTLR_RES1 0x30c50830ull
#define SCTLR_M (1ull << 0)
#define SCTLR_C (1ull << 2)
#define SCTLR_SA (1ull << 3)
#define SCTLR_I (1ull << 12)
#define SCTLR_WXN (1ull << 19)
#define SCTLR_EL2_VALUE (SCTLR_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN)

extern char image_text_start[], image_text_end[], image_data_start[], image_data_end[];
extern char image_cpu_start[], image_cpu_size[];

static uint64_t level1[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level2[ENTRIES] __attribute__((aligned(4096))); /* the gigabyte of the image */
static uint64_t level3[ENTRIES] __attribute__((aligned(4096))); /* its two megabytes */

/* One page of the image's two megabytes; what is not named is missing. */
static void map_pages(uintptr_t base, uintptr_t limit, uint64_t attributes)
{
    for (; base < limit; base += PAGE_SIZE)
        level3[base >> PAGE_SHIFT & (ENTRIES - 1)] = base | attributes | STAGE1_RES1 | STAGE1_NORMAL | DESCRIPTOR_TABLE;
}

static void map_image(void)
{
    const uintptr_t image = (uintptr_t)image_text_start & ~((1ull << LEVEL2_SHIFT) - 1), size = (uintptr_t)image_cpu_size;

    map_pages((uintptr_t)image_text_start, (uintptr_t)image_text_end, STAGE1_READ_ONLY);
    map_pages((uintptr_t)image_data_start, (uintptr_t)image_data_end, STAGE1_XN);
    for (unsigned cpu = 0; cpu < CONFIG_MAX_CPUS; cpu++)
        map_pages((uintptr_t)image_cpu_start + cpu * size + PAGE_SIZE, (uintptr_t)image_cpu_start + (cpu + 1) * size, STAGE1_XN);
    level2[image >> LEVEL2_SHIFT & (ENTRIES - 1)] = (uintptr_t)level3 | DESCRIPTOR_TABLE;
}

static void map_everything(void)
{
    const uintptr_t own = (uintptr_t)image_text_start >> LEVEL1_SHIFT;
    const uint64_t ram = STAGE1_NORMAL | STAGE1_RES1 | STAGE1_XN | DESCRIPTOR_BLOCK;

    level1[0] = STAGE1_DEVICE | STAGE1_RES1 | DESCRIPTOR_BLOCK;
    for (uintptr_t base = board_ram_base; base < board_ram_limit; base += 1ull << LEVEL1_SHIFT)
        level1[base >> LEVEL1_SHIFT] = base | ram;
    for (uintptr_t n = 0; n < ENTRIES; n++)
        level2[n] = own << LEVEL1_SHIFT | n << LEVEL2_SHIFT | ram;
    level1[own] = (uintptr_t)level2 | DESCRIPTOR_TABLE;
    map_image();
}

uint64_t mmu_physical_size(void)
{
    const uint64_t size = READ_SYSREG(id_aa64mmfr0_el1) & 0xf;

    return size > 5 ? 5 : size; /* 48 bits: more has other descriptors */
}

void protect_init_cpu(struct cpu *cpu)
{
    if (cpu->id == 0)
        map_everything();
    WRITE_SYSREG(mair_el2, MAIR_EL2_VALUE);
    WRITE_SYSREG(tcr_el2, TCR_RES1 | mmu_physical_size() << 16 | TRANSLATION_WALK | (64 - VIEW_ADDRESS_BITS));
    WRITE_SYSREG(ttbr0_el2, (uintptr_t)level1);
    arch_forget_all();
    WRITE_SYSREG(sctlr_el2, SCTLR_EL2_VALUE);
    arch_isb();
}

bool mmu_own_is_on(void)
{
    return READ_SYSREG(sctlr_el2) == SCTLR_EL2_VALUE && READ_SYSREG(ttbr0_el2) == (uintptr_t)level1;
}
