/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vCPU switch keeps every register: both domains fill the same group with their own values, take turns, and
 * look. One test for each group, so that a failure names the group.
 */
#include "../exchange.h"
#include "registers.h"

enum { ROUNDS = 4, MOST = 16 };

static uint32_t wanted_value(const struct reg *reg, uint32_t index, uint32_t round, uint32_t original)
{
    return (original & ~reg->bits) | (pattern_of(index, machine.domain, round) & reg->bits);
}

/* Nothing may fault or be printed between the writes and the restore: vectors and stacks are among them. */
static void one_round(const struct reg *group, uint32_t count, uint32_t round)
{
    uint32_t original[MOST], wanted[MOST], seen[MOST];

    for (uint32_t i = 0; i < count; i++) {
        original[i] = group[i].read();
        group[i].write(wanted_value(&group[i], i, round, original[i]));
    }
    for (uint32_t i = 0; i < count; i++)
        wanted[i] = group[i].read(); /* as the hardware keeps it */
    bool other_ran = exchange();

    for (uint32_t i = 0; i < count; i++)
        seen[i] = group[i].read();
    for (uint32_t i = 0; i < count; i++)
        group[i].write(original[i]);
    expect_true(other_ran);
    for (uint32_t i = 0; i < count; i++)
        if (seen[i] != wanted[i])
            fail_("d%u round %u: %s is 0x%x, expected 0x%x", machine.domain, round, group[i].name, seen[i], wanted[i]);
}

static void keep(const struct reg *group, uint32_t count)
{
    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++)
        one_round(group, count, round);
    exchange(); /* the peer's last look */
}

#define KEEPS(name, group, why)                                                            \
    TEST(views, name, IDS "S4-14 S4-24", WHY why, NEEDS "strategies=window,switch,mask") { keep(group, COUNT_OF(group)); } \
    PEER(2, views, name) { keep(group, COUNT_OF(group)); }

KEEPS(a_switch_keeps_the_exception_modes, exception_registers, "SP, LR and SPSR of abort, undefined, IRQ and SVC mode")
KEEPS(a_switch_keeps_the_fiq_bank, fiq_registers, "r8 to r12, SP, LR and SPSR of FIQ mode")
KEEPS(a_switch_keeps_the_user_bank, user_registers, "Hyp mode has no LR of its own: it is LR_usr")
KEEPS(a_switch_keeps_the_thread_ids, thread_registers, "an operating system keeps its current task there")
KEEPS(a_switch_keeps_the_control_registers, control_registers, "CPACR, VBAR, CSSELR, CNTKCTL, SCTLR")
KEEPS(a_switch_keeps_the_fault_registers, fault_registers, "a handler may be preempted before it reads them")
KEEPS(a_switch_keeps_the_interrupt_mask, gic_registers, "ICC_PMR and the group enable are virtual")

/* ---- core registers ---- */

/* Puts nine words into r4-r11 and lr, yields, and writes back what is there afterwards. */
static void yield_with(uint32_t registers[9])
{
    register uint32_t *r0 __asm__("r0") = registers;

    __asm__ volatile("push  {r4-r11, lr}\n\t"
                     "push  {r0, r1}\n\t"
                     "ldmia r0, {r4-r11, lr}\n\t"
                     "mov   r12, #29\n\t"
                     "mov   r0, #0\n\t"
                     "hvc   #0xea1\n\t"
                     "pop   {r0, r1}\n\t"
                     "stmia r0, {r4-r11, lr}\n\t"
                     "pop   {r4-r11, lr}"
                     : "+r"(r0)
                     :
                     : "r1", "r2", "r3", "r12", "memory", "cc");
}

static void keep_core(void)
{
    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t registers[9];

        for (uint32_t i = 0; i < 9; i++)
            registers[i] = pattern_of(i, machine.domain, round);
        peer_signal(1);
        yield_with(registers);
        expect_true(event_clear(peer_port(1)));
        for (uint32_t i = 0; i < 9; i++)
            expect_eq(registers[i], pattern_of(i, machine.domain, round));
    }
    exchange();
}

TEST(views, a_switch_keeps_the_core_registers, IDS "S4-14 S4-24", WHY "r4 to r11 and LR belong to the caller of a call",
     NEEDS "strategies=window,switch,mask")
{
    keep_core();
}

PEER(2, views, a_switch_keeps_the_core_registers)
{
    keep_core();
}

static uint32_t yield_with_flags(uint32_t flags)
{
    register uint32_t r0 __asm__("r0") = flags;

    __asm__ volatile("msr   cpsr_fs, r0\n\t"
                     "setend be\n\t"
                     "mov   r12, #29\n\t"
                     "mov   r0, #0\n\t"
                     "hvc   #0xea1\n\t"
                     "mrs   r0, cpsr\n\t"
                     "setend le"
                     : "+r"(r0)
                     :
                     : "r1", "r2", "r3", "r12", "memory", "cc");
    return r0;
}

static void keep_flags(uint32_t flags)
{
    const uint32_t watched = 0xf80f0200u; /* N Z C V Q, GE, E */

    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        peer_signal(1);
        expect_eq(yield_with_flags(flags) & watched, flags | 0x200);
        expect_true(event_clear(peer_port(1)));
    }
    exchange();
}

TEST(views, a_switch_keeps_the_status_flags, IDS "S4-14 S4-24", WHY "condition, saturation, GE and endianness bits",
     NEEDS "strategies=window,switch,mask")
{
    keep_flags(0xa8050000u);
}

PEER(2, views, a_switch_keeps_the_status_flags)
{
    keep_flags(0x500a0000u);
}
