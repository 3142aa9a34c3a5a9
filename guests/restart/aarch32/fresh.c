/* SPDX-License-Identifier: Apache-2.0 */
/* The machine of a new life is the machine of the first: what the old life did to its vCPU is gone. */
#include "../../views/aarch32/registers.h"
#include "../fresh.h"

TEST(restart, registers_are_as_at_the_first_start, IDS "S0-05", WHY "nothing of the old vCPU is left", ALL)
{
    wait_for_the_second_life();
}

PEER(2, restart, registers_are_as_at_the_first_start)
{
    const uint32_t life = begin_life();

    NOTE(fiq_registers);
    NOTE(user_registers);
    NOTE(thread_registers);
    NOTE(control_registers);
    NOTE(fault_registers);
    NOTE(gic_registers);
    NOTE(group_0_registers);
    note_word("spsr_svc", read_spsr_svc());
    note_word("spsr_abt", read_spsr_abt());
    note_word("spsr_und", read_spsr_und());
    note_word("spsr_irq", read_spsr_irq());
    note_word("lr_irq", read_lr_irq());
    note_word("sp_irq", read_sp_irq());
    if (life == FIRST) {
        SPOIL(exception_registers);
        SPOIL(fiq_registers);
        SPOIL(user_registers);
        SPOIL(thread_registers);
        SPOIL(control_registers);
        SPOIL(fault_registers);
        SPOIL(gic_registers);
        SPOIL(group_0_registers);
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
    static uint64_t d[32], first;
    const uint32_t life = begin_life();

    note_word("cpacr", read_cpacr());
    fp_enable();
    note_word("fpscr", read_fpscr());
    fp_store(d);
    for (uint32_t i = 0; i < 32; i++)
        first |= d[i];
    expect_eq(first, 0);
    if (life == FIRST) {
        memset(d, 0x5a, sizeof(d));
        fp_load(d);
        write_fpscr(0x02000000);
        reboot();
    }
    end_part();
}

TEST(restart, the_el1_mpu_is_as_at_the_first_start, IDS "S0-05", WHY "off, and no region of the old life", ALL)
{
    wait_for_the_second_life();
}

PEER(2, restart, the_el1_mpu_is_as_at_the_first_start)
{
    const uint32_t life = begin_life(), regions = mpu_region_count();

    note_word("sctlr", read_sctlr());
    for (uint32_t n = 0; n < regions; n++) {
        write_prselr(n);
        expect_eq(read_prlar() & 1, 0);
        note_word("prlar", read_prlar());
    }
    note_word("mair0", read_mair0());
    if (life == FIRST) {
        for (uint32_t n = 0; n < regions; n++)
            mpu_set_region(n, 0x40000000 + n * PAGE, 0x40000000 + (n + 1) * PAGE, MPU_ALL_RO, MPU_NORMAL, MPU_NO_EXECUTE);
        mpu_enable();
        reboot();
    }
    end_part();
}

TEST(restart, lazily_switched_state_survives_the_end_of_its_last_user, IDS "S0-05 S4-14",
     WHY "nobody owns the hardware's registers then", ALL)
{
    static uint64_t wanted[32], seen[32];

    memset(wanted, 0x3c, sizeof(wanted));
    fp_enable();
    fp_load(wanted);
    write_mair0(0x11223344);
    sched_poll(NULL, 0, now_ns() + A_WHILE_NS); /* both lives of domain 2 */
    expect_eq(board->done, SECOND);
    fp_store(seen);
    expect_eq(memcmp(seen, wanted, sizeof(seen)), 0);
    expect_eq(read_mair0(), 0x11223344);
}

PEER(2, restart, lazily_switched_state_survives_the_end_of_its_last_user)
{
    static uint64_t d[32];

    if (begin_life() == FIRST) {
        memset(d, 0x5a, sizeof(d));
        fp_enable();
        fp_load(d);
        write_mair0(0xaabbccdd);
        reboot();
    }
    end_part();
}

TEST(restart, a_life_can_end_in_any_mode, IDS "S0-05", WHY "the next one starts in SVC, masked", ONE)
{
    expect_soon(board->done == 4);
}

/* No stack is used in the other mode, and no register that it has for itself. */
static void reboot_in_mode(uint32_t mode)
{
    static const struct sched_shutdown again = {.reason = SHUTDOWN_reboot};
    register uint32_t r0 __asm__("r0") = SCHEDOP_shutdown;
    register const void *r1 __asm__("r1") = &again;
    register uint32_t r2 __asm__("r2") = mode;

    __asm__ volatile("msr cpsr_c, r2\n\tmov r12, #29\n\thvc #0xea1\n\tb ." ::"r"(r0), "r"(r1), "r"(r2) : "memory");
}

PEER(2, restart, a_life_can_end_in_any_mode)
{
    static const uint32_t modes[] = {0xdf, 0xd2, 0xd7}; /* System, IRQ, Abort */
    const uint32_t life = begin_life();
    uint32_t cpsr;

    __asm__ volatile("mrs %0, cpsr" : "=r"(cpsr));
    expect_eq(cpsr & 0x3ff, 0x1d3); /* SVC, A32, little endian; A, I and F set */
    if (life <= 3)
        reboot_in_mode(modes[life - 1]);
    end_part();
}
