/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vCPU switch keeps every register: both domains fill the same group with their own values, take turns, and look. One
 * test for each group, so that a failure names the group.
 */
#include "../exchange.h"
#include "registers.h"

enum { ROUNDS = 4, MOST = 8 };

/* Nothing may fault or be printed between the writes and the restore: the vectors are among them. */
static void one_round(const struct reg *group, uint32_t count, uint32_t round)
{
    uint64_t original[MOST], wanted[MOST], seen[MOST];

    for (uint32_t i = 0; i < count; i++) {
        original[i] = group[i].read();
        group[i].write((original[i] & ~group[i].bits) | (pattern_of(i, machine.domain, round) & group[i].bits));
    }
    for (uint32_t i = 0; i < count; i++)
        wanted[i] = group[i].read(); /* as the hardware keeps it */
    const bool other_ran = exchange();

    for (uint32_t i = 0; i < count; i++)
        seen[i] = group[i].read();
    for (uint32_t i = 0; i < count; i++)
        group[i].write(original[i]);
    expect_true(other_ran);
    for (uint32_t i = 0; i < count; i++)
        if (seen[i] != wanted[i])
            fail_("d%u round %u: %s is 0x%lx, expected 0x%lx", machine.domain, round, group[i].name, seen[i], wanted[i]);
}

static void keep(const struct reg *group, uint32_t count)
{
    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++)
        one_round(group, count, round);
    exchange(); /* the peer's last look */
}

#define KEEPS(name, group, why)                                                                  \
    TEST(views, name, IDS "S4-14 S4-24", WHY why, NEEDS "") { keep(group, COUNT_OF(group)); }    \
    PEER(2, views, name) { keep(group, COUNT_OF(group)); }

KEEPS(a_switch_keeps_the_exception_registers, exception_registers, "ELR, SPSR and the other stack pointer")
KEEPS(a_switch_keeps_the_thread_ids, thread_registers, "an operating system keeps its current task there")
KEEPS(a_switch_keeps_the_control_registers, control_registers, "CPACR, VBAR, CSSELR, CNTKCTL, SCTLR")
KEEPS(a_switch_keeps_the_translation_registers, translation_registers, "TTBR0, TTBR1, TCR, MAIR")
KEEPS(a_switch_keeps_the_fault_registers, fault_registers, "a handler may be preempted before it reads them")
KEEPS(a_switch_keeps_the_interrupt_mask, gic_registers, "ICC_PMR and the group enable are virtual")

/* ---- core registers ---- */

enum { NR_CORE = 26 }; /* x2 ... x15, x17 ... x28 */

/* Puts the words into the registers, yields with these condition flags, and writes back what is there afterwards. */
static uint64_t yield_with(uint64_t registers[NR_CORE], uint64_t flags)
{
    register uint64_t x0 __asm__("x0") = (uint64_t)registers, x1 __asm__("x1") = flags;

    __asm__ volatile("stp x0, x1, [sp, #-16]!\n\t"
                     "msr nzcv, x1\n\t"
                     "ldp x2, x3, [x0], #16\n\tldp x4, x5, [x0], #16\n\tldp x6, x7, [x0], #16\n\tldp x8, x9, [x0], #16\n\t"
                     "ldp x10, x11, [x0], #16\n\tldp x12, x13, [x0], #16\n\tldp x14, x15, [x0], #16\n\t"
                     "ldp x17, x18, [x0], #16\n\tldp x19, x20, [x0], #16\n\tldp x21, x22, [x0], #16\n\t"
                     "ldp x23, x24, [x0], #16\n\tldp x25, x26, [x0], #16\n\tldp x27, x28, [x0]\n\t"
                     "mov x16, #29\n\t"
                     "mov x0, #0\n\t"
                     "hvc #0xea1\n\t"
                     "ldr x0, [sp]\n\t"
                     "stp x2, x3, [x0], #16\n\tstp x4, x5, [x0], #16\n\tstp x6, x7, [x0], #16\n\tstp x8, x9, [x0], #16\n\t"
                     "stp x10, x11, [x0], #16\n\tstp x12, x13, [x0], #16\n\tstp x14, x15, [x0], #16\n\t"
                     "stp x17, x18, [x0], #16\n\tstp x19, x20, [x0], #16\n\tstp x21, x22, [x0], #16\n\t"
                     "stp x23, x24, [x0], #16\n\tstp x25, x26, [x0], #16\n\tstp x27, x28, [x0]\n\t"
                     "mrs x1, nzcv\n\t"
                     "add sp, sp, #16"
                     : "+r"(x0), "+r"(x1)
                     :
                     : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                       "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "memory", "cc");
    return x1;
}

static void keep_core(void)
{
    peers_meet();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint64_t flags = (uint64_t)(machine.domain + round) << 28 & 0xf0000000u;
        uint64_t registers[NR_CORE];

        for (uint32_t i = 0; i < NR_CORE; i++)
            registers[i] = pattern_of(i, machine.domain, round);
        peer_signal(1);
        expect_eq(yield_with(registers, flags), flags);
        expect_true(event_clear(peer_port(1)));
        for (uint32_t i = 0; i < NR_CORE; i++)
            expect_eq(registers[i], pattern_of(i, machine.domain, round));
    }
    exchange();
}

TEST(views, a_switch_keeps_the_core_registers, IDS "S4-14 S4-24", WHY "all but x0 belong to the caller of a call; so do the flags",
     NEEDS "")
{
    keep_core();
}

PEER(2, views, a_switch_keeps_the_core_registers)
{
    keep_core();
}
