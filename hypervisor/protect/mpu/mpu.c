/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The EL2 MPU of one CPU: start, the hypervisor's own regions, which view is loaded, and the check of all of
 * it against the plan.
 */
#include "hv/arch.h"
#include "hv/board.h"
#include "hv/cpu.h"
#include "hv/main.h"
#include "hv/panic.h"
#include "hv/protect.h"
#include "hv/strategy.h"
#include "mpu_regs.h"
#include "mpu_unit.h"
#include "planner.h"

enum {
    HSCTLR_M = 1 << 0,
    HSCTLR_C = 1 << 2,
    HSCTLR_I = 1 << 12,
    HSCTLR_BR = 1 << 17,
    HSCTLR_WXN = 1 << 19,
    HSCTLR_RES1 = 0x30c50818,
};

extern char image_text_start[], image_text_end[], image_data_start[], image_data_end[];
extern char image_cpu_start[], image_cpu_size[];

static struct view hypervisor_view;
bool mpu_entry_switches;

static struct config_region encode(uintptr_t base, uintptr_t limit, uint32_t attr)
{
    const struct config_range range = {.base = base, .limit = limit, .attr = attr};

    return planner_encode(&range);
}

/* The hypervisor's own five ranges. Never executable and writable; never reachable from EL1. */
static void plan_fixed(struct config_region fixed[MPU_FIXED_SLOTS], unsigned cpu)
{
    const uintptr_t own = (uintptr_t)image_cpu_start + cpu * (uintptr_t)image_cpu_size;

    fixed[0] = encode((uintptr_t)image_text_start, (uintptr_t)image_text_end, 0);
    fixed[0].rbar &= ~(uint32_t)RBAR_XN; /* the one range EL2 executes */
    fixed[1] = encode((uintptr_t)image_data_start, (uintptr_t)image_data_end, RANGE_WRITE | RANGE_SHAREABLE);
    fixed[2] = encode(own, own + (uintptr_t)image_cpu_size, RANGE_WRITE);
    fixed[3] = encode(board_gicd_base, board_gic_limit, RANGE_WRITE | RANGE_IS_DEVICE);
    fixed[4] = encode(board_uart_base, board_uart_base + PAGE_SIZE, RANGE_WRITE | RANGE_IS_DEVICE);
}

void protect_init_cpu(struct cpu *cpu)
{
    struct config_region fixed[MPU_FIXED_SLOTS];

    WRITE_SYSREG(HPRENR, 0);
    arch_isb();
    plan_fixed(fixed, cpu->id);
    for (uint32_t slot = 0; slot < MPU_FIXED_SLOTS; slot++)
        mpu_write_slot(slot, fixed[slot].rbar, fixed[slot].rlar);
    WRITE_SYSREG(HMAIR0, MPU_HMAIR0);
    WRITE_SYSREG(HMAIR1, 0);
    arch_dsb();
    /* MPU and caches in one write: caches first would cache by the default map's attributes. */
    WRITE_SYSREG(HSCTLR, HSCTLR_RES1 | HSCTLR_M | HSCTLR_C | HSCTLR_I | HSCTLR_WXN);
    arch_isb();
}

/* `mask`: the RAM ranges (and resident guest views) are written once and stay, switched off. */
static void write_disabled(const struct view *view)
{
    for (uint32_t i = 0; i < view->list.nr; i++)
        mpu_write_slot(view->first_slot + i, view->list.at[i].rbar, view->list.at[i].rlar & ~(uint32_t)RLAR_EN);
}

/* All RAM for EL2 alone. `mask` keeps it right above the fixed slots, switched on by one write. */
static void build_hypervisor_view(const struct config_region *regions, const struct config_header *config)
{
    struct view *const view = &hypervisor_view;

    view->list.nr = config->hyp_nr_regions;
    for (uint32_t i = 0; i < view->list.nr; i++)
        view->list.at[i] = regions[i];
    view_make_image(view);
    view->first_slot = config->hyp_first_slot;
    view->enable = (BIT(view->list.nr) - 1) << view->first_slot | (BIT(MPU_FIXED_SLOTS) - 1);
}

void protect_configure_cpu(struct cpu *cpu, const struct config_header *config)
{
    const struct config_region *regions =
        (const struct config_region *)((const char *)config + config->regions) + config->hyp_first_region;
    extern const char vectors_resident[], vectors_switching[], trap_return[], trap_return_switching[];

    if (config->slots > (READ_SYSREG(HMPUIR) & 0xff))
        panic("configuration: planned for %u EL2 regions, this CPU has %u", (unsigned)config->slots,
              (unsigned)(READ_SYSREG(HMPUIR) & 0xff));
    mpu_entry_switches = config->access == ACCESS_SWITCH && config->switch_when == SWITCH_ON_ENTRY;
    if (cpu->id == 0)
        build_hypervisor_view(regions, config);
    cpu->protect.hyp_image = hypervisor_view.image;
    cpu->protect.hyp_mask = hypervisor_view.enable;
    cpu->protect.nr_windows = config->windows;
    cpu->protect.switches_on_entry = mpu_entry_switches;
    cpu->exit = (uintptr_t)(mpu_entry_switches ? trap_return_switching : trap_return);
    WRITE_SYSREG(HVBAR, (uintptr_t)(mpu_entry_switches ? vectors_switching : vectors_resident));
    if (config->access == ACCESS_MASK) {
        write_disabled(&hypervisor_view);
        for (uint32_t i = 0; i < nr_domains; i++) {
            if (domains[i].view.image == NULL)
                write_disabled(&domains[i].view);
        }
    }
    if (config->access == ACCESS_BACKGROUND && config->background_when == BACKGROUND_ALWAYS)
        WRITE_SYSREG(HSCTLR, READ_SYSREG(HSCTLR) | HSCTLR_BR);
    arch_isb();
}

