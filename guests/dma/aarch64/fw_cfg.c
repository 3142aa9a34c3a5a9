/* SPDX-License-Identifier: Apache-2.0 */
/* DMA by a device that nobody here wrote, with physical addresses: fw_cfg writes where the descriptor says. */
#include "fw_cfg.h"
#include "../marks.h"

#define FW_CFG NEEDS "system=fw-cfg"

static volatile struct fw_cfg_descriptor descriptor;
static volatile char target[2 * PAGE] __attribute__((aligned(4096)));

static uint32_t read_signature(uintptr_t to)
{
    fw_cfg_describe_signature(&descriptor, to);
    return fw_cfg_run(&descriptor);
}

TEST(dma, a_real_master_writes_where_a_direct_mapped_domain_asks, IDS "S3-03", WHY "its numbers are the bus's own", FW_CFG)
{
    expect_eq(read_signature((uintptr_t)target + 100), 0);
    expect_true(fw_cfg_is_signature((uintptr_t)target + 100));
    expect_eq(target[99], 0);
    expect_eq(target[104], 0);
}

TEST(dma, a_real_master_may_write_a_page_that_its_owner_gave_back, IDS "S3-03", WHY "the page stays the domain's own for ever", FW_CFG)
{
    require_eq(balloon_out((uintptr_t)target), 1);
    expect_eq(read_signature((uintptr_t)target + 100), 0);
    expect_eq(read_signature((uintptr_t)target + PAGE), 0); /* and what it kept */
    expect_true(fw_cfg_is_signature((uintptr_t)target + PAGE));
    require_eq(balloon_in((uintptr_t)target), 1);
    expect_true(fw_cfg_is_signature((uintptr_t)target + 100));
}
