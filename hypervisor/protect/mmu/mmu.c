/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Translation of guests: its controls, addresses that are not the domain's own numbers, and the check of it all.
 */
#include "hv/arch.h"
#include "hv/board.h"
#include "hv/cpu.h"
#include "hv/direct_map.h"
#include "hv/gic.h"
#include "hv/main.h"
#include "hv/panic.h"
#include "hv/protect.h"
#include "mmu_unit.h"

#define VTCR_RES1 (1ull << 31)
#define VTCR_SL0_LEVEL1 (1ull << 6)

static const struct {
    uintptr_t base, bytes;
} windows[] = {{GUEST_GICD_BASE, GIC_DISTRIBUTOR_SIZE}, {GUEST_GICR_BASE, GUEST_GICR_BYTES}, {GUEST_VUART_BASE, PAGE_SIZE}};

/* Every map of Xen's for translated guests leads to the board's device; what is nobody's stays so. */
uintptr_t direct_map_translated_device(uintptr_t address)
{
    const uintptr_t board[] = {board_gicd_base, board_gicr_base, (uintptr_t)config_verified->vuart_base};

    for (unsigned i = 0; i < ARRAY_SIZE(windows); i++) {
        if (address - windows[i].base < windows[i].bytes)
            return board[i] + (address - windows[i].base);
    }
    return UINTPTR_MAX;
}

/* The page is one at which something is emulated for the domain. */
static bool is_emulated(const struct domain *d, uintptr_t base)
{
    const uintptr_t address = direct_map_device(d, base);

    return address - board_gicd_base < GIC_DISTRIBUTOR_SIZE || (address >= board_gicr_base && address < board_gic_limit) ||
           address - (uintptr_t)config_verified->vuart_base < PAGE_SIZE;
}

/*
 * Not where something is emulated, nor in a gap of the domain's own memory, where its own page comes back; a borrowed page may
 * come back to its. What is occupied the map itself refuses.
 */
bool direct_map_may_appear(const struct domain *d, uint64_t idx, uint64_t gpfn)
{
    gpaddr_t from, at;
    struct stage2_leaf leaf;

    if (!direct_map_frame(idx, &from) || !direct_map_frame(gpfn, &at) || is_emulated(d, at.addr))
        return false;
    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        if (d->ranges[i].kind != RANGE_SHM_BORROWER && d->ranges[i].base <= at.addr && at.addr < d->ranges[i].limit)
            return stage2_find(&d->view, at.addr, &leaf);
    }
    return true;
}

/* Both are direct-mapped: what is RAM of the one is no number of the other's, and no device. */
uint32_t direct_map_equals(const struct domain *d)
{
    uint32_t equals = 0;

    for (uint32_t i = 0; d->config->flags & DOMAIN_DIRECT_MAP && i < nr_domains; i++)
        equals |= domains[i].config->flags & DOMAIN_DIRECT_MAP ? domains[i].bit : 0;
    return equals;
}

const struct config_range *page_range_of(const struct domain *d, paddr_t address, uint32_t bytes)
{
    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *const range = &d->ranges[i];
        const uintptr_t offset = address.addr - ((uintptr_t)range->frame << PAGE_SHIFT);
        const uintptr_t size = (uintptr_t)(range->limit - range->base);

        if (range->first_page != PAGE_NONE && offset < size && bytes <= size - offset)
            return range;
    }
    return NULL;
}

uint32_t page_count_ballooned(const struct domain *d)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < d->config->nr_ranges; i++) {
        const struct config_range *const range = &d->ranges[i];
        const uint32_t nr = (uint32_t)((range->limit - range->base) >> PAGE_SHIFT);

        for (uint32_t n = 0; range->kind == RANGE_RAM && n < nr; n++)
            count += page_states[range->first_page + n] == PAGE_BALLOONED;
    }
    return count;
}

void protect_configure_cpu(struct cpu *cpu, const struct config_header *config)
{
    (void)cpu;
    (void)config;
    WRITE_SYSREG(vtcr_el2, VTCR_RES1 | mmu_physical_size() << 16 | TRANSLATION_WALK | VTCR_SL0_LEVEL1 | (64 - VIEW_ADDRESS_BITS));
    WRITE_SYSREG(vttbr_el2, 0);
    arch_forget_guests();
}

/* EL2 reaches all RAM, whatever is loaded for the guest. */
void protect_load_hypervisor_view(void)
{
}

void protect_enter_hypervisor_view(void)
{
}

void protect_enter_view(const struct domain *d)
{
    (void)d;
}

void protect_leave_view(struct cpu *cpu)
{
    (void)cpu;
}

void protect_refresh(struct cpu *cpu)
{
    (void)cpu;
}

void protect_describe_page(struct peer_page *page, struct domain *owner, paddr_t base)
{
    (void)owner;
    (void)base;
    *page = (struct peer_page){.held_by = UINT32_MAX};
}

void protect_check(const struct cpu *cpu)
{
    enum { HCR_VM = 1 };

    if (!mmu_own_is_on())
        panic("EL2's own translation is not as it was set up");
    if (cpu->current == cpu->idle) /* no guest's view is loaded yet */
        return;
    if (READ_SYSREG(vttbr_el2) != cpu->current->domain->view.vttbr)
        panic("VTTBR_EL2 %lx is not that of d%u", READ_SYSREG(vttbr_el2), (unsigned)cpu->current->domain->domid);
    if (!(READ_SYSREG(hcr_el2) & HCR_VM))
        panic("HCR_EL2 %lx", READ_SYSREG(hcr_el2));
}
