/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access strategies of an MPU board, one line each. `shared` is `window` for a page outside the common
 * region; a page inside it is held by every view (protect_describe_page), so nothing is left to do.
 */
#include "hv/panic.h"
#include "hv/strategy.h"

extern const struct strategy strategy_window, strategy_window_domain, strategy_switch, strategy_auto, strategy_mask,
    strategy_background, strategy_resident;

const struct strategy *strategy;

static const struct strategy *const by_access[] = {
    [ACCESS_WINDOW] = &strategy_window,
    [ACCESS_SWITCH] = &strategy_switch,
    [ACCESS_AUTO] = &strategy_auto,
    [ACCESS_MASK] = &strategy_mask,
    [ACCESS_BACKGROUND] = &strategy_background,
    [ACCESS_SHARED] = &strategy_window,
};

void strategy_bind(const struct config_header *config)
{
    if (config->access >= ARRAY_SIZE(by_access))
        panic("configuration: access strategy %u is unknown", (unsigned)config->access);
    strategy = by_access[config->access];
    if (config->access == ACCESS_WINDOW && config->window_granule == WINDOW_DOMAIN)
        strategy = &strategy_window_domain;
    if ((config->access == ACCESS_SWITCH && config->switch_when == SWITCH_ON_ENTRY) ||
        (config->access == ACCESS_BACKGROUND && config->background_when == BACKGROUND_ALWAYS))
        strategy = &strategy_resident;
}
