/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DMA by a device that nobody here wrote: QEMU's fw_cfg reads a descriptor of the guest's and writes where it says, with
 * physical addresses. Source: QEMU docs/specs/fw_cfg.rst. A transfer is over when the store that starts it is.
 */
#include "fencepost.h"

#define FW_CFG NEEDS "system=fw-cfg"

enum {
    KEY_SIGNATURE = 0,
    CONTROL_ERROR = 1,
    CONTROL_READ = 2,
    CONTROL_SELECT = 8,
    BYTES = 4,
    PAGE = 4096,
};

static volatile uint64_t *const dma_address = (volatile uint64_t *)0x09020010u;

struct descriptor { /* big-endian */
    uint32_t control, length;
    uint64_t address;
};

static volatile struct descriptor descriptor __attribute__((aligned(16)));
static volatile char target[2 * PAGE] __attribute__((aligned(4096)));

static uint32_t read_signature(uintptr_t to)
{
    descriptor.control = __builtin_bswap32((uint32_t)KEY_SIGNATURE << 16 | CONTROL_SELECT | CONTROL_READ);
    descriptor.length = __builtin_bswap32(BYTES);
    descriptor.address = __builtin_bswap64(to);
    __asm__ volatile("dsb sy" ::: "memory");
    *dma_address = __builtin_bswap64((uintptr_t)&descriptor);
    __asm__ volatile("dsb sy" ::: "memory");
    return __builtin_bswap32(descriptor.control);
}

static void expect_signature(const volatile char *at)
{
    expect_true(at[0] == 'Q' && at[1] == 'E' && at[2] == 'M' && at[3] == 'U');
}

TEST(dma, a_real_master_writes_where_a_direct_mapped_domain_asks, IDS "S3-03", WHY "its numbers are the bus's own", FW_CFG)
{
    expect_eq(read_signature((uintptr_t)target + 100), 0);
    expect_signature(target + 100);
    expect_eq(target[99], 0);
    expect_eq(target[104], 0);
}

TEST(dma, a_real_master_may_write_a_page_that_its_owner_gave_back, IDS "S3-03", WHY "the page stays the domain's own for ever", FW_CFG)
{
    uint64_t frame = (uintptr_t)target / PAGE;
    struct xen_memory_reservation one = {.extent_start = (uintptr_t)&frame, .nr_extents = 1, .domid = DOMID_SELF};

    require_eq(hypercall_memory_op(XENMEM_decrease_reservation, &one), 1);
    expect_eq(read_signature((uintptr_t)target + 100), 0);
    expect_true(read_signature((uintptr_t)target + PAGE) == 0); /* and what it kept */
    expect_signature(target + PAGE);
    require_eq(hypercall_memory_op(XENMEM_populate_physmap, &one), 1);
    expect_signature(target + 100);
}
