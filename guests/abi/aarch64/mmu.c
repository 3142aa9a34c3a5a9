/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffers of a guest whose own MMU is on: addresses are virtual, and its tables say what the call may read and write. RAM
 * and devices are mapped at their own addresses; a few pages at VIEW show the same RAM once more.
 */
#include "fencepost.h"

#define VALID 1ull
#define TABLE 3ull /* or a page, in the last level */
#define AF (1ull << 10)
#define INNER (3ull << 8)
#define READ_ONLY (1ull << 7)
#define NORMAL (0ull << 2)
#define DEVICE (1ull << 2)
#define MAIR 0x04ffull
#define TCR (25ull | 1ull << 8 | 1ull << 10 | 3ull << 12 | 1ull << 23) /* 39 bits from TTBR0, cached walks, no TTBR1 */

enum { ENTRIES = 512, PAGE = 4096, TEXT_BYTES = 16 };
enum { WRITABLE, CONSTANT, NOTHING, NOBODYS, SECOND, FIRST }; /* the pages at VIEW, in their order */

#define GIGABYTE 0x40000000ull
#define VIEW 0x7e000000ull

static uint64_t level1[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level2[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level3[ENTRIES] __attribute__((aligned(4096)));
static char first[PAGE] __attribute__((aligned(4096))), second[PAGE] __attribute__((aligned(4096)));

static char *view(uint32_t page)
{
    return (char *)(VIEW + page * PAGE);
}

static void map_page(uint32_t page, const void *to, uint64_t more)
{
    level3[page] = (uint64_t)to | TABLE | AF | INNER | NORMAL | more;
}

static void forget(void)
{
    __asm__ volatile("dsb ish\n\ttlbi vmalle1\n\tdsb ish\n\tisb" ::: "memory");
}

static void mmu_on(void)
{
    uint64_t sctlr;

    level1[0] = VALID | AF | DEVICE;
    level1[1] = (uint64_t)level2 | TABLE;
    for (uint64_t n = 0; n < ENTRIES; n++)
        level2[n] = (GIGABYTE + n * 0x200000) | VALID | AF | INNER | NORMAL;
    level2[(VIEW - GIGABYTE) / 0x200000] = (uint64_t)level3 | TABLE;
    map_page(WRITABLE, first, 0);
    map_page(CONSTANT, first, READ_ONLY);
    map_page(NOBODYS, (const void *)(uintptr_t)RAM(0x30000000), 0);
    map_page(SECOND, second, 0);
    map_page(FIRST, first, 0);
    __asm__ volatile("msr mair_el1, %0" ::"r"(MAIR));
    __asm__ volatile("msr tcr_el1, %0" ::"r"(TCR));
    __asm__ volatile("msr ttbr0_el1, %0\n\tisb" ::"r"(level1));
    forget();
    __asm__ volatile("mrs %0, sctlr_el1" : "=r"(sctlr));
    __asm__ volatile("msr sctlr_el1, %0\n\tisb" ::"r"(sctlr | 1) : "memory");
}

static int32_t fill(char *at)
{
    return hypercall_xen_version(XENVER_extraversion, at);
}

TEST(abi, a_buffer_is_named_by_the_guests_own_tables, IDS "S4-23", WHY "the EL1 MMU is on: addresses are virtual", NEEDS "")
{
    char wanted[TEXT_BYTES];

    expect_eq(fill(wanted), 0);
    mmu_on();
    expect_eq(fill(view(WRITABLE) + 32), 0);
    expect_eq(memcmp(first + 32, wanted, TEXT_BYTES), 0);
    expect_eq(fill(second), 0); /* at its own address, too */
    expect_eq(memcmp(second, wanted, TEXT_BYTES), 0);
}

TEST(abi, a_buffer_may_lie_in_pages_that_are_not_neighbours, IDS "S4-23", WHY "each page is looked up", NEEDS "")
{
    char wanted[TEXT_BYTES];

    expect_eq(fill(wanted), 0);
    mmu_on();
    expect_eq(fill(view(FIRST) - 5), 0);
    expect_eq(memcmp(second + PAGE - 5, wanted, 5), 0);
    expect_eq(memcmp(first, wanted + 5, TEXT_BYTES - 5), 0);
}

TEST(abi, what_the_guests_tables_forbid_is_a_fault, IDS "S4-23", WHY "EL2 must not write what EL1 may not", NEEDS "")
{
    mmu_on();
    memset(first, 'x', PAGE);
    expect_eq(fill(view(CONSTANT)), -XEN_EFAULT);
    expect_eq(fill(view(NOTHING)), -XEN_EFAULT);
    expect_eq(fill(view(NOBODYS)), -XEN_EFAULT); /* EL1 may, the hypervisor has no such page for it */
    expect_eq(fill(view(NOTHING) - 5), -XEN_EFAULT);
    expect_eq(fill(view(WRITABLE) - 5), -XEN_EFAULT); /* the block below is nobody's */
    for (uint32_t i = 0; i < PAGE; i++)
        require_eq(first[i], 'x');
    first[0] = '\n';
    expect_eq(hypercall_console_io(CONSOLEIO_write, 1, view(CONSTANT)), 0); /* it may be read */
}

TEST(abi, a_change_of_the_guests_tables_counts_at_once, IDS "S4-23", WHY "nothing is remembered while the EL1 MMU is on", NEEDS "")
{
    mmu_on();
    expect_eq(fill(view(WRITABLE)), 0);
    level3[WRITABLE] = 0;
    forget();
    expect_eq(fill(view(WRITABLE)), -XEN_EFAULT);
    map_page(WRITABLE, second, 0);
    forget();
    second[0] = '\0';
    expect_eq(fill(view(WRITABLE)), 0);
    expect_true(second[0] != '\0');
}

TEST(abi, a_lookup_leaves_the_guests_par_alone, IDS "S4-14 S4-23", WHY "the guest may be between its own AT and its read of PAR",
     NEEDS "")
{
    const uint64_t mine = 0x0000123456789b80ull;
    uint64_t par;

    mmu_on();
    __asm__ volatile("msr par_el1, %0\n\tisb" ::"r"(mine));
    expect_eq(fill(view(WRITABLE)), 0);
    __asm__ volatile("mrs %0, par_el1" : "=r"(par));
    expect_eq(par, mine);
}
