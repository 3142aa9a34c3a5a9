/* SPDX-License-Identifier: Apache-2.0 */
#include "hv/content.h"

#include "hv/arch.h"
#include "hv/direct_map.h"
#include "hv/probe.h"

enum { BLOCK = 32 };

void content_scrub(uintptr_t base, uint32_t bytes)
{
    PROBE("scrub");
    arch_zero_words((uint32_t *)base, (uint32_t *)(base + bytes));
    PROBE("scrub.end");
}

void content_copy(const struct domain *d, const struct config_module *module, uint32_t offset, uint32_t bytes)
{
    const uintptr_t from = (uintptr_t)module->source + offset;
    const uintptr_t to = (uintptr_t)page_pointer(d, (gpaddr_t){(uintptr_t)module->target}) + offset;
    const uint32_t blocks = bytes & ~(BLOCK - 1u);

    PROBE("copy");
    arch_copy_words((uint32_t *)to, (const uint32_t *)from, (const uint32_t *)(from + blocks));
    for (uint32_t i = blocks; i < bytes; i++)
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    PROBE("copy.end");
}
