/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Primitives for the benches, between probes: the bare cost of reaching pages, of one region, of a view and
 * of a mask, with entry, exit and argument checks outside. Only systems that say `fencepost,bench` have it.
 */
#include "abi/errno.h"
#include "hv/cpu.h"
#include "hv/domain.h"
#include "hv/probe.h"
#include "hv/protect.h"
#include "hv/strategy.h"
#include "mpu_regs.h"
#include "planner.h"

enum { BENCH_TOUCH = 0, BENCH_VIEW = 1, BENCH_WINDOW = 2, BENCH_MASK = 3, BENCH_MAX_PAGES = 16 };

/* Well inside the second domain's first bank, away from its image and its tree. */
static paddr_t bench_page(uint32_t n)
{
    const struct config_range *const bank = &domains[1].ranges[0];

    return (paddr_t){(uintptr_t)bank->base + (uintptr_t)(bank->limit - bank->base) / 2 + n * PAGE_SIZE};
}

/* The strategy's own operations around k pages, one load and one store each. */
hot static void touch(const struct peer_page *pages, uint32_t nr)
{
    struct peer_access access;
    uintptr_t word = bench_page(0).addr;

    PROBE("access.touch");
    strategy->begin(&access);
    for (uint32_t i = 0; i < nr; i++, word += PAGE_SIZE) {
        strategy->reach(&access, &pages[i]);
        *(uint32_t volatile *)word += 1;
    }
    strategy->end(&access);
    PROBE("access.touch.end");
}

static int32_t bench_touch(uint32_t nr)
{
    struct peer_page pages[BENCH_MAX_PAGES];

    if (nr == 0 || nr > BENCH_MAX_PAGES || nr_domains < 2)
        return -XEN_EINVAL;
    for (uint32_t i = 0; i < nr; i++)
        protect_describe_page(&pages[i], &domains[1], bench_page(i));
    touch(pages, nr);
    return 0;
}

/* The loaded view again, slot by slot, so that the measured load is the only one between probes. */
static void restore_view(const struct view *view)
{
    mpu_enable(BIT(MPU_FIXED_SLOTS) - 1);
    for (uint32_t i = 0; i < view->list.nr; i++)
        mpu_write_slot(view->first_slot + i, view->list.at[i].rbar, view->list.at[i].rlar);
}

/* N regions of one page each, all different from what is loaded. */
static int32_t bench_view(uint32_t nr, struct vcpu *v)
{
    static struct view view;

    if (nr == 0 || nr > MPU_MAX_SLOTS - MPU_FIXED_SLOTS)
        return -XEN_EINVAL;
    for (uint32_t i = 0; i < nr; i++) {
        const uintptr_t base = bench_page(2 * i).addr;

        view.list.at[i] = planner_encode(&(struct config_range){.base = base, .limit = base + PAGE_SIZE, .attr = RANGE_WRITE});
    }
    view.list.nr = nr;
    view_make_image(&view);
    PROBE("view.switch");
    view_load(view.image);
    PROBE("view.switch.end");
    restore_view(&v->domain->view);
    return 0;
}

/* Range to registers, open, close. The templates are what a domain's attributes are: one word each. */
hot static void add_remove(uintptr_t base, uint32_t rbar_template, uint32_t rlar_template)
{
    PROBE("region.add");
    mpu_window_open(base | rbar_template, base | rlar_template);
    PROBE("region.add.end");
    PROBE("region.remove");
    mpu_window_close();
    PROBE("region.remove.end");
}

static int32_t bench_window(void)
{
    const struct config_range whole = {.base = 0, .limit = PAGE_SIZE, .attr = RANGE_WRITE};
    const struct config_region templates = planner_encode(&whole);

    if (nr_domains < 2)
        return -XEN_EINVAL;
    add_remove(bench_page(0).addr, templates.rbar, templates.rlar);
    return 0;
}

/* `mask` only: the hypervisor's RAM in, then the guest's view again. */
hot static int32_t bench_mask(struct cpu *cpu)
{
    PROBE("mask.in");
    mpu_enable(cpu->protect.hyp_mask);
    PROBE("mask.in.end");
    mpu_enable(cpu->protect.guest_mask);
    return 0;
}

int32_t protect_bench_op(uint32_t op, reg_t argument, reg_t unused, struct vcpu *v)
{
    (void)unused;
    PROBE("irq.out"); /* never in a shipped system */
    switch (op) {
    case BENCH_TOUCH:
        return bench_touch(argument);
    case BENCH_VIEW:
        return bench_view(argument, v);
    case BENCH_WINDOW:
        return bench_window();
    case BENCH_MASK:
        return bench_mask(v->cpu);
    default:
        return -XEN_ENOSYS;
    }
}
