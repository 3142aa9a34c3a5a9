/* SPDX-License-Identifier: Apache-2.0 */
/* The machine of a new life is the machine of the first: what the old life did to its vCPU is gone. */
#include "../../views/aarch64/registers.h"
#include "../fresh.h"

SYSREG(afsr0_el1) SYSREG(afsr1_el1) SYSREG(amair_el1) SYSREG(actlr_el1) SYSREG(mdscr_el1) SYSREG(dbgbvr0_el1)
SYSREG(dbgbcr0_el1) SYSREG(dbgwvr0_el1) SYSREG(dbgwcr0_el1) SYSREG(osdlr_el1) SYSREG(pmcr_el0) SYSREG(pmcntenset_el0)
SYSREG(pmccntr_el0) SYSREG(pmuserenr_el0) SYSREG(pmintenset_el1) SYSREG(pmselr_el0) SYSREG(pmevcntr0_el0) SYSREG(pmccfiltr_el0)

/* Of the implementation, of the debug unit and of the PMU: some exist nowhere, and none may carry anything over. */
static const struct reg other_registers[] = {
    REG(afsr0_el1, EVERY_BIT), REG(afsr1_el1, EVERY_BIT), REG(amair_el1, EVERY_BIT), REG(actlr_el1, EVERY_BIT),
    REG(mdscr_el1, EVERY_BIT), REG(dbgbvr0_el1, EVERY_BIT), REG(dbgbcr0_el1, EVERY_BIT), REG(dbgwvr0_el1, EVERY_BIT),
    REG(dbgwcr0_el1, EVERY_BIT), REG(osdlr_el1, EVERY_BIT), REG(pmcr_el0, EVERY_BIT), REG(pmcntenset_el0, EVERY_BIT),
    REG(pmccntr_el0, EVERY_BIT), REG(pmuserenr_el0, EVERY_BIT), REG(pmintenset_el1, EVERY_BIT), REG(pmselr_el0, EVERY_BIT),
    REG(pmevcntr0_el0, EVERY_BIT), REG(pmccfiltr_el0, EVERY_BIT),
};

TEST(restart, registers_are_as_at_the_first_start, IDS "S0-05", WHY "nothing of the old vCPU is left", ALL)
{
    wait_for_the_second_life();
}

PEER(2, restart, registers_are_as_at_the_first_start)
{
    const uint32_t life = begin_life();

    NOTE(exception_registers);
    NOTE(thread_registers);
    NOTE(control_registers);
    NOTE(translation_registers);
    NOTE(fault_registers);
    NOTE(gic_registers);
    NOTE(group_0_registers);
    NOTE(other_registers);
    if (life == FIRST) {
        SPOIL(exception_registers);
        SPOIL(thread_registers);
        SPOIL(control_registers);
        SPOIL(translation_registers);
        SPOIL(fault_registers);
        SPOIL(gic_registers);
        SPOIL(group_0_registers);
        SPOIL(other_registers);
        reboot();
    }
    end_part();
}

TEST(restart, floating_point_registers_are_as_at_the_first_start, IDS "S0-05", WHY "switched lazily, never kept", ALL)
{
    wait_for_the_second_life();
}

PEER(2, restart, floating_point_registers_are_as_at_the_first_start)
{
    static uint64_t q[NR_Q_WORDS] __attribute__((aligned(16)));
    const uint32_t life = begin_life();

    note_word("cpacr", read_cpacr_el1());
    fp_enable();
    note_word("fpcr", read_fpcr());
    note_word("fpsr", read_fpsr());
    fp_store(q);
    for (uint32_t i = 0; i < NR_Q_WORDS; i++)
        expect_eq(q[i], 0);
    if (life == FIRST) {
        memset(q, 0x5a, sizeof(q));
        fp_load(q);
        write_fpcr(FPCR_BITS);
        write_fpsr(FPSR_BITS);
        reboot();
    }
    end_part();
}

