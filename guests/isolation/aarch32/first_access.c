/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first access to the EL1 MPU makes it the vCPU's own, whichever register it is to: what the instruction
 * asked for has happened when it ends. Each test is one vCPU whose first access it is.
 */
#include "../../views/aarch32/registers.h"

CP15(adfsr, 0, 5, 1, 0)

enum { SCTLR_M = 1 << 0, SCTLR_BR = 1 << 17 };

TEST(isolation, the_first_access_may_read_the_region_selector, IDS "S4-23", WHY "another domain's values may be in there",
     NEEDS "system=solo")
{
    expect_eq(read_prselr(), 0);
    write_prselr(3);
    expect_eq(read_prselr(), 3);
}

TEST(isolation, the_first_access_may_read_an_auxiliary_fault_register, IDS "S4-23", WHY "it traps like the regions",
     NEEDS "system=solo")
{
    expect_eq(read_adfsr(), 0);
    expect_eq(read_prlar() & 1, 0);
}

TEST(isolation, the_first_access_may_write_an_auxiliary_fault_register, IDS "S4-23", WHY "it traps like the regions",
     NEEDS "system=solo")
{
    write_adfsr(~0u);
    expect_eq(read_prlar() & 1, 0);
    write_prselr(5);
    expect_eq(read_prselr(), 5);
}

TEST(isolation, the_first_access_may_enable_the_mpu, IDS "S4-23 S4-14", WHY "SCTLR.M makes regions count that are not there",
     NEEDS "system=solo")
{
    uint32_t value = 0, sctlr;

    write_sctlr(read_sctlr() | SCTLR_M | SCTLR_BR);
    sctlr = read_sctlr();
    expect_eq(sctlr & (SCTLR_M | SCTLR_BR), SCTLR_M | SCTLR_BR);
    expect_eq(try_read32_el0((uintptr_t)machine.bank[0].base, &value).kind, FAULT_PREFETCH); /* no region is EL0's */
    write_sctlr(sctlr & ~(uint32_t)SCTLR_M);
    expect_eq(try_read32_el0((uintptr_t)machine.bank[0].base, &value).kind, FAULT_NONE);
}

/* ---- register 15 in a trapped transfer: no register of a mode has that number ---- */

/* DFAR to APSR_nzcv, then "PC" to DFAR, in a mode. Both trap; what they do beyond that is UNPREDICTABLE. */
static void transfer_pc_in(uint32_t mode)
{
    __asm__ volatile("mrs r2, cpsr\n\tmov r3, %0\n\tmsr cpsr_c, r3\n\t"
                     ".inst 0xee16ff10\n\t.inst 0xee06ff10\n\t"
                     "msr cpsr_c, r2" ::"r"(mode) : "r2", "r3", "memory", "cc");
}

static void fill_banks(uint32_t seed, uint32_t *seen)
{
    for (uint32_t i = 0; i < COUNT_OF(exception_registers); i++)
        exception_registers[i].write(seen[i] = exception_registers[i].bits & (seed + i * 0x01010101u));
    for (uint32_t i = 0; i < COUNT_OF(fiq_registers); i++)
        fiq_registers[i].write(seen[COUNT_OF(exception_registers) + i] = fiq_registers[i].bits & (seed ^ i * 0x01010101u));
}

static void expect_banks(const uint32_t *seen)
{
    for (uint32_t i = 0; i < COUNT_OF(exception_registers); i++)
        expect_eq(exception_registers[i].read(), seen[i]);
    for (uint32_t i = 0; i < COUNT_OF(fiq_registers); i++)
        expect_eq(fiq_registers[i].read(), seen[COUNT_OF(exception_registers) + i]);
}

TEST(isolation, a_trapped_transfer_of_register_15_changes_no_other_register, IDS "S4-14",
     WHY "the hypervisor finds the bank by the number", NEEDS "system=solo")
{
    static const uint32_t modes[] = {0xd1, 0xd2, 0xd3, 0xd7, 0xdb, 0xdf}; /* FIQ, IRQ, SVC, Abort, Undefined, System */
    uint32_t kept[COUNT_OF(exception_registers)];
    uint32_t seen[COUNT_OF(exception_registers) + COUNT_OF(fiq_registers)];

    for (uint32_t i = 0; i < COUNT_OF(kept); i++)
        kept[i] = exception_registers[i].read();
    for (uint32_t i = 0; i < COUNT_OF(modes); i++) {
        fill_banks(0x31415926u * (i + 1), seen);
        transfer_pc_in(modes[i]);
        expect_banks(seen);
    }
    for (uint32_t i = 0; i < COUNT_OF(kept); i++)
        exception_registers[i].write(kept[i]);
}
