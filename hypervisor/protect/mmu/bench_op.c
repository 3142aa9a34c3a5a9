/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The primitive that a board with translation has for the benches: reaching pages of another domain, between probes. Only
 * systems that say `fencepost,bench` have it.
 */
#include "abi/errno.h"
#include "hv/direct_map.h"
#include "hv/domain.h"
#include "hv/probe.h"
#include "hv/protect.h"
#include "hv/strategy.h"

enum { BENCH_TOUCH = 0, BENCH_MAX_PAGES = 16 };

hot static void touch(uintptr_t word, uint32_t nr)
{
    const struct peer_page page = {.held_by = UINT32_MAX};
    struct peer_access access;

    PROBE("access.touch");
    strategy->begin(&access);
    for (uint32_t i = 0; i < nr; i++, word += PAGE_SIZE) {
        strategy->reach(&access, &page);
        *(uint32_t volatile *)word += 1;
    }
    strategy->end(&access);
    PROBE("access.touch.end");
}

int32_t protect_bench_op(uint32_t op, reg_t argument, reg_t unused, struct vcpu *v)
{
    (void)unused;
    (void)v;
    PROBE("irq.out"); /* never in a shipped system */
    if (op != BENCH_TOUCH)
        return -XEN_ENOSYS;
    if (argument == 0 || argument > BENCH_MAX_PAGES || nr_domains < 2)
        return -XEN_EINVAL;

    /* Well inside the second domain's first bank, away from its image and its tree. */
    const struct config_range *const bank = &domains[1].ranges[0];
    touch(page_address(bank, (uintptr_t)bank->base + (uintptr_t)(bank->limit - bank->base) / 2).addr, (uint32_t)argument);
    return 0;
}
