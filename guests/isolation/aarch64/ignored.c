/* SPDX-License-Identifier: Apache-2.0 */
/* System registers that a kernel writes at its start because the ID registers announce them: nothing comes of it. */
#include "fencepost.h"

#define READS_ZERO(name)                                               \
    do {                                                               \
        uint64_t value;                                                \
                                                                       \
        __asm__ volatile("msr " #name ", %0" ::"r"(~0ul));             \
        __asm__ volatile("mrs %0, " #name : "=r"(value));              \
        expect_eq(value, 0);                                           \
    } while (0)

TEST(isolation, debug_registers_read_zero, IDS "S4-23", WHY "breakpoints would be everybody's", NEEDS "system=solo")
{
    READS_ZERO(mdscr_el1);
    READS_ZERO(dbgbvr0_el1);
    READS_ZERO(dbgbcr0_el1);
    READS_ZERO(dbgwvr3_el1);
    READS_ZERO(dbgwcr3_el1);
    READS_ZERO(osdlr_el1);
    __asm__ volatile("msr oslar_el1, %0" ::"r"(0ul));
}

TEST(isolation, performance_counters_read_zero, IDS "S4-23", WHY "they count for the bench alone", NEEDS "system=solo")
{
    READS_ZERO(pmcr_el0);
    READS_ZERO(pmcntenset_el0);
    READS_ZERO(pmccntr_el0);
    READS_ZERO(pmuserenr_el0);
    READS_ZERO(pmintenset_el1);
    READS_ZERO(pmevcntr0_el0);
    READS_ZERO(pmevtyper0_el0);
    READS_ZERO(pmccfiltr_el0);
}

TEST(isolation, the_auxiliary_control_register_reads_zero, IDS "S4-23", WHY "it is the implementation's", NEEDS "system=solo")
{
    READS_ZERO(actlr_el1);
}