TEST(restart, lazily_switched_state_survives_the_end_of_its_last_user, IDS "S0-05 S4-14",
     WHY "nobody owns the hardware's registers then", ALL)
{
    static uint64_t wanted[NR_Q_WORDS] __attribute__((aligned(16))), seen[NR_Q_WORDS] __attribute__((aligned(16)));

    memset(wanted, 0x3c, sizeof(wanted));
    fp_enable();
    fp_load(wanted);
    write_fpcr(FPCR_BITS);
    sched_poll(NULL, 0, now_ns() + A_WHILE_NS); /* both lives of domain 2 */
    expect_eq(board->done, SECOND);
    fp_store(seen);
    expect_eq(memcmp(seen, wanted, sizeof(seen)), 0);
    expect_eq(read_fpcr(), FPCR_BITS);
}

PEER(2, restart, lazily_switched_state_survives_the_end_of_its_last_user)
{
    static uint64_t q[NR_Q_WORDS] __attribute__((aligned(16)));

    if (begin_life() == FIRST) {
        memset(q, 0x5a, sizeof(q));
        fp_enable();
        fp_load(q);
        reboot();
    }
    end_part();
}

/* ---- the EL1 MMU ---- */

enum { ENTRIES = 512 };
#define TCR (25ull | 1ull << 8 | 1ull << 10 | 3ull << 12 | 1ull << 23) /* 39 bits from TTBR0, no TTBR1 */

TEST(restart, the_el1_mmu_is_as_at_the_first_start, IDS "S0-05", WHY "off, and no translation of the old life in a TLB", ALL)
{
    wait_for_the_second_life();
}

/* Each gigabyte to itself, but the one at 3 GiB is the second: there the image is seen once more. */
static void turn_mmu_on(void)
{
    static uint64_t level1[ENTRIES] __attribute__((aligned(4096)));

    level1[0] = 0x405;                       /* a block, accessed, Device */
    level1[1] = 0x40000000ull | 0x701;       /* Normal, Inner Shareable */
    level1[2] = 0x80000000ull | 0x701;
    level1[3] = 0x40000000ull | 0x701;
    write_mair_el1(0x04ff);
    write_tcr_el1(TCR);
    write_ttbr0_el1((uintptr_t)level1);
    __asm__ volatile("tlbi vmalle1\n\tdsb ish\n\tisb" ::: "memory");
    write_sctlr_el1(read_sctlr_el1() | 1);
}

PEER(2, restart, the_el1_mmu_is_as_at_the_first_start)
{
    static volatile uint32_t mark;
    const uint32_t life = begin_life();
    const uintptr_t alias = (uintptr_t)&mark + 0x80000000u; /* nothing is there but for the MMU */
    uint32_t value = 0;

    note_word("sctlr", read_sctlr_el1());
    expect_eq(try_read32(alias, &value).kind, FAULT_DATA);
    if (life == FIRST) {
        mark = 0x600d600d;
        turn_mmu_on();
        require_eq(*(volatile uint32_t *)alias, 0x600d600d);
        reboot();
    }
    end_part();
}

/* ---- how it starts ---- */

TEST(restart, a_life_can_end_in_any_state, IDS "S0-05", WHY "the next one starts at EL1 with its own stack pointer, masked", ONE)
{
    expect_soon(board->done == 4);
}

static uint64_t mask_and_stack(void)
{
    uint64_t daif, spsel, level;

    __asm__ volatile("mrs %0, daif\n\tmrs %1, spsel\n\tmrs %2, currentel" : "=r"(daif), "=r"(spsel), "=r"(level));
    return daif | spsel | level;
}

/* With the other stack pointer; with nothing masked; with no vectors and no tables that anybody could use. */
PEER(2, restart, a_life_can_end_in_any_state)
{
    const uint32_t life = begin_life();

    expect_eq(mask_and_stack(), 0x3c0 | 1 | 1 << 2);
    if (life == 1) {
        __asm__ volatile("mov x0, sp\n\tmsr spsel, #0\n\tmov sp, x0" ::: "x0", "memory");
        reboot();
    } else if (life == 2) {
        __asm__ volatile("msr daifclr, #0xf" ::: "memory");
        reboot();
    } else if (life == 3) {
        write_tcr_el1(~0ull);
        write_ttbr0_el1(~1ull);
        write_vbar_el1(0);
        reboot();
    }
    end_part();
}