void protect_load_hypervisor_view(void)
{
    struct cpu *const cpu = cpu_this();

    /* Boot only, so the slots above the fixed ones may be moved freely. */
    mpu_enable(BIT(MPU_FIXED_SLOTS) - 1);
    for (uint32_t i = 0; i < hypervisor_view.list.nr; i++)
        mpu_write_slot(hypervisor_view.first_slot + i, hypervisor_view.list.at[i].rbar, hypervisor_view.list.at[i].rlar);
    cpu->protect.guest_mask = hypervisor_view.enable;
}

/* A view in place of the loaded guest's, between two instructions of EL2. */
static void load_instead(const struct view *view, bool resident)
{
    if (resident)
        mpu_enable(view->enable);
    else
        view_load(view->image);
}

void protect_enter_hypervisor_view(void)
{
    if (!mpu_entry_switches) /* else it is loaded as long as EL2 runs */
        load_instead(&hypervisor_view, config_verified->access == ACCESS_MASK);
}

void protect_enter_view(const struct domain *d)
{
    load_instead(&d->view, d->view.image == NULL);
}

void protect_leave_view(struct cpu *cpu)
{
    if (mpu_entry_switches)
        view_load(hypervisor_view.image);
    else
        protect_refresh(cpu);
}

/* Bit of every domain whose view has the page: never a window over it while that view is loaded. */
static __attribute__((noinline)) uint32_t holders_of(uintptr_t base)
{
    uint32_t held_by = 0;

    for (uint32_t i = 0; i < nr_domains; i++) {
        if (protect_view_holds(&domains[i], base, PAGE_SIZE))
            held_by |= domains[i].bit;
    }
    return held_by;
}

void protect_describe_page(struct peer_page *page, struct domain *owner, paddr_t base)
{
    uint32_t attr = RANGE_WRITE;

    for (uint32_t i = 0; i < owner->config->nr_ranges; i++) {
        const struct config_range *const range = &owner->ranges[i];

        if (range->base <= base.addr && base.addr < range->limit) /* the alias has the attributes of the original */
            attr |= range->attr & RANGE_SHAREABLE;
    }
    const struct config_region region = encode(base.addr, base.addr + PAGE_SIZE, attr);
    page->rbar = region.rbar;
    page->rlar = region.rlar;
    page->owner = owner;
    page->held_by = holders_of(base.addr);
}

static void read_slot(uint32_t slot, struct config_region *out)
{
    WRITE_SYSREG(HPRSELR, slot);
    arch_isb();
    out->rbar = READ_SYSREG(HPRBAR);
    out->rlar = READ_SYSREG(HPRLAR);
}

static void check_pair(const struct config_region *regions, uint32_t enabled, uint32_t a, uint32_t b)
{
    const uint32_t base_a = regions[a].rbar & ~0x3fu, last_a = regions[a].rlar | 0x3f;
    const uint32_t base_b = regions[b].rbar & ~0x3fu, last_b = regions[b].rlar | 0x3f;

    if (enabled & BIT(a) && enabled & BIT(b) && base_a <= last_b && base_b <= last_a)
        panic("MPU slots %u and %u overlap", (unsigned)a, (unsigned)b);
}

void protect_check(const struct cpu *cpu)
{
    struct config_region regions[MPU_MAX_SLOTS], fixed[MPU_FIXED_SLOTS];
    const uint32_t slots = MPU_MAX_SLOTS, enabled = READ_SYSREG(HPRENR);
    const struct view *const view = mpu_entry_switches ? &hypervisor_view : &cpu->current->domain->view;

    if (cpu->current == cpu->idle) /* no guest's view is loaded yet */
        return;
    if (enabled != view->enable)
        panic("HPRENR %08x, the view says %08x", (unsigned)enabled, (unsigned)view->enable);
    for (uint32_t slot = 0; slot < slots; slot++)
        read_slot(slot, &regions[slot]);
    for (uint32_t a = 0; a < slots; a++) {
        for (uint32_t b = a + 1; b < slots; b++)
            check_pair(regions, enabled, a, b);
    }
    plan_fixed(fixed, cpu->id);
    for (uint32_t slot = 0; slot < MPU_FIXED_SLOTS; slot++) {
        if (regions[slot].rbar != fixed[slot].rbar || regions[slot].rlar != fixed[slot].rlar)
            panic("MPU slot %u differs from the plan", (unsigned)slot);
    }
    for (uint32_t i = 0; i < view->list.nr; i++) {
        const uint32_t slot = view->first_slot + i;

        if (regions[slot].rbar != view->list.at[i].rbar || regions[slot].rlar != view->list.at[i].rlar)
            panic("MPU slot %u differs from the view of d%u", (unsigned)slot, (unsigned)cpu->current->domain->domid);
    }
    if (!(READ_SYSREG(HSCTLR) & HSCTLR_M) || !(READ_SYSREG(HSCTLR) & HSCTLR_WXN))
        panic("HSCTLR %08x", (unsigned)READ_SYSREG(HSCTLR));
}
